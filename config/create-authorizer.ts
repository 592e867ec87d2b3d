import { type Authorizer, type AuthorizerOptions, createEdgeAuthorizer } from '../authorizer/authorizer.ts'
import type { Policy } from '../authorizer/policy.ts'
import { parsePolicy } from './config.ts'
import { toEdgePolicy } from './edge-policy.ts'

/**
 * Builds an authorizer from a policy. Its state (keys, verified tokens) lives as long as the authorizer.
 *
 * @throws UsageError naming the field, for a policy that is not one.
 */
export function createAuthorizer(policy: Policy, options: AuthorizerOptions = {}): Authorizer {
  return createEdgeAuthorizer(toEdgePolicy(parsePolicy(policy)), options)
}
