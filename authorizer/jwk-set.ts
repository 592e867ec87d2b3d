import { isObject } from './json-object.ts'
import type { Algorithm } from './policy.ts'
import { importVerificationKey, type VerificationKey } from './verification-key.ts'

export type KeysById = Map<string, VerificationKey>

/**
 * The usable keys of a JWK Set (RFC 7517 5) by `kid`. Members that cannot be used are skipped; where two usable keys
 * share one `kid`, that `kid` names neither. Keys equal to one of `earlier` are the earlier objects themselves.
 */
export function readJwkSet(set: unknown, allowed: readonly Algorithm[], earlier?: KeysById): KeysById {
  const keys: KeysById = new Map()
  const ambiguous = new Set<string>()
  if (!isObject(set) || !Array.isArray(set.keys)) return keys
  for (const jwk of set.keys) {
    const key = importVerificationKey(jwk, allowed)
    if (!key || typeof jwk.kid !== 'string') continue
    if (keys.has(jwk.kid)) ambiguous.add(jwk.kid)
    const known = earlier?.get(jwk.kid)
    keys.set(jwk.kid, known?.identity === key.identity ? known : key)
  }
  for (const kid of ambiguous) keys.delete(kid)
  return keys
}
