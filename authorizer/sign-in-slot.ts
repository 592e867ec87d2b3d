import { nodeCrypto } from './node-crypto.ts'
import { type Changes, type OwnCookies, slotCount, slotsPlace } from './session-cookies.ts'

/** Seconds that a sign-in may take: a second factor or a new password take longer than ten minutes. */
const lifetime = 3600

/** Longest path to come back to, as it stands in the cookie. */
const longestPath = 512

/** A sign-in that was begun in this browser. */
export interface Slot {
  /** Seconds since the epoch. */
  begunAt: number
  seed: string
  /** Where to go back to, as the cookie has it. */
  path: string
  place: number
}

/** What is made of a slot's seed: only `state` and `nonce` are seen by others, and neither tells the other values. */
export function derived(seed: string, purpose: 'state' | 'nonce' | 'verifier'): string {
  return nodeCrypto().createHmac('sha256', seed).update(purpose).digest('base64url')
}

/**
 * Sets a new slot and returns its state: a random one of those that are free, so that tabs which start at once seldom meet, else the
 * oldest. `now` is in seconds.
 */
export function beginSlot(own: OwnCookies, changes: Changes, seed: string, path: string, now: number): string {
  const ages = Array.from({ length: slotCount }, (_, number) => now - (slotAt(own, number)?.begunAt ?? 0))
  const free = [...ages.keys()].filter((number) => (ages[number] as number) > lifetime)
  const number = free[seed.charCodeAt(0) % free.length] ?? ages.indexOf(Math.max(...ages))
  changes[slotsPlace + number] = [`${now}|${seed}|${path}`, lifetime]
  return number + derived(seed, 'state')
}

/** The slot whose state this is; a foreign state finds none. Comparing takes no care of time: it shows nobody another jar's seed. */
export function slotOf(own: OwnCookies, state: string | null, now: number): Slot | undefined {
  const slot = slotAt(own, '01234567'.indexOf(state?.[0] as string))
  return slot && now - slot.begunAt <= lifetime && state?.[0] + derived(slot.seed, 'state') === state ? slot : undefined
}

function slotAt({ values }: OwnCookies, number: number): Slot | undefined {
  const place = slotsPlace + number
  const [begunAt, seed, path] = values[place]?.split('|') ?? []
  return seed && path ? { begunAt: Number(begunAt) || 0, seed, path, place } : undefined
}

/** A path as a cookie may hold it (RFC 6265 4.1.1): what is no cookie-octet is percent-encoded, and `%` itself. */
export function storedPath(uri: string, querystring: string): string {
  return (
    [`${uri}${querystring && `?${querystring}`}`, uri]
      .map((path) => path.toWellFormed().replace(/[^!#$&-+\--:<-[\]-{}~]/gu, encodeURIComponent))
      .find(({ length }) => length <= longestPath) ?? '/'
  )
}
