import { Stack, Token } from 'aws-cdk-lib'
import type * as cognito from 'aws-cdk-lib/aws-cognito'
import type { Policy } from '../authorizer/policy.ts'
import type { SiteConfig } from '../config/site-schema.ts'
import { UsageError } from '../config/usage-error.ts'
import { deployedPolicy, isSignInOfPool, policyOfPool } from './policy-of-pool.ts'

/**
 * The policy for the tokens of a pool that is given as an object: its issuer, and the clients where some are given. One that is imported
 * with its ARN is as `site.userPoolArn`; the id of one that the app makes is known when that is deployed.
 *
 * @throws UsageError where the site has a pool already, or the pool's region is not known.
 */
export function policyOfPoolObject(
  policy: Policy,
  site: SiteConfig,
  pool: cognito.IUserPool,
  clients: readonly cognito.IUserPoolClient[] | undefined,
  constructPath: string,
): Policy {
  if (site.createUserPool || site.userPoolArn !== undefined) {
    throw new UsageError(`${constructPath}: userPool: is a second pool; leave out what site says of another`)
  }
  const ids = clients?.map(({ userPoolClientId }) => userPoolClientId)
  const clientIds = ids && { clientIds: ids }
  const hosted = withOwnClient(policy, site, ids)
  const { userPoolArn, userPoolId } = pool
  if (!Token.isUnresolved(userPoolArn)) {
    const known = deployedPolicy(hosted, { ...site, userPoolArn })
    return clientIds ? policyOfPool(known, site, clientIds) : known
  }
  const { region } = Stack.of(pool)
  if (Token.isUnresolved(region)) {
    throw new UsageError(
      `${constructPath}: userPool: the region of ${pool.node.path} is not known; give its stack an env.region`,
    )
  }
  return policyOfPool(hosted, site, {
    issuer: `https://cognito-idp.${region}.amazonaws.com/${userPoolId}`,
    ...clientIds,
  })
}

/** People sign in with one of the pool's clients: the one that the policy names, or else the first. */
function withOwnClient(policy: Policy, site: SiteConfig, [first, ...others]: readonly string[] = []): Policy {
  const { signIn } = policy
  if (!signIn || first === undefined || !isSignInOfPool(policy, site) || others.includes(signIn.client)) return policy
  return { ...policy, signIn: { ...signIn, client: first } }
}
