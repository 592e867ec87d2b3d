/** fast-jwt with its cache of verified tokens (1,000 of them by default). */
import { fastJwtVerifier } from './fast-jwt-verifier.ts'
import { minimalHandler } from './minimal-handler.ts'

export const handler = minimalHandler(fastJwtVerifier(true))
