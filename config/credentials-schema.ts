/** Where a token may be. */
import * as z from 'zod'
import type { CredentialSource } from '../authorizer/policy.ts'
import { crossFieldRule } from './cross-field-rule.ts'
import { completeSource } from './policy-defaults.ts'
import { httpToken, tokenCharacter } from './text-schema.ts'

/**
 * A credential is taken out of the request, and these cannot be (CloudFront Developer Guide, "Restrictions on all edge
 * functions", read-only headers of viewer requests); cookies are sources of their own.
 */
const otherHeaders = ['cookie', 'host', 'content-length', 'transfer-encoding', 'via']

const header = z.strictObject({
  header: httpToken('should be the name of a header').refine(
    (text) => !otherHeaders.includes(text.toLowerCase()),
    'should be a header that a viewer may add and CloudFront lets a function remove; for a cookie write { "cookie": NAME }',
  ),
  scheme: httpToken('should be a scheme such as Bearer (RFC 9110 11.1), or null for none').nullable().exactOptional(),
})

const cookieName = z
  .string()
  .regex(new RegExp(`^(?:${tokenCharacter}|\\{client\\}|\\{lastUser\\})+$`), {
    error: 'should be a cookie name (RFC 6265 4.1.1), where {client}, and one * or {lastUser}, may stand',
    abort: true,
  })
  .refine((text) => usersIn(text).length < 2, {
    error: 'should be a cookie name with at most one * or one {lastUser}',
    abort: true,
  })
  .refine((text) => text !== '*', { error: 'should have text beside *, which alone would be any cookie', abort: true })
  .refine(
    (text) => !/^\{lastUser\}|\{lastUser\}$/.test(text),
    'should have text before {lastUser}, as LastAuthUser has, and after it, which LastAuthUser has not',
  )

const cookie = z.strictObject({ cookie: cookieName, chunks: z.boolean().exactOptional() }).check(
  crossFieldRule<{ cookie: string; chunks?: boolean }>(({ cookie, chunks }, { isRight, refuse }) => {
    if (isRight('cookie') && chunks === true && usersIn(cookie).length > 0)
      refuse(['chunks'], 'should be left out where the name has * or {lastUser}')
  }),
)

const sourceText = 'should be "header", { "header": NAME } or { "cookie": NAME }'
const source = z.union([z.literal('header'), header, cookie], sourceText)

export const credentialsSchema = z.union(
  [
    source,
    z
      .array(source)
      .min(1, 'should name at least one source')
      .superRefine((sources, context) => {
        for (const [index, one] of sources.entries()) {
          const earlier = sources.slice(0, index).findIndex((other) => decidesBefore(other, one))
          if (earlier >= 0)
            context.addIssue({
              code: 'custom',
              path: [index],
              message: `is never looked at after credentials[${earlier}]`,
            })
        }
      }),
  ],
  `${sourceText}, or a list of these`,
)

export function isCookieName(text: string): boolean {
  return new RegExp(`^${tokenCharacter}+$`).test(text)
}

/** Whether the second is present only where the first is, so that it never decides. */
function decidesBefore(first: CredentialSource, second: CredentialSource): boolean {
  const [one, other] = [completeSource(first), completeSource(second)]
  if ('cookie' in one || 'cookie' in other)
    return 'cookie' in one && 'cookie' in other && one.cookie === other.cookie && (one.chunks === true || !other.chunks)
  return (
    one.header.toLowerCase() === other.header.toLowerCase() &&
    (one.scheme === null || one.scheme.toLowerCase() === other.scheme?.toLowerCase())
  )
}

/** What stands for any user in a cookie's name. */
function usersIn(cookie: string): readonly string[] {
  return cookie.match(/\*|\{lastUser\}/g) ?? []
}
