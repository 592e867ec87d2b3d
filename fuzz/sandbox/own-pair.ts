/** The key pair of a handler that signs its sessions itself: what a sign-in ends with is verified by the pair's public half. */
import { generateKeyPairSync } from 'node:crypto'
import type { HandlerConfig } from '../../config/handler-schema.ts'
import { type SigningKey, signingKey } from '../../testing/issuer.ts'

/** Whether its deployment gives it the private half. */
export function signsSessions({ files, replace, answers }: HandlerConfig): boolean {
  return /\{privateKey[|}]/.test(JSON.stringify([files, replace, answers]))
}

let pair: SigningKey | undefined

/** RSA, 2,048 bits; one for each process. */
export function ownPair(): SigningKey {
  pair ??= signingKey(generateKeyPairSync('rsa', { modulusLength: 2048 }), 'RS256', 'own')
  return pair
}
