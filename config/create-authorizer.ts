import type { Authorizer, AuthorizerOptions } from '../authorizer/authorizer.ts'
import { type CheckedPolicy, createAuthorizer as createFromChecked } from '../authorizer/library.ts'
import type { Policy } from '../authorizer/policy.ts'
import { version } from '../authorizer/version.ts'
import { parsePolicy } from './config.ts'
import { toEdgePolicy } from './edge-policy.ts'
import type { HstsConfig } from './hsts.ts'

/**
 * Checks a policy, for `createAuthorizer` of `edgeproof/authorizer`: where a program is built, so that the schema is not in it.
 * `hsts`: what denials say of it; default as `site.hsts`.
 *
 * @throws UsageError naming the field, for a policy that is not one.
 * @example
 * writeFileSync('policy.checked.json', JSON.stringify(checkPolicy(policy)))
 */
export function checkPolicy(policy: Policy, hsts?: HstsConfig): CheckedPolicy {
  return { edgeproof: version, policy: toEdgePolicy(parsePolicy(policy), hsts) }
}

/**
 * Checks a policy and builds an authorizer from it. Its state (keys, verified tokens) lives as long as the authorizer.
 *
 * @throws UsageError naming the field, for a policy that is not one.
 * @example
 * const { authorize, handler } = createAuthorizer({ issuer, clientIds: ['portal'], routes: [{ path: '/users/{sub}/*' }] })
 * const decision = await authorize(event.Records[0].cf.request)
 * if (!decision.allow) return decision.response
 */
export function createAuthorizer(policy: Policy, options: AuthorizerOptions = {}): Authorizer {
  return createFromChecked(checkPolicy(policy), options)
}
