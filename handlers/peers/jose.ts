/** jose as its documentation for JWKS endpoints has it: `jwtVerify` with a remote set. */
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { issuer, jwksUri, policy, policyHandler } from './policy-handler.ts'

const keys = createRemoteJWKSet(new URL(jwksUri))
const options = { issuer, algorithms: [...policy.algorithms], requiredClaims: ['exp'] }

export const handler = policyHandler(async (token) => (await jwtVerify(token, keys, options)).payload)
