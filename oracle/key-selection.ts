/** Which key of a set a token's header means (SEMANTICS.md, `token/kid` and `token/two-keys`; RFC 7515 4.1.4, RFC 7517 4.5). */
import type { KeySet, PublishedKey } from './key-set.ts'

/** What a token says of its key. */
export interface KeyName {
  /** Undefined: it names none. */
  kid: string | undefined
  alg: string
  /** Keys without `kid` may stand for one that no key has. */
  isKidOptional: boolean
}

/** Whether the name may mean the key, in some set. */
export function mayMean({ kid, alg, isKidOptional }: KeyName, key: PublishedKey): boolean {
  if (!fits(key, alg)) return false
  return kid === undefined || kid === key.kid || (isKidOptional && key.kid === undefined)
}

/** Whether who has this set, and no other, verifies the token by the key. */
export function means(name: KeyName, { keys }: KeySet, key: PublishedKey): boolean {
  if (!keys.some((one) => isSame(one, key) && fits(one, name.alg))) return false
  if (name.kid !== undefined && name.kid === key.kid) return true
  return rivals(name, { keys }, key).every((one) => one.doubtful)
}

/** The other keys of the set that the token could mean as well. */
export function rivals({ kid, alg }: KeyName, { keys }: Pick<KeySet, 'keys'>, key: PublishedKey): PublishedKey[] {
  const isNamed = kid !== undefined && kid === key.kid
  return keys.filter(
    (one) => one.material !== key.material && fits(one, alg) && !one.otherUse && (!isNamed || one.kid === kid),
  )
}

/** Under another kid it is another key: tokens name it by that. */
export function isSame(one: PublishedKey, other: PublishedKey): boolean {
  return one.kid === other.kid && one.material === other.material
}

export function fits(key: PublishedKey, alg: string): boolean {
  return key.algorithms.some((algorithm) => algorithm === alg)
}
