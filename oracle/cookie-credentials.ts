/** The token in cookies: several of one name, in chunks, or of several users (SEMANTICS.md, "Credentials"; RFC 6265 5.2, 5.4, 6.1). */
import type { Headers } from '../authorizer/cloudfront.ts'
import { type CookieName, readName } from './cookie-names.ts'
import { type Judgement, may, refused } from './judgement.ts'
import { judgeSize, type Presented, type SourceReading, withJudgements } from './presented.ts'

interface CookieSource {
  pattern: string
  chunks: boolean
}

interface Cookie {
  name: string
  /** Without the white space and the quotation marks around it. */
  text: string
  isSpaced: boolean
  isQuoted: boolean
}

/** A cookie of the source, and where it stands among all cookies. */
interface Found extends Cookie {
  readings: CookieName[]
  index: number
}

export function isNameOf(source: CookieSource, clientIds: readonly string[], name: string): boolean {
  return readName(source, clientIds, name).length > 0
}

export function readCookies(source: CookieSource, headers: Headers, clientIds: readonly string[]): SourceReading {
  const lines = Object.hasOwn(headers, 'cookie') ? (headers.cookie ?? []) : []
  const all = lines.flatMap(({ value }) => cookiesOf(value))
  const found = all.flatMap((cookie, index) => {
    const readings = readName(source, clientIds, cookie.name)
    return readings.length > 0 ? [{ ...cookie, readings, index }] : []
  })
  const filled = found.filter(({ text }) => text !== '')
  const naming = new Set(found.flatMap(({ readings }) => readings.flatMap(({ user }) => user?.namedBy ?? [])))
  const mine = filled.filter(({ readings }) => readings.some(({ user }) => counts(user, all)))
  const foreign = tokensOf(filled.filter((cookie) => !mine.includes(cookie)))
  const tokens = tokensOf(mine)
  return {
    counted: tokens.counted,
    others: [
      ...tokens.others,
      ...withJudgements(
        [...foreign.counted, ...foreign.others],
        [may('credentials/last-user', 'the cookie is not that of the last user', 'deny')],
      ),
    ],
    doubts: found.length === 0 ? [] : doubtsOf(lines.length, [...found, ...all.filter(({ name }) => naming.has(name))]),
  }
}

function cookiesOf(line: string): Cookie[] {
  return line.split(';').flatMap((pair) => {
    const equals = pair.indexOf('=')
    if (equals < 0) return []
    const name = pair.slice(0, equals)
    const value = pair.slice(equals + 1)
    const quoted = /^"(.*)"$/s.exec(value.trim())
    return [
      {
        name: name.trim(),
        text: quoted?.[1] ?? value.trim(),
        isSpaced: value !== value.trim() || name !== name.trimEnd(),
        isQuoted: quoted !== null,
      },
    ]
  })
}

function doubtsOf(lines: number, cookies: readonly Cookie[]): Judgement[] {
  return [
    ...(lines > 1 ? [may('credentials/cookie-lines', 'there are several cookie headers')] : []),
    ...(cookies.some(({ isSpaced }) => isSpaced) ? [may('credentials/around', 'spaces are around the value')] : []),
    ...(cookies.some(({ isQuoted }) => isQuoted) ? [may('credentials/quoted', 'the value is quoted')] : []),
  ]
}

/** Amplify's `LastAuthUser` names the user whose cookies count; without it all users' do. */
function counts(user: CookieName['user'], all: readonly Cookie[]): boolean {
  if (user === null) return true
  const named = all.filter(({ name, text }) => name === user.namedBy && text !== '')
  return named.length === 0 || named.some(({ text }) => text === user.name || decoded(text) === decoded(user.name))
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

type Tokens = Pick<SourceReading, 'counted' | 'others'>

/** The tokens of these cookies, in the order of their first ones. */
function tokensOf(cookies: readonly Found[]): Tokens {
  const bases = [...new Set(cookies.map(baseOf))]
  const all = bases.flatMap((base) => tokensOfOne(cookies.filter((cookie) => baseOf(cookie) === base)))
  const counted = all.flatMap(({ index, counted }) => counted.map((one) => ({ index, ...one })))
  const inOrder = counted.toSorted((a, b) => a.index - b.index).map(({ token, judgements }) => ({ token, judgements }))
  const isPlain = ({ judgements }: Presented) => judgements.length === 0
  return {
    // One that is there twice, in the same way, is one.
    counted: inOrder.filter((one, place) => {
      const before = inOrder.slice(0, place)
      return !isPlain(one) || !before.some((other) => isPlain(other) && other.token === one.token)
    }),
    others: all.flatMap(({ others }) => others),
  }
}

function baseOf({ readings: [reading] }: Found): string {
  return reading?.base ?? ''
}

function chunkOf({ readings: [reading] }: Found): string | null {
  return reading?.chunk ?? null
}

/** Of cookies with one name, but for the numbers of chunks: each whole one, or the chunks together. */
function tokensOfOne(cookies: readonly Found[]): (Tokens & { index: number })[] {
  const wholes = cookies.filter((cookie) => chunkOf(cookie) === null)
  const chunks = cookies.filter((cookie) => chunkOf(cookie) !== null)
  if (chunks.length > 0) {
    const beside = may('credentials/chunks', 'a whole cookie stands beside the chunks', 'allow')
    const whole = may('credentials/chunks', 'the chunks count where there are any', 'deny')
    const { counted, others } = assembled(chunks)
    return [
      {
        index: cookies[0]?.index ?? 0,
        counted: wholes.length > 0 ? withJudgements(counted, [beside]) : counted,
        others: [...others, ...wholes.map(({ text }) => presented(text, [whole]))],
      },
    ]
  }
  return wholes.map(({ index, text }) => ({ index, counted: [presented(text, [])], others: [] }))
}

/** Chunks in the order of their numbers, or what somebody may make of those that are not in order. */
function assembled(chunks: readonly Found[]): Tokens {
  const numbered = [...Array(9).keys()].map((number) =>
    chunks.filter((cookie) => chunkOf(cookie) === String(number)).map(({ text }) => text),
  )
  const gap = numbered.findIndex((texts) => texts.length === 0)
  const run = gap < 0 ? numbered : numbered.slice(0, gap)
  const twice = run.findIndex((texts) => texts.length > 1)
  const whole = run.map(([text]) => text).join('')
  if (run.length === 0) {
    return { counted: [presented('', [refused('credentials/chunks', 'there is no first chunk')])], others: [] }
  }
  if (run.length === chunks.length) return { counted: [presented(whole, [])], others: [] }
  const fault = may('credentials/chunks', 'a chunk is missing, of another number, or there twice', 'deny')
  return {
    counted: [presented(whole, [fault])],
    others:
      twice < 0
        ? []
        : [run.map((texts) => texts.at(-1)).join(''), run.slice(0, twice).join('')].map((text) =>
            presented(text, [fault]),
          ),
  }
}

function presented(token: string, judgements: readonly Judgement[]): Presented {
  return { token, judgements: [...judgeSize(token), ...judgements] }
}
