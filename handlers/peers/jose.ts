/** jose as its documentation for JWKS endpoints has it: `jwtVerify` with a remote set. */
import { createRemoteJWKSet } from 'jose'
import { joseVerifier } from '../verifiers/jose.ts'
import { issuer, jwksUri, policyHandler, provider } from './policy-handler.ts'

export const handler = policyHandler(joseVerifier(createRemoteJWKSet(new URL(jwksUri)), issuer, provider.algorithms))
