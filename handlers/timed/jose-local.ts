/** jose with the keys baked in: no network at the first request, and none when the issuer rotates its keys. */
import { createLocalJWKSet } from 'jose'
import { joseVerifier } from '../verifiers/jose.ts'
import { deployment } from './deployment.ts'
import { minimalHandler } from './minimal-handler.ts'

export const handler = minimalHandler(
  joseVerifier(createLocalJWKSet({ keys: [...deployment.jwks.keys] }), deployment.issuer),
)
