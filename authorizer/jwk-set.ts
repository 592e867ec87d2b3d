import { usesUnnamedKeys } from './features.ts'
import { isObject } from './json-object.ts'
import type { Algorithm } from './policy.ts'
import { importVerificationKeys, type VerificationKey } from './verification-key.ts'

/** Usable keys by the name that `keyName` makes. */
export type KeysByName = Map<string, VerificationKey>

/** Under which name a token's key is found: RFC 7517 4.5 has several keys under one `kid` where their algorithms tell them apart. */
export function keyName(algorithm: string, kid: string | undefined): string {
  return usesUnnamedKeys && kid === undefined ? algorithm : `${algorithm} ${kid}`
}

/** The key without `kid` that fits an algorithm alone: a token may mean it by a name that no key for the algorithm has. */
export function namelessKey(keys: KeysByName, name: string): VerificationKey | undefined {
  return keys.get(`${name.split(' ', 1)[0]}?`)
}

/**
 * The usable keys of a JWK Set (RFC 7517 5). Members that cannot be used are skipped, and one that is listed twice is one.
 * Where two keys of one `kid` fit one algorithm, that name is nobody's. Keys equal to one of `earlier` are the earlier
 * objects themselves. `unnamed`: a key that fits an algorithm alone is also found without a `kid`.
 */
export function readJwkSet(
  set: unknown,
  allowed: readonly Algorithm[],
  unnamed?: boolean,
  earlier?: KeysByName,
): KeysByName {
  const keys: KeysByName = new Map()
  const ambiguous = new Set<string>()
  const add = (name: string, key: VerificationKey) => {
    const other = keys.get(name)
    if (other && other.identity !== key.identity) ambiguous.add(name)
    const known = earlier?.get(name)
    keys.set(name, known?.identity === key.identity ? known : key)
  }
  if (!isObject(set) || !Array.isArray(set.keys)) return keys
  for (const jwk of set.keys) {
    for (const key of importVerificationKeys(jwk, allowed)) {
      const hasKid = typeof jwk.kid === 'string'
      if (hasKid) add(keyName(key.algorithm, jwk.kid), key)
      if (usesUnnamedKeys && unnamed) {
        add(key.algorithm, key)
        if (!hasKid) add(`${key.algorithm}?`, key)
      }
    }
  }
  // A key without a name is meant only where no other fits.
  for (const name of ambiguous) {
    keys.delete(name)
    if (usesUnnamedKeys) keys.delete(`${name}?`)
  }
  return keys
}
