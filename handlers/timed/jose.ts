/** jose as its documentation for JWKS endpoints has it: `jwtVerify` with a remote set. */
import { createRemoteJWKSet } from 'jose'
import { joseVerifier } from '../verifiers/jose.ts'
import { deployment } from './deployment.ts'
import { minimalHandler } from './minimal-handler.ts'

export const handler = minimalHandler(joseVerifier(createRemoteJWKSet(new URL(deployment.jwksUri)), deployment.issuer))
