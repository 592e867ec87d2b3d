/** fast-jwt without its cache. */
import { fastJwtVerifier } from './fast-jwt-verifier.ts'
import { minimalHandler } from './minimal-handler.ts'

export const handler = minimalHandler(fastJwtVerifier(false))
