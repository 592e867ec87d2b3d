import { nodeCrypto } from './node-crypto.ts'
import { type OwnCookies, setCookie, slotCount } from './session-cookies.ts'

/** Seconds that a sign-in may take: a second factor or a new password take longer than ten minutes. */
const lifetime = 3600

/** Longest path to come back to, as it stands in the cookie. */
const longestPath = 512

/** A sign-in (`s`) or a refresh (`r`) that was begun in this browser. */
export interface Slot {
  index: number
  seed: string
  /** Where to go back to. */
  path: string
}

/** What is made of a slot's seed: `state` names the slot, `nonce` and `verifier` are never shown by it. */
export function derived(seed: string, purpose: 'state' | 'nonce' | 'verifier'): string {
  const key = Buffer.from(seed, 'base64url')
  return nodeCrypto().createHmac('sha256', key).update(purpose).digest('base64url')
}

function stateOf({ index, seed }: Pick<Slot, 'index' | 'seed'>): string {
  return index + derived(seed, 'state')
}

/**
 * A new slot: a random one of those that are free, so that tabs which start at once seldom meet, else the oldest. `random` is one
 * octet, `now` in seconds.
 */
export function newSlot(
  cookies: OwnCookies,
  kind: 's' | 'r',
  seed: string,
  random: number,
  path: string,
  now: number,
): { cookie: string; state: string } {
  const free: number[] = []
  let index = 0
  let oldest = Infinity
  for (let place = 0; place < slotCount; place++) {
    const since = read(cookies, place)?.since ?? -Infinity
    if (since < now - lifetime) free.push(place)
    else if (since < oldest) {
      oldest = since
      index = place
    }
  }
  index = free[random % free.length] ?? index
  const value = `${kind}.${now.toString(36)}.${seed}.${path}`
  return { cookie: setCookie(index, value, lifetime), state: stateOf({ index, seed }) }
}

/** The slot whose state this is. A foreign state finds none; comparing takes no care of time, for it shows nobody another jar's seed. */
export function slotOf(cookies: OwnCookies, kind: 's' | 'r', state: string | null, now: number): Slot | undefined {
  const index = '01234567'.indexOf(state?.[0] ?? '-')
  const slot = read(cookies, index)
  return slot?.kind === kind && slot.since >= now - lifetime && stateOf(slot) === state ? slot : undefined
}

function read({ values }: OwnCookies, index: number) {
  const [, kind, since = '', seed = '', path = ''] =
    /^([sr])\.([\da-z]{1,8})\.([\w-]{43})\.(.*)$/.exec(values[index] ?? '') ?? []
  return kind ? { kind, since: Number.parseInt(since, 36), index, seed, path } : undefined
}

/** A path as a cookie may hold it (RFC 6265 4.1.1): what is no cookie-octet is percent-encoded, and `%` itself. */
export function storedPath(uri: string, querystring: string): string {
  const path = inCookie(uri)
  const whole = querystring ? `${path}?${inCookie(querystring)}` : path
  return whole.length <= longestPath ? whole : path.length <= longestPath ? path : '/'
}

function inCookie(text: string): string {
  return text.toWellFormed().replace(/[^!#$&-+\--:<-[\]-~]/gu, encodeURIComponent)
}
