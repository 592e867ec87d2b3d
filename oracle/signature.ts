/**
 * Checks a signature under a key that jose imported, over the octets as received. Not by `jose.compactVerify`, which
 * refuses the loose spellings that have to be told apart from forgeries here; the test holds the two against each other.
 */
import { createHash } from 'node:crypto'
import type { Algorithm } from '../authorizer/policy.ts'
import type { PublishedKey } from './key-set.ts'
import type { TokenParts } from './token.ts'

/** By algorithm, key, and octets: what holds once holds always, and a fuzzer presents the same token many times. */
const remembered = new Map<string, boolean>()
const maxRemembered = 50_000

export async function signatureHolds(
  { header, signingInput, signature }: TokenParts,
  key: PublishedKey,
): Promise<boolean> {
  const algorithm = key.algorithms.find((one) => one === header.alg)
  if (algorithm === undefined || signature.length !== key.signatureBytes) return false
  const name = createHash('sha256')
    .update(`${algorithm} ${key.material} ${signingInput}.`)
    .update(signature)
    .digest('base64')
  const known = remembered.get(name)
  if (known !== undefined) return known
  const holds = await crypto.subtle.verify(
    parameters(algorithm),
    await key.import(algorithm),
    new Uint8Array(signature),
    new TextEncoder().encode(signingInput),
  )
  if (remembered.size >= maxRemembered) remembered.clear()
  remembered.set(name, holds)
  return holds
}

/** RFC 7518 3.3 to 3.5 in the terms of Web Cryptography. */
function parameters(algorithm: Algorithm): { name: string; hash?: string; saltLength?: number } {
  if (algorithm === 'EdDSA' || algorithm === 'Ed25519') return { name: 'Ed25519' }
  if (algorithm.startsWith('HS')) return { name: 'HMAC' }
  const bits = Number(algorithm.slice(2))
  if (algorithm.startsWith('ES')) return { name: 'ECDSA', hash: `SHA-${bits}` }
  if (algorithm.startsWith('PS')) return { name: 'RSA-PSS', saltLength: bits / 8 }
  return { name: 'RSASSA-PKCS1-v1_5' }
}
