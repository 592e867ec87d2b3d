import type { Headers } from './cloudfront.ts'

const names: readonly string[] = ['t0', 't1', 't2', 't3', 't4', 't5', 't6', 't7', 'a', 'a.1', 'r', 'r.1', 'g', 'o']

/** Places of the cookies' values: the slots, and then these. The two pieces of `a` and of `r` follow each other. */
export const slotCount = 8
export const accessPlace = 8
export const refreshPlace = 10
export const guardPlace = 12
export const signedOutPlace = 13

/** RFC 6265 6.1 leaves 4,096 octets to a cookie with its name and attributes. */
const pieceLength = 3800

/** Our cookies of one request. */
export interface OwnCookies {
  values: readonly (string | undefined)[]
  /** One of the names is there twice: a browser that honors the prefix sends none twice, so nobody knows whose they are. */
  isTwice: boolean
  /** What is left of each line without all whose name begins with the prefix. */
  others: readonly string[]
}

/** A session's id, and the text that its cookie carries in pieces. */
export interface Pieces {
  id: string
  text: string
}

/** What an answer does to our cookies, by place: a value and its Max-Age in seconds; one without a value is taken back. */
export type Changes = [value: string, maxAge?: number][]

/**
 * Finds our cookies in a request. Names are compared octet by octet, without the spaces and tabs before them and nothing else:
 * browsers have been fooled with other white space and with nameless cookies.
 */
export function readOwnCookies({ cookie = [] }: Headers): OwnCookies {
  const values: string[] = []
  let isTwice = false
  const others = cookie.map(({ value: line }) => {
    const left = line.split(';').filter((part) => {
      const [, name, value] = /^[ \t]*__Host-ep-([^=]*)=(.*)/s.exec(part) ?? []
      if (name === undefined) return true
      const index = names.indexOf(name)
      if (index in values) isTwice = true
      if (index >= 0) values[index] = value as string
      return false
    })
    return left.join(';').replace(/^ +/, '')
  })
  return { values, isTwice, others }
}

/** The pieces of `a` or `r`, put together; undefined where they are not what was written. */
export function joined({ values }: OwnCookies, first: number): Pieces | undefined {
  const [, count, id, text] = /^([12])\.([\w-]{22})\.(.+)/s.exec(values[first] ?? '') ?? []
  if (!id) return undefined
  const more = count === '2' ? values[first + 1] : ''
  return more === undefined ? undefined : { id, text: text + more }
}

/** Puts a session's text into one cookie or two. */
export function putPieces(changes: Changes, first: number, id: string, value: string, maxAge: number): void {
  const more = value.slice(pieceLength)
  changes[first] = [`${more ? 2 : 1}.${id}.${value.slice(0, pieceLength)}`, maxAge]
  changes[first + 1] = [more, maxAge]
}

export function takeBack(changes: Changes, from: number, to: number): void {
  for (let index = from; index < to; index++) changes[index] = ['']
}

/** The `set-cookie` values. What the request does not have need not be taken back. */
export function setCookies({ values }: OwnCookies, changes: Changes): { value: string }[] {
  return changes.flatMap(([value, maxAge], index) =>
    value || values[index] !== undefined
      ? {
          value: `__Host-ep-${names[index]}=${value}; Secure; HttpOnly; SameSite=Lax; Path=/; Max-Age=${value ? maxAge : 0}`,
        }
      : [],
  )
}

/** What the texts of `a` and `r` may have together: with names and ids 5,400, and so that eight slots, `g` and `o` fit beside them. */
export const mostText = 5250
