import { createPublicKey } from 'node:crypto'
import { createVerifier } from 'fast-jwt'
import { deployment } from './deployment.ts'
import type { VerifiedClaims } from './minimal-handler.ts'

/** fast-jwt's fastest form: synchronous, one static PEM, the signing key baked in (it does not select by `kid` then). */
export function fastJwtVerifier(cache: boolean): (token: string) => VerifiedClaims {
  const [jwk] = deployment.jwks.keys
  if (!jwk) throw new Error('no key')
  return createVerifier({
    key: createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' }),
    algorithms: ['RS256'],
    allowedIss: deployment.issuer,
    requiredClaims: ['exp'],
    cache,
  })
}
