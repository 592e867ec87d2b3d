/** Texts that fields of a policy are made of, each with what it should be. */
import * as z from 'zod'

export const name = z.string().min(1, 'should not be empty')

/** RFC 9110 5.6.2, as a part of a regular expression. */
export const tokenCharacter = "[!#$%&'*+.^_`|~0-9A-Za-z-]"

export function httpToken(message: string): z.ZodString {
  return z.string().regex(new RegExp(`^${tokenCharacter}+$`), message)
}

const httpsUrlText = 'should be an https URL without user, query or fragment'
export const httpsUrl = z
  .string()
  .regex(/^https:\/\//i, { error: httpsUrlText, abort: true })
  .refine(isHttpsUrl, httpsUrlText)

/** One, or a list that is not empty. */
export function oneOrMore<Item extends z.ZodType>(item: Item, message: string) {
  return z.union([item, z.array(item).min(1, 'should name at least one')], message)
}

function isHttps(text: string): boolean {
  return URL.canParse(text) && new URL(text).protocol === 'https:'
}

export function isHttpsUrl(text: string): boolean {
  if (!isHttps(text) || !/^https:\/\//i.test(text)) return false
  const url = new URL(text)
  return url.username === '' && url.password === '' && !/[?#\s]/.test(text)
}

/** A text of which the function says what is wrong. */
export function text(fault: (text: string) => string | undefined): z.ZodType<string> {
  return z.string().superRefine((value, context) => {
    const message = fault(value)
    if (message !== undefined) context.addIssue({ code: 'custom', message, input: value })
  })
}
