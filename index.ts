/** The authorizer as a library: the same code that runs at the edge, for tests, other entry points and other clouds. */
import { type Authorizer, type AuthorizerOptions, createEdgeAuthorizer } from './authorizer/authorizer.ts'
import type { Policy } from './authorizer/policy.ts'
import { parsePolicy } from './config/config.ts'
import { toEdgePolicy } from './config/edge-policy.ts'

/**
 * Builds an authorizer from a policy. Its state (keys, verified tokens) lives as long as the authorizer.
 *
 * @throws UsageError naming the field, for a policy that is not one.
 */
export function createAuthorizer(policy: Policy, options: AuthorizerOptions = {}): Authorizer {
  return createEdgeAuthorizer(toEdgePolicy(parsePolicy(policy)), options)
}

export type { Authorizer, AuthorizerOptions, Decision } from './authorizer/authorizer.ts'
export type { GeneratedResponse, Headers, ViewerRequest, ViewerRequestEvent } from './authorizer/cloudfront.ts'
export type { JwksSnapshot } from './authorizer/configuration.ts'
export type { Reason } from './authorizer/denials.ts'
export type { Algorithm, Denial, Policy, Route, RouteHash } from './authorizer/policy.ts'
export { type Config, defineConfig } from './config/config.ts'
export { UsageError } from './config/usage-error.ts'
