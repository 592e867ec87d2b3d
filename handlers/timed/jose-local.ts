/** jose with the keys baked in: no network at the first request, and none when the issuer rotates its keys. */
import { createLocalJWKSet, jwtVerify } from 'jose'
import { deployment } from './deployment.ts'
import { minimalHandler } from './minimal-handler.ts'

const keySet = createLocalJWKSet({ keys: [...deployment.jwks.keys] })

export const handler = minimalHandler(async (token) => {
  const { payload } = await jwtVerify(token, keySet, {
    issuer: deployment.issuer,
    algorithms: ['RS256'],
    requiredClaims: ['exp'],
  })
  return payload
})
