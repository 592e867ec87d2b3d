/**
 * What an issuer's key set has been over time, what of it the handler has seen, and hence whether a key of the issuer's
 * must, may or must not be used now (SEMANTICS.md, "The issuer's keys").
 */

import type { Policy } from '../authorizer/policy.ts'
import { type Judgement, lax, may, refused, sound } from './judgement.ts'
import { fits, isSame, type KeyName, means, rivals } from './key-selection.ts'
import { type KeySet, keySetOf, type PublishedKey } from './key-set.ts'
import type { JudgedProvider } from './policy-defaults.ts'
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
  /** Whether the name tells the key from others of the current set, or in an outage of the one that the handler holds. */
  judgeName(name: KeyName, key: PublishedKey): Judgement
  /** Weak, or published for something else than signing. */
  judgeKind(name: KeyName, key: PublishedKey): Judgement
  judgeAge(name: KeyName, key: PublishedKey, now: number): Judgement
  /** The clock was set back: what a handler wrote down before may look so much younger, or the time be over so much later. */
  setBack(milliseconds: number): void
  /** The URL has answered good sets for longer than the cooldown, so that any handler may have asked again. */
  reachable(now: number): boolean
}

/** Whether some key can be named and no other is meant: a set in which none can may count as one without a usable key. */
function hasUsableName({ keys }: KeySet, isKidOptional: boolean): boolean {
  const sound = keys.filter(({ doubtful }) => !doubtful)
  const isAloneAmong = (key: PublishedKey, others: readonly PublishedKey[]) =>
    key.algorithms.some((name) =>
      others.every((one) => one.material === key.material || !one.algorithms.includes(name)),
    )
  return sound.some(
    (key) =>
      (key.kid !== undefined &&
        isAloneAmong(
          key,
          sound.filter(({ kid }) => kid === key.kid),
        )) ||
      (isKidOptional && isAloneAmong(key, sound)),
  )
}

/** `cooldownMs`: how long a handler may take to notice a new key; `algorithms` and `isKidOptional`: the provider's. */
export function createIssuerKeys(
  policy: Policy,
  { algorithms, isKidOptional }: Pick<JudgedProvider, 'algorithms' | 'isKidOptional'>,
  cooldownMs: number,
): IssuerKeys {
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

  /** Since when the URL has answered good sets of which `accepts` holds, without a break; undefined where it does not now. */
  function since(accepts: (set: KeySet) => boolean): number | undefined {
    let from: number | undefined
    for (const period of periods.toReversed()) {
      if (period.set.quality !== 'good' || !accepts(period.set)) break
      from = period.from
    }
    return from
  }

  /** Whether a handler that holds this set has no reason to ask again, and yet may not verify the token by the key. */
  function misleads(name: KeyName, set: KeySet, key: PublishedKey): boolean {
    // A token that names no key names none that could be missed.
    if (name.kid === undefined) return !means(name, set, key)
    if (means(name, set, key)) return rivals(name, set, key).length > 0
    return set.keys.some((one) => one.kid === name.kid || means(name, set, one))
  }

  return {
    async serve(served, now) {
      const answered = await keySetOf(served, algorithms)
      const set: KeySet =
        answered.quality === 'good' && !hasUsableName(answered, isKidOptional)
          ? { ...answered, quality: 'unsure' }
          : answered
      periods.push({ from: periods.length === 0 ? Number.NEGATIVE_INFINITY : now, set })
      for (const key of set.keys) {
        // Listed for each of its algorithms, it is one key (RFC 7517 4.4).
        const isKnown = published.some((one) => isSame(one, key) && one.algorithms.join() === key.algorithms.join())
        if (!isKnown) published.push(key)
      }
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
    judgeName(name, key) {
      const isNamed = name.kid !== undefined && name.kid === key.kid
      if (!isNamed && !periods.some(({ set }) => means(name, set, key))) {
        return refused('token/kid', 'the token does not name the key, which is not the only one that it could mean')
      }
      if (name.kid === undefined && !name.isKidOptional) {
        return lax('token/kid', 'the token names no key, and only one fits')
      }
      const current = periods.at(-1)?.set
      const set = current?.quality === 'bad' ? lastGood?.set : current
      // A key that is not in the set has no rivals there: that is a matter of age, too.
      const others = set?.keys.some((one) => isSame(one, key)) ? rivals(name, set, key) : []
      if (others.length === 0) return sound
      if (others.every(({ doubtful }) => doubtful)) {
        return may('token/two-keys', 'the token could mean another key of the set, if that were any good')
      }
      // Where it was to be the only one, it is no longer: that is a matter of age.
      return isNamed ? may('token/two-keys', 'two keys of the set have this kid and fit alg', 'deny') : sound
    },
    judgeKind({ alg }, key) {
      const verdicts = periods.flatMap(({ set }) => {
        const listed = set.keys.filter((one) => isSame(one, key) && fits(one, alg))
        return listed.length === 0 ? [] : [listed.every(({ doubtful }) => doubtful)]
      })
      if (!verdicts.includes(true)) return sound
      const ours = verdicts.includes(false) ? undefined : 'deny'
      return may('token/weak-key', 'the key is weak or not for signing, or was when it was published', ours)
    },
    setBack(milliseconds) {
      setBackMs += milliseconds
    },
    judgeAge(name, key, now) {
      // In a set where the token does not mean it, the key is as good as absent.
      const has = (set: KeySet) => means(name, set, key)
      const age = lastGood === undefined ? undefined : now - lastGood.from
      const held = lastGood !== undefined && has(lastGood.set)
      const heldForSure = held && lastGood?.set.quality === 'good'
      // Of an answer from the future, since the clock was set back, a handler may think as it likes.
      const usable = age !== undefined && usableMs !== undefined && age >= 0 && age < usableMs

      const inSetSince = since(has)
      if (inSetSince !== undefined) {
        if (possible.some((set) => misleads(name, set, key))) {
          return name.kid === undefined
            ? may('token/kid', 'the token names no key, and the handler may hold another set')
            : may('keys/reused-kid', 'the handler holds another key of the same kid')
        }
        return now - inSetSince > cooldownMs + setBackMs || (heldForSure && usable)
          ? sound
          : may('keys/new', 'the key has not been in the set for longer than the cooldown')
      }
      const outSince = since((set) => !has(set))
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
      const withdrawnUnseen = lastGood?.later().some(({ set }) => set.quality !== 'bad' && !has(set))
      const doubt = withdrawnUnseen || !usable || !heldForSure || periods.at(-1)?.set.quality === 'unsure'
      return doubt ? may('keys/outage', 'the key was withdrawn, or the answer is of a doubtful kind') : sound
    },
  }
}
