/** What every subject has baked in when it is bundled, as the authorizer has its configuration: Lambda@Edge has no environment variables. */
import type { ViewerRequest, ViewerRequestEvent } from '../../authorizer/cloudfront.ts'

export interface Deployment {
  issuer: string
  userPoolId: string
  clientId: string
  /** Where the issuer's keys are answered during a benchmark. */
  jwksUri: string
  /** The keys, for subjects that take them at build time. */
  jwks: { keys: readonly { kid: string; kty: string; use: string; alg: string; n: string; e: string }[] }
}

declare const DEPLOYMENT: Deployment

/** Replaced by the bundler. */
export const deployment: Deployment = DEPLOYMENT

/** A generated response as foreign handlers write it: some leave out what CloudFront fills in. */
export interface AnyResponse {
  status: string
  statusDescription?: string
  headers?: Record<string, { key?: string; value: string }[]>
}

export type Handler = (event: ViewerRequestEvent) => Promise<ViewerRequest | AnyResponse>
