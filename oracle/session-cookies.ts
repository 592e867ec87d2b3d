/** The cookies of a session in a request (SEMANTICS.md, "Sign-in", "Cookies"). */
import { createHash } from 'node:crypto'
import type { Headers } from '../authorizer/cloudfront.ts'
import { type Judgement, may, refused } from './judgement.ts'

export const cookiePrefix = '__Host-ep-'

/** A token in chunks, with the id of its session. */
interface Chunked {
  id: string
  text: string
  /** Its pieces have other lengths than ours cuts. */
  isUneven: boolean
}

export interface Slot {
  date: number
  seed: string
  path: string
}

export interface SessionCookies {
  /** Of the table, in their order. */
  names: readonly string[]
  isDuplicate: boolean
  isOnSeveralLines: boolean
  token: Chunked | Judgement | null
  refresh: Chunked | null
  counts: { signIns: number; signedInAt: number; refreshedAt: number; refused: string } | null
  signedOut: readonly string[]
  /** What is there for each number; undefined: empty or malformed. */
  slots: readonly (Slot | undefined)[]
}

const names = new Set([...Array(8).keys()].map((number) => `t${number}`).concat('a', 'a.1', 'r', 'r.1', 'g', 'o'))
const pieceLength = 3800

/** What a part of a cookie field names, without the spaces before it; undefined: nothing. */
export function cookieNameIn(part: string): string | undefined {
  const equals = part.indexOf('=')
  return equals < 0 ? undefined : part.slice(0, equals).replace(/^ +/, '')
}

export function sessionCookiesOf(headers: Headers): SessionCookies {
  const lines = Object.hasOwn(headers, 'cookie') ? (headers.cookie ?? []) : []
  const found: { name: string; value: string }[] = []
  for (const part of lines.flatMap(({ value }) => value.split(';'))) {
    const name = cookieNameIn(part)
    if (!name?.startsWith(cookiePrefix) || !names.has(name.slice(cookiePrefix.length))) continue
    found.push({ name: name.slice(cookiePrefix.length), value: part.slice(part.indexOf('=') + 1) })
  }
  const values = new Map(found.map(({ name, value }) => [name, value]))
  const isDuplicate = values.size < found.length
  const signedOut = /^[\w-]{22}(?:\.[\w-]{22}){0,3}$/.test(values.get('o') ?? '') ? values.get('o')?.split('.') : []
  return {
    names: found.map(({ name }) => name),
    isDuplicate,
    isOnSeveralLines: lines.length > 1 && found.length > 0,
    token: tokenOf(values, isDuplicate, signedOut ?? []),
    refresh: chunkedAt('r', values),
    counts: countsOf(values.get('g') ?? ''),
    signedOut: signedOut ?? [],
    slots: [...Array(8).keys()].map((number) => slotOf(values.get(`t${number}`) ?? '')),
  }
}

/** As `g` and `confirm` have it. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16)
}

function tokenOf(
  values: ReadonlyMap<string, string>,
  isDuplicate: boolean,
  signedOut: readonly string[],
): Chunked | Judgement | null {
  if (isDuplicate) return refused('sign-in/duplicate', 'a cookie of the session is there twice')
  const value = values.get('a')
  if (value === undefined) return null
  if (formOf(value) === null) return refused('sign-in/cookies', "the session's cookie has not its form")
  const chunked = chunkedAt('a', values)
  if (chunked === null) return refused('sign-in/chunks', 'the second piece of the token is missing')
  return signedOut.includes(chunked.id) ? refused('sign-in/revived', 'the session has been signed out') : chunked
}

function formOf(value: string) {
  const [, count = '', id = '', piece = ''] =
    /^([12])\.([\w-]{22})\.([\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*)$/.exec(value) ?? []
  return count === '' ? null : { count: Number(count), id, piece }
}

function chunkedAt(name: 'a' | 'r', values: ReadonlyMap<string, string>): Chunked | null {
  const first = formOf(values.get(name) ?? '')
  if (first === null) return null
  const { count, id, piece } = first
  if (count === 1) return { id, text: piece, isUneven: piece.length > pieceLength }
  const second = values.get(`${name}.1`)
  if (second === undefined || !/^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/.test(second)) return null
  const isUneven = piece.length !== pieceLength || second === '' || second.length > pieceLength
  return { id, text: piece + second, isUneven }
}

function countsOf(value: string): SessionCookies['counts'] {
  const [, signIns, signedInAt, refreshedAt, refusedHash = ''] =
    /^(\d{1,9})\.(\d{1,12})\.(\d{1,12})\.([\w-]{16})?$/.exec(value) ?? []
  if (signIns === undefined) return null
  return {
    signIns: Number(signIns),
    signedInAt: Number(signedInAt),
    refreshedAt: Number(refreshedAt),
    refused: refusedHash,
  }
}

export function slotOf(value: string): Slot | undefined {
  const [, date, seed = '', path = ''] =
    /^(\d{1,12})\|([\w-]{43})\|(\/[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7b\x7d\x7e]*)$/.exec(value) ?? []
  return date === undefined ? undefined : { date: Number(date), seed, path }
}

/** How the session's token is presented: judged as any token is. */
export function presentedBySession({ token, isOnSeveralLines }: SessionCookies) {
  if (token === null) return []
  const lines = isOnSeveralLines ? [may('credentials/cookie-lines', 'there are several cookie headers')] : []
  if ('outcome' in token) return [{ token: '', judgements: [token, ...lines] }]
  const uneven = token.isUneven ? [may('sign-in/chunks', 'the pieces have other lengths than ours')] : []
  return [{ token: token.text, judgements: [...lines, ...uneven] }]
}
