/** jose as its documentation for JWKS endpoints has it: `jwtVerify` with a remote set. */
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { deployment } from './deployment.ts'
import { minimalHandler } from './minimal-handler.ts'

const keySet = createRemoteJWKSet(new URL(deployment.jwksUri))

export const handler = minimalHandler(async (token) => {
  const { payload } = await jwtVerify(token, keySet, {
    issuer: deployment.issuer,
    algorithms: ['RS256'],
    requiredClaims: ['exp'],
  })
  return payload
})
