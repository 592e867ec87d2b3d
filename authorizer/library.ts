/**
 * `edgeproof/authorizer`: the authorizer alone, for a function that is bundled elsewhere. The schema that checks a policy is
 * five times its size and stays where the program is built; what comes here is the policy that was checked there.
 */
import { type Authorizer, type AuthorizerOptions, createEdgeAuthorizer } from './authorizer.ts'
import type { EdgePolicy } from './edge-policy.ts'
import { version } from './version.ts'

export type { Authorizer, AuthorizerOptions, Decision } from './authorizer.ts'
export type { GeneratedResponse, Headers, ViewerRequest, ViewerRequestEvent } from './cloudfront.ts'
export type { JwksSnapshot } from './configuration.ts'
export type { Reason } from './denials.ts'

/** What `checkPolicy` gives and `edgeproof build` writes into `policy.checked.json`. JSON can hold it; nobody writes it by hand. */
export interface CheckedPolicy {
  /** The version that has checked it. Another version may understand the rest otherwise, and refuses it. */
  readonly edgeproof: string
  readonly policy: object
}

/**
 * Builds an authorizer from a policy that was checked when the program was built. Its state (keys, verified tokens) lives as
 * long as the authorizer.
 *
 * @throws TypeError for a policy that was not checked, or by another version.
 * @example
 * import { createAuthorizer } from 'edgeproof/authorizer'
 * import policy from './results/policy.checked.json' with { type: 'json' }
 * export const { handler } = createAuthorizer(policy)
 */
export function createAuthorizer(checked: CheckedPolicy, options: AuthorizerOptions = {}): Authorizer {
  if (typeof checked?.edgeproof !== 'string' || typeof checked.policy !== 'object')
    throw new TypeError(
      'policy: is not checked; pass the policy.checked.json that `edgeproof build` writes, or import createAuthorizer from "edgeproof"',
    )
  if (checked.edgeproof !== version)
    throw new TypeError(
      `policy: was checked by edgeproof ${checked.edgeproof} and this is ${version}; run \`edgeproof build\` again`,
    )
  return createEdgeAuthorizer(checked.policy as EdgePolicy, options)
}
