import { type App, Stack } from 'aws-cdk-lib'
import type { Config } from '../config/config.ts'
import { EdgeAuthorizedSite } from './edge-authorized-site.ts'

/** Puts the stacks of a configuration into an app; returns the stack of the edge part. */
export function buildSite(app: App, config: Config, program: string): Stack {
  // Policies of CloudFront are named after the stack's place in the app: two stacks in one account need two names.
  const stack = new Stack(app, config.site?.stackName ?? 'EdgeproofSite', {
    env: { region: 'us-east-1' },
    description: 'A private bucket behind CloudFront with an authorizer before the cache (edgeproof)',
  })
  new EdgeAuthorizedSite(stack, 'Site', { policy: config.policy, program, ...(config.site && { site: config.site }) })
  return stack
}
