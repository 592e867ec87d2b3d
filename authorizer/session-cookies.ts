import type { Headers } from './cloudfront.ts'

const prefix = '__Host-ep-'

/** Places of the cookies' values: the slots, and then these. The two pieces of `a` and of `r` follow each other. */
export const place = { access: 8, refresh: 10, guard: 12, signedOut: 13 } as const

export const slotCount = 8

/** RFC 6265 6.1 leaves 4,096 octets to a cookie with its name and attributes. */
const pieceLength = 3800

const names: readonly string[] = ['t0', 't1', 't2', 't3', 't4', 't5', 't6', 't7', 'a', 'a.1', 'r', 'r.1', 'g', 'o']

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

/**
 * Finds our cookies in a request. Names are compared octet by octet, without the spaces and tabs around them and nothing else:
 * browsers have been fooled with other white space and with nameless cookies.
 */
export function readOwnCookies({ cookie }: Headers): OwnCookies {
  const values: (string | undefined)[] = new Array(names.length)
  const others: string[] = []
  let isTwice = false
  for (const { value: line } of cookie ?? []) {
    let left = ''
    let from = 0
    for (let at = line.indexOf(prefix); at >= 0; at = line.indexOf(prefix, at + 1)) {
      let start = at
      while (isBlank(line.charCodeAt(start - 1))) start--
      if (start > 0 && line[start - 1] !== ';') continue
      let end = line.indexOf(';', at)
      if (end < 0) end = line.length
      const equals = line.indexOf('=', at)
      if (equals < 0 || equals > end) continue
      let nameEnd = equals
      while (isBlank(line.charCodeAt(nameEnd - 1))) nameEnd--
      const index = names.indexOf(line.slice(at + prefix.length, nameEnd))
      if (index >= 0) {
        isTwice ||= values[index] !== undefined
        values[index] = line.slice(equals + 1, end)
      }
      left += line.slice(from, Math.max(from, start - 1))
      from = end
      if (left === '') while (line[from] === ';' || line[from] === ' ') from++
    }
    others.push(from === 0 ? line : left + line.slice(from))
  }
  return { values, isTwice, others }
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}

/** The pieces of `a` or `r`, put together; undefined where they are not what was written. */
export function joined({ values }: OwnCookies, first: number): Pieces | undefined {
  const head = values[first]
  if (!head || !/^[12]\.[\w-]{22}\../.test(head)) return undefined
  const [id, text] = [head.slice(2, 24), head.slice(25)]
  if (head[0] === '1') return { id, text }
  const piece = values[first + 1]
  return piece ? { id, text: text + piece } : undefined
}

/** A `set-cookie` value; without a value the cookie is taken back. */
export function setCookie(index: number, value = '', maxAge = 0): string {
  return `${prefix}${names[index]}=${value}; Secure; HttpOnly; SameSite=Lax; Path=/; Max-Age=${maxAge}`
}

/** Takes back those that the request has, from one place on to before another. */
export function takenBack({ values }: OwnCookies, from: number, to: number): string[] {
  return values.flatMap((value, index) => (value !== undefined && index >= from && index < to ? setCookie(index) : []))
}

/** The text in pieces; of an earlier text, a second one that is not needed any more is taken back. */
export function inPieces({ values }: OwnCookies, first: number, { id, text }: Pieces, maxAge: number): string[] {
  const second = text.slice(pieceLength)
  const cookies = [setCookie(first, `${second ? 2 : 1}.${id}.${text.slice(0, pieceLength)}`, maxAge)]
  if (second) cookies.push(setCookie(first + 1, second, maxAge))
  else if (values[first + 1] !== undefined) cookies.push(setCookie(first + 1))
  return cookies
}

/** Octets that `a` and `r` may take in a request: eight slots, `g` and `o` need the rest of ten kilobytes. */
const mostOctets = 5400

/** Whether tokens of these lengths, with names and ids, leave room for the other cookies. */
export function hasRoom(...lengths: number[]): boolean {
  return lengths.reduce((octets, length) => octets + length + (length > pieceLength ? 51 : 37), 0) <= mostOctets
}
