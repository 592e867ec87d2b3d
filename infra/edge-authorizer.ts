import { Stack } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import type { JwksSnapshot } from '../authorizer/configuration.ts'
import type { Policy } from '../authorizer/policy.ts'
import type { SiteConfig } from '../config/site-schema.ts'
import { AuthorizerFunction } from './authorizer-function.ts'
import { checkedProps } from './checked-props.ts'
import { authorizerLogGroup } from './deployable-site.ts'
import { addPolicyWarnings } from './policy-annotations.ts'

/** Checked as a configuration file is; where CloudFormation tokens may stand: infra/README.md, "In an app of your own". */
export interface EdgeAuthorizerProps {
  policy: Policy
  /** What concerns the function: infra/README.md, the `site` section. */
  site?: Pick<SiteConfig, 'hsts' | 'runtime' | 'platformLogs' | 'secretKeyArn'>
  /** As `EdgeAuthorizedSite` takes it. */
  program?: string
  /** Issuer → its keys, where they are known when the template is written. */
  snapshots?: Record<string, JwksSnapshot>
  /** Default: CloudFormation chooses. Operations need one. */
  functionName?: string
  /** Default `/edgeproof/<the stack's name>`. */
  logGroupName?: string
}

/**
 * The authorizer alone, for a distribution of one's own: `protect` puts it before the cache.
 *
 * @example
 * const authorizer = new EdgeAuthorizer(stack, 'Authorizer', { policy })
 * authorizer.protect(distribution)                       // every behavior
 * authorizer.protect(another, '/files/*')                // one
 */
export class EdgeAuthorizer extends AuthorizerFunction {
  /** What the function enforces. */
  readonly policy: Policy

  /**
   * @throws UsageError naming the construct and the field, for a policy that is not one and for a token whose value is looked into; and
   * where the stack's region is not given.
   */
  constructor(scope: Construct, id: string, props: EdgeAuthorizerProps) {
    const { functionName, logGroupName, ...checked } = props
    const path = scope.node.path === '' ? id : `${scope.node.path}/${id}`
    const { policy, site = {}, snapshots, program } = checkedProps(checked, path)
    super(scope, id, {
      configuration: { policy, ...(snapshots && { snapshots }), ...(site.hsts && { hsts: site.hsts }) },
      ...(program !== undefined && { program }),
      ...functionSettings(site),
      ...(functionName !== undefined && { functionName }),
      logGroupName: logGroupName ?? authorizerLogGroup(Stack.of(scope).stackName),
    })
    this.policy = policy
    addPolicyWarnings(this, policy)
  }
}

/** Of the site's settings those of the function. */
export function functionSettings({ runtime, platformLogs, secretKeyArn }: SiteConfig) {
  return {
    ...(runtime !== undefined && { runtime }),
    ...(platformLogs !== undefined && { platformLogs }),
    ...(secretKeyArn !== undefined && { secretKeyArn }),
  }
}
