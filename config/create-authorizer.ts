import { type Authorizer, type AuthorizerOptions, createEdgeAuthorizer } from '../authorizer/authorizer.ts'
import type { Policy } from '../authorizer/policy.ts'
import { parsePolicy } from './config.ts'
import { toEdgePolicy } from './edge-policy.ts'

/**
 * Builds an authorizer from a policy. Its state (keys, verified tokens) lives as long as the authorizer.
 *
 * @throws UsageError naming the field, for a policy that is not one.
 * @example
 * const { authorize, handler } = createAuthorizer({ issuer, clientIds: ['portal'], routes: [{ path: '/users/{sub}/*' }] })
 * const decision = await authorize(event.Records[0].cf.request)
 * if (!decision.allow) return decision.response
 */
export function createAuthorizer(policy: Policy, options: AuthorizerOptions = {}): Authorizer {
  return createEdgeAuthorizer(toEdgePolicy(parsePolicy(policy)), options)
}
