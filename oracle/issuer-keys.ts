/**
 * What an issuer's key set has been over time, what of it the handler has seen, and hence whether a key of the issuer's
 * must, may or must not be used now (SEMANTICS.md, "The issuer's keys").
 */

import type { Policy } from '../authorizer/policy.ts'
import { type Judgement, may, refused, sound } from './judgement.ts'
import { type KeySet, keySetOf, type PublishedKey } from './key-set.ts'
import { defaults } from './policy-defaults.ts'
import type { Served } from './served-urls.ts'

interface Period {
  from: number
  set: KeySet
}

export interface IssuerKeys {
  /** From now on the URL answers this. */
  serve(served: Served | undefined, now: number): Promise<void>
  /**
   * The handler asked at this time, before anything else was served: told in the order of events, for the clock may go back.
   * Not `sure`: whether it made use of the answer is not known.
   */
  fetched(at: number, sure: boolean): void
  /** A fetch, the last one that has not been taken back, was cut off by a freeze: the handler got no answer. */
  cutOff(): void
  /** Every key that has been in the set at any time. */
  everPublished(): PublishedKey[]
  /** Whether two usable members of the current set, or in an outage of the one that the handler holds, have this `kid`. */
  ambiguous(kid: string): boolean
  /** Weak, or published for something else than signing. */
  judgeKind(key: PublishedKey): Judgement
  judgeAge(key: PublishedKey, now: number): Judgement
  /** The clock was set back: what a handler wrote down before may look so much younger, or the time be over so much later. */
  setBack(milliseconds: number): void
  /** The URL has answered good sets for longer than the cooldown, so that any handler may have asked again. */
  reachable(now: number): boolean
}

/** `cooldownMs`: how long a handler may take to notice a new key. */
export function createIssuerKeys(policy: Policy, cooldownMs: number): IssuerKeys {
  const algorithms = policy.algorithms ?? defaults.algorithms
  const { maxAge, maxStale } = policy.jwks ?? {}
  const usableMs = maxAge === undefined || maxStale === undefined ? undefined : (maxAge + maxStale) * 1000
  const periods: Period[] = []
  let setBackMs = 0
  let lastGood: (Period & { later(): Period[] }) | undefined
  /** What it may hold: the last answer that it surely used, and every later one that it may have used. */
  let possible: KeySet[] = []
  /** When the last answer came of which the handler may have made use. */
  let lastPossible = Number.NEGATIVE_INFINITY

  /** Undoes each fetch, in their order. */
  const takeBack: (() => void)[] = []

  const published: PublishedKey[] = []

  // Under another kid it is another key: tokens name it by that.
  const same = (one: PublishedKey, other: PublishedKey) => one.kid === other.kid && one.material === other.material
  const has = (set: KeySet, key: PublishedKey) => set.keys.some((one) => same(one, key))

  /** Since when the URL has answered good sets of which `accepts` holds, without a break; undefined where it does not now. */
  function since(accepts: (set: KeySet) => boolean): number | undefined {
    let from: number | undefined
    for (const period of periods.toReversed()) {
      if (period.set.quality !== 'good' || !accepts(period.set)) break
      from = period.from
    }
    return from
  }

  return {
    async serve(served, now) {
      const set = await keySetOf(served, algorithms)
      periods.push({ from: periods.length === 0 ? Number.NEGATIVE_INFINITY : now, set })
      for (const key of set.keys) if (!published.some((one) => same(one, key))) published.push(key)
    },
    fetched(at, sure) {
      const before = { lastGood, possible, lastPossible }
      takeBack.push(() => {
        ;({ lastGood, possible, lastPossible } = before)
      })
      const served = periods.length
      const set = periods.at(-1)?.set
      if (!set || set.quality === 'bad') return
      lastPossible = at
      possible = sure ? [set] : [...possible, set]
      if (sure) lastGood = { from: at, set, later: () => periods.slice(served) }
    },
    cutOff: () => takeBack.pop()?.(),
    everPublished: () => published,
    reachable: (now) => now - (since(() => true) ?? now) > cooldownMs + setBackMs,
    ambiguous(kid) {
      const current = periods.at(-1)?.set
      const set = current?.quality === 'bad' ? lastGood?.set : current
      return (set?.keys ?? []).filter((key) => key.kid === kid).length > 1
    },
    judgeKind(key) {
      const versions = periods.flatMap(({ set }) => set.keys.filter((one) => same(one, key)))
      if (!versions.some(({ doubtful }) => doubtful)) return sound
      const ours = versions.every(({ doubtful }) => doubtful) ? 'deny' : undefined
      return may('token/weak-key', 'the key is weak or not for signing, or was when it was published', ours)
    },
    setBack(milliseconds) {
      setBackMs += milliseconds
    },
    judgeAge(key, now) {
      const age = lastGood === undefined ? undefined : now - lastGood.from
      const held = lastGood !== undefined && has(lastGood.set, key)
      const heldForSure = held && lastGood?.set.quality === 'good'
      // Of an answer from the future, since the clock was set back, a handler may think as it likes.
      const usable = age !== undefined && usableMs !== undefined && age >= 0 && age < usableMs

      const inSetSince = since((set) => has(set, key))
      if (inSetSince !== undefined) {
        // The issuer gave the kid to another key and back: a handler that holds that one has no reason to ask again.
        const reused = possible.some(({ keys }) =>
          keys.some(({ kid, material }) => kid === key.kid && material !== key.material),
        )
        if (reused) return may('keys/reused-kid', 'the handler holds another key of the same kid')
        return now - inSetSince > cooldownMs + setBackMs || (heldForSure && usable)
          ? sound
          : may('keys/new', 'the key has not been in the set for longer than the cooldown')
      }
      const outSince = since((set) => !has(set, key))
      if (outSince !== undefined) {
        if (maxAge !== undefined && now - outSince >= maxAge * 1000 + setBackMs) {
          return refused('keys/withdrawn', 'the key left the set longer than maxAge ago')
        }
        return may('keys/withdrawn', 'the key left the set not long ago, or the policy states no maxAge')
      }
      if (!held || usableMs === undefined || age === undefined) {
        return may('keys/outage', 'the set cannot be fetched, and whether the key is held is not known')
      }
      // "After that: refused": at the very millisecond either will do.
      if (now - lastPossible > usableMs + setBackMs)
        return refused('keys/too-old', 'the last good answer is older than maxAge and maxStale')
      const withdrawnUnseen = lastGood?.later().some(({ set }) => set.quality !== 'bad' && !has(set, key))
      const doubt = withdrawnUnseen || !usable || !heldForSure || periods.at(-1)?.set.quality === 'unsure'
      return doubt ? may('keys/outage', 'the key was withdrawn, or the answer is of a doubtful kind') : sound
    },
  }
}
