import type { JwksSnapshot } from './configuration.ts'
import { usesSnapshots, usesUnnamedKeys } from './features.ts'
import { type KeysByName, namelessKey, readJwkSet } from './jwk-set.ts'
import type { Algorithm } from './policy.ts'
import type { VerificationKey } from './verification-key.ts'

export interface JwksCacheOptions {
  uri: string
  algorithms: readonly Algorithm[]
  /** Keys and tokens may be without a `kid`. */
  unnamedKeys?: boolean | undefined
  /** Milliseconds, as everything here. */
  maxAge: number
  maxStale: number
  cooldown: number
  snapshot: JwksSnapshot | undefined
  /** The answer's text; rejects where there is no good answer. */
  get: (uri: string) => Promise<string>
  now: () => number
}

/**
 * One issuer's keys. Everything is decided by comparing times when a request asks, since a frozen sandbox's timers lie. Who
 * is given a promise waits for it.
 */
export interface JwksCache {
  /** Starts the refresh that is due, if any, and gives it back where the decision has to wait for it. */
  refreshed(now: number): Promise<void> | undefined
  /** The same for a key that the set does not have. */
  refreshedFor(name: string, now: number): Promise<void> | undefined
  /** The key of that name (`keyName`), unless the whole set is too old to be used. */
  key(name: string, now: number): VerificationKey | undefined
  /** Whether the keys are younger than `maxAge`, so that no request has to wait for others. */
  fresh(now: number): boolean
  /** Whether there are keys at all that may still be used. */
  usable(now: number): boolean
}

/** From this share of maxAge on, a refresh runs beside the requests, so that at maxAge hardly one has to wait for it. */
const refreshAhead = 0.75

/** A fetch that has not answered within this time is given up for a new one; `get` has its own, shorter, time limit. */
const abandonedAfter = 5000

/**
 * A sandbox is frozen after each response, and a fetch that no request waits for (INIT's, one ahead of maxAge) may be cut off
 * by that. It counts as cut off where it ran so long, in milliseconds, before it failed or a request came to wait for it: the
 * first request comes sooner after INIT.
 */
const aloneAtMost = 500

/**
 * The keys of one issuer: fresh until `maxAge` after the last good answer; from then on a request waits for a refresh and
 * falls back on the old keys when it fails, until `maxAge + maxStale`; then refused. An answer without a usable key never
 * replaces keys. At most one fetch starts within a cooldown. One that a freeze may have cut off is no answer: a request
 * that needs it starts another, which then counts.
 *
 * A request does wait past maxAge, because keys that are served stale meanwhile could include one that the issuer has
 * withdrawn. The one exception is a snapshot that no live answer has confirmed yet: it serves while the first fetch runs,
 * and from then on is as old as it is: where each freeze cut the fetch off, it would serve for ever.
 */
export function createJwksCache(options: JwksCacheOptions): JwksCache {
  const { uri, algorithms, unnamedKeys, maxAge, maxStale, cooldown, snapshot, get, now: clock } = options
  let keys: KeysByName = new Map()
  let answeredAt = 0
  let attemptedAt = -Infinity
  let attempt: Promise<void> | undefined
  /** No request has waited for the last attempt, and it has brought no answer. */
  let isAlone = false
  let attempts = 0
  let answered = 0

  if (usesSnapshots && snapshot) {
    keys = readJwkSet(snapshot, algorithms, unnamedKeys)
    answeredAt = snapshot.fetchedAt
  }
  if (!usable(clock())) refresh(clock(), true)

  function isUnderWay(now: number): boolean {
    return attempt !== undefined && now >= attemptedAt && now < attemptedAt + abandonedAfter
  }

  /** `isBeside`: nobody is going to wait for it. */
  function refresh(now: number, isBeside = false): Promise<void> | undefined {
    const since = now - attemptedAt
    if (isBeside || !isAlone || since < aloneAtMost) {
      isAlone &&= isBeside
      if (isUnderWay(now)) return attempt
      // A clock that went back says nothing about the cooldown, so it counts as over.
      if (since >= 0 && since < cooldown) return undefined
    }
    attemptedAt = now
    isAlone = isBeside
    const started = fetchKeys(now).finally(() => {
      if (attempt !== started) return
      attempt = undefined
      // It failed by itself.
      if (clock() < now + aloneAtMost) isAlone = false
    })
    attempt = started
    return started
  }

  async function fetchKeys(startedAt: number): Promise<void> {
    const number = ++attempts
    try {
      const answer = readJwkSet(JSON.parse(await get(uri)), algorithms, unnamedKeys, keys)
      // An answer that a later one has overtaken would bring old keys back.
      if (answer.size === 0 || number < answered) return
      answered = number
      isAlone = false
      keys = answer
      answeredAt = startedAt
    } catch {
      // No good answer: the keys stay as they are, and attemptedAt keeps the next fetch a cooldown away.
    }
  }

  /** Age of the last good answer; one from the future (the clock went back) counts as just past fresh. */
  function age(now: number): number {
    return now >= answeredAt ? now - answeredAt : maxAge
  }

  function find(name: string): VerificationKey | undefined {
    const key = keys.get(name)
    return usesUnnamedKeys && unnamedKeys ? (key ?? namelessKey(keys, name)) : key
  }

  function usable(now: number): boolean {
    return keys.size > 0 && age(now) <= maxAge + maxStale
  }

  return {
    usable,
    fresh: (now) => age(now) < maxAge,
    key: (name, now) => (age(now) <= maxAge + maxStale ? find(name) : undefined),
    refreshed(now) {
      const old = age(now)
      if (!usable(now)) return refresh(now)
      if (old < maxAge * refreshAhead) return undefined
      const isFirstOver = !usesSnapshots || attempts > 1 || (attempts === 1 && !isUnderWay(now))
      if (old >= maxAge && isFirstOver) return refresh(now)
      // Loading the network client costs more than the whole first request: it can wait until after the response.
      setImmediate(() => refresh(clock(), true))
      return undefined
    },
    refreshedFor(name, now) {
      return find(name) ? undefined : refresh(now)
    },
  }
}
