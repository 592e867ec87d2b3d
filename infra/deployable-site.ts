import type { Policy } from '../authorizer/policy.ts'
import { onlyProvider } from '../config/policy-defaults.ts'
import type { SiteConfig } from '../config/site-schema.ts'
import { UsageError } from '../config/usage-error.ts'
import { groupNameSchema } from '../config/user-pool-schema.ts'
import { rootFault } from './default-root-object.ts'
import { functionNameLength } from './limits.ts'
import { isSignInOfPool } from './policy-of-pool.ts'

/** Throws a UsageError for what reads well as a policy but could not be deployed: it would fail minutes into a deployment. */
export function checkDeployable(
  policy: Policy,
  site: SiteConfig,
  { siteName, userPool }: { siteName: string; userPool: unknown },
  constructPath: string,
): void {
  for (const [index, method] of (policy.methods ?? []).entries()) {
    if (!['GET', 'HEAD', 'OPTIONS'].includes(method)) {
      throw new UsageError(
        `${constructPath}: policy.methods[${index}]: is "${method}"; the distribution only reads: GET, HEAD or OPTIONS`,
      )
    }
  }
  const fault = rootFault(policy)
  if (fault) throw new UsageError(`${constructPath}: policy.${fault.field}: ${fault.message}`)
  checkPoolProvider(policy, site, userPool !== undefined, constructPath)
  if (site.createUserPool) checkPublicClient(policy, site, constructPath)
  if (site.createUserPool) checkGroups(policy, constructPath)
  if (site.operations && authorizerName(siteName).length > functionNameLength) {
    throw new UsageError(
      `${constructPath}: site.stackName: is too long; the function "${authorizerName(siteName)}" may have ${functionNameLength} characters`,
    )
  }
}

/** Which provider a pool stands for is never guessed. */
function checkPoolProvider(policy: Policy, site: SiteConfig, isGiven: boolean, constructPath: string): void {
  const names = Object.keys(policy.providers ?? { [onlyProvider]: policy })
  const { createUserPool, userPoolArn, userPoolProvider: chosen } = site
  const hasPool = createUserPool !== undefined || userPoolArn !== undefined || isGiven
  const refuse = (fault: string): never => {
    throw new UsageError(`${constructPath}: site.userPoolProvider: ${fault}`)
  }
  if (chosen !== undefined) {
    if (!names.includes(chosen)) refuse(`"${chosen}" is no provider of the policy; name one of ${names.join(', ')}`)
    if (!hasPool) refuse('has no pool to stand for the provider; give createUserPool or userPoolArn, or remove it')
  } else if (names.length > 1 && hasPool) {
    refuse(`is missing; name the provider that the pool stands for: ${names.join(' or ')}`)
  }
}

/** The secret of a client that the stack makes would pass through the template's own resources before anything could keep it. */
function checkPublicClient(policy: Policy, site: SiteConfig, constructPath: string): void {
  const { tokenEndpointAuthMethod = 'none' } = policy.signIn ?? {}
  if (tokenEndpointAuthMethod === 'none' || !isSignInOfPool(policy, site)) return
  throw new UsageError(
    `${constructPath}: policy.signIn.tokenEndpointAuthMethod: is "${tokenEndpointAuthMethod}", and the client of createUserPool is a public one; leave it out, or make the client yourself and give userPool`,
  )
}

/** Name of the function where operations must know it. */
export function authorizerName(stackName: string): string {
  return `${stackName}-authorizer`
}

/** One name for the function's log group in every region, whatever the function is called. */
export function authorizerLogGroup(stackName: string): string {
  return `/edgeproof/${stackName}`
}

/** A route may ask for any group of a token, but only names that Cognito takes can be created. */
function checkGroups({ routes }: Policy, constructPath: string): void {
  for (const [index, route] of routes.entries()) {
    for (const [position, group] of (route.groups ?? []).entries()) {
      const parsed = groupNameSchema.safeParse(group)
      if (parsed.success) continue
      throw new UsageError(
        `${constructPath}: policy.routes[${index}].groups[${position}]: "${group}" cannot be a Cognito group: ${parsed.error.issues[0]?.message}`,
      )
    }
  }
}
