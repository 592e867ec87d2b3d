import type { Headers } from './cloudfront.ts'

const prefix = '__Host-ep-'
const names = /* @__PURE__ */ ['a', 'a.1', 'r', 'r.1', 'g', 't0', 't1', 't2', 't3', 't4', 't5', 't6', 't7', 'o'].map(
  (name) => prefix + name,
)

/** Places of the cookies' values. The two pieces of `a` and of `r` follow each other, and so do the slots. */
export const accessPlace = 0
export const refreshPlace = 2
export const guardPlace = 4
export const slotsPlace = 5
export const slotCount = 8
export const signedOutPlace = 13

/** RFC 6265 6.1 leaves 4,096 octets to a cookie with its name and attributes. */
const pieceLength = 3800

/** Our cookies of one request. */
export interface OwnCookies {
  values: readonly (string | undefined)[]
  /** One of the names is there twice: a browser that honors the prefix sends none twice, so nobody knows whose they are. */
  isTwice: boolean
  /** The lines without all whose name begins with the prefix, as far as there is something left of them. */
  others: Headers[string]
}

/** A session's id, and the text that its cookie carries in pieces. */
export interface Pieces {
  id: string
  text: string
}

/** What an answer does to our cookies, by place: a value and its Max-Age in seconds; one without a value is taken back. */
export type Changes = [value: string, maxAge?: number][]

/**
 * Finds our cookies in a request. Names are compared octet by octet, without the spaces before them and nothing else:
 * browsers have been fooled with other white space and with nameless cookies.
 */
export function readOwnCookies({ cookie = [] }: Headers): OwnCookies {
  const values: (string | undefined)[] = Array(names.length)
  const others: Headers[string] = []
  let isTwice = false
  for (const entry of cookie) {
    const { value: line } = entry
    let left = ''
    // What follows the last of ours.
    let from = 0
    for (let start = 0, end = 0; end < line.length; start = end + 1) {
      end = line.indexOf(';', start)
      if (end < 0) end = line.length
      let at = start
      while (line.charCodeAt(at) === 0x20) at++
      if (line.charCodeAt(at) !== 0x5f) continue
      // Most often the name has one letter.
      const equals = line.charCodeAt(at + 11) === 0x3d ? at + 11 : line.indexOf('=', at)
      if (equals < 0 || equals > end) continue
      const name = line.slice(at, equals)
      const index = names.indexOf(name)
      if (index >= 0) {
        if (values[index] !== undefined) isTwice = true
        values[index] = line.slice(equals + 1, end)
      } else if (!name.startsWith(prefix)) continue
      if (from < start) left += line.slice(from, start)
      from = end + 1
    }
    if (from === 0) left = line
    else {
      if (from < line.length) left += line.slice(from)
      if (left) left = left.replace(/^ +|;$/g, '')
    }
    if (left) others.push({ ...entry, value: left })
  }
  return { values, isTwice, others }
}

/** The pieces of `a` or `r`, put together; undefined where they are not what was written. */
export function joined({ values }: OwnCookies, first: number): Pieces | undefined {
  const value = values[first] ?? ''
  const more = value[0] === '1' ? '' : values[first + 1]
  return more !== undefined && value[1] === '.' && value[24] === '.'
    ? { id: value.slice(2, 24), text: more ? value.slice(25) + more : value.slice(25) }
    : undefined
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
          value: `${names[index]}=${value}; Secure; HttpOnly; SameSite=Lax; Path=/; Max-Age=${value ? maxAge : 0}`,
        }
      : [],
  )
}

/** What the texts of `a` and `r` may have together: with names and ids 5,400, and so that eight slots, `g` and `o` fit beside them. */
export const mostText = 5250
