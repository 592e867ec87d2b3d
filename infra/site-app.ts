import { Annotations, type App, Stack } from 'aws-cdk-lib'
import type { JwksSnapshot } from '../authorizer/configuration.ts'
import type { Policy } from '../authorizer/policy.ts'
import type { Config } from '../config/config.ts'
import type { SiteConfig } from '../config/site-schema.ts'
import { EdgeAuthorizedSite } from './edge-authorized-site.ts'
import { edgeRegion } from './edge-scope.ts'
import { takeSnapshots } from './jwks-snapshot.ts'
import { deployedPolicy, policyBesidePool } from './policy-of-pool.ts'

/**
 * Puts the stacks of a configuration into an app; resolves to the site's own. `program` is as the construct takes it.
 * Context: `accessLogs=false` leaves the access logs out, `snapshot=true` bakes the issuers' keys in.
 */
export async function buildSite(app: App, config: Config, program?: string): Promise<Stack> {
  const site = siteInContext(app, config.site ?? {})
  // CloudFront's policies are named after the stack's place in the app: two stacks in one account need two names.
  const stack = new Stack(app, site.stackName ?? 'EdgeproofSite', {
    env: { region: site.region ?? edgeRegion },
    description: 'A private bucket behind CloudFront with an authorizer before the cache (edgeproof)',
  })
  const snapshots = isContext(app, 'snapshot', 'true') ? await snapshotsFor(stack, config.policy, site) : {}
  new EdgeAuthorizedSite(stack, 'Site', {
    policy: config.policy,
    site,
    ...(program !== undefined && { program }),
    ...(Object.keys(snapshots).length > 0 && { snapshots }),
  })
  return stack
}

/** A pool that this very deployment creates has no keys yet; other providers have. */
async function snapshotsFor(stack: Stack, policy: Policy, site: SiteConfig): Promise<Record<string, JwksSnapshot>> {
  const warn = (message: string) => Annotations.of(stack).addWarningV2('edgeproof:snapshot', message)
  if (!site.createUserPool) return takeSnapshots(deployedPolicy(policy, site), warn)
  warn('no snapshot: the user pool is created by this stack; name it in site.userPoolArn once it exists')
  const others = policyBesidePool(policy, site)
  return others ? takeSnapshots(others, warn) : {}
}

function isContext(app: App, key: string, value: string): boolean {
  return String(app.node.tryGetContext(key)) === value
}

/** Log delivery is the one part that emulators of AWS lack. */
function siteInContext(app: App, site: SiteConfig): SiteConfig {
  return isContext(app, 'accessLogs', 'false') ? { ...site, accessLogs: false } : site
}
