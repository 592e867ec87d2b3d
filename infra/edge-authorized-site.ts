import { Annotations, Aws, CfnOutput, Stack, Token } from 'aws-cdk-lib'
import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront'
import type * as s3 from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import type { Policy } from '../authorizer/policy.ts'
import { bundleAuthorizer } from '../build/bundle.ts'
import { withDefaults } from '../config/policy-defaults.ts'
import { policyWarnings, warningText } from '../config/policy-warnings.ts'
import type { SiteConfig } from '../config/site-schema.ts'
import { UsageError } from '../config/usage-error.ts'
import { AccessLogs } from './access-logs.ts'
import { checkedProps, type EdgeAuthorizedSiteProps } from './checked-props.ts'
import { authorizerLogGroup, authorizerName, checkDeployable } from './deployable-site.ts'
import { EdgeAuthorizer } from './edge-authorizer.ts'
import { deployedPolicy } from './policy-of-pool.ts'
import { siteBucket } from './site-bucket.ts'
import { SiteDistribution } from './site-distribution.ts'
import { SiteUserPool } from './site-user-pool.ts'

/**
 * A private bucket behind a distribution that asks the authorizer before its cache; with a user pool, where one is wanted.
 *
 * @example
 * const stack = new Stack(app, 'Files', { env: { region: 'us-east-1' } })
 * new EdgeAuthorizedSite(stack, 'Site', { policy, site: { createUserPool: {} } })
 */
export class EdgeAuthorizedSite extends Construct {
  readonly bucket: s3.IBucket
  readonly distribution: cloudfront.Distribution
  readonly authorizer: EdgeAuthorizer
  /** What the function enforces: the given policy, with the pool's issuer and client in its provider. */
  readonly policy: Policy

  /**
   * @throws UsageError naming the construct and the field, for a policy or a site that is not one or could not be
   * deployed, and for a token whose value is looked into; and outside us-east-1, the only region that CloudFront takes
   * functions from (Developer Guide, "Restrictions on Lambda@Edge"). What is dangerous in the policy is a warning at synthesis.
   */
  constructor(scope: Construct, id: string, props: EdgeAuthorizedSiteProps) {
    super(scope, id)
    const { region, stackName } = Stack.of(this)
    checkRegion(region, stackName)
    const { policy, site = {}, snapshots, ...own } = checkedProps(props, this.node.path)
    checkDeployable(policy, site, stackName, this.node.path)
    const users = site.createUserPool && this.userPool(site, policy, region)
    const created = users && { issuer: users.issuer, clientIds: [users.client.userPoolClientId] }
    this.policy = deployedPolicy(policy, site, created)
    for (const warning of policyWarnings(this.policy)) {
      Annotations.of(this).addWarningV2(`edgeproof:${warning.id}`, `policy.${warningText(warning)}`)
    }
    this.bucket = siteBucket(this, 'Bucket', this.policy)
    this.authorizer = new EdgeAuthorizer(this, 'Authorizer', {
      program: own.program ?? bundleAuthorizer(this.policy).program,
      configuration: { policy: this.policy, ...(snapshots && { snapshots }), ...(site.hsts && { hsts: site.hsts }) },
      runtime: site.runtime ?? 'nodejs24.x',
      ...(site.operations && { functionName: authorizerName(stackName) }),
      logGroupName: authorizerLogGroup(stackName),
      platformLogs: site.platformLogs === true,
    })
    this.distribution = new SiteDistribution(this, 'Site', {
      policy: this.policy,
      site,
      bucket: this.bucket,
      authorizer: this.authorizer.version,
    }).distribution
    const { accessLogs = { retentionDays: 90 } } = site
    if (accessLogs) new AccessLogs(this, 'AccessLogs', { distribution: this.distribution, ...accessLogs })
    this.outputs()
  }

  private userPool(site: SiteConfig, policy: Policy, region: string): SiteUserPool {
    const named = [...(site.createUserPool?.groups ?? []), ...policy.routes.flatMap((route) => route.groups ?? [])]
    return new SiteUserPool(this, 'Users', {
      domainPrefix: `${Stack.of(this).stackName.toLowerCase()}-${Aws.ACCOUNT_ID}`,
      ...site.createUserPool,
      groups: [...new Set(named)],
      region,
    })
  }

  /** All that a load test or the removal of orphans must be told, under fixed names for `--outputs-file`. */
  private outputs(): void {
    const { providers } = withDefaults(this.policy)
    const values = {
      DistributionId: this.distribution.distributionId,
      DistributionDomain: this.distribution.distributionDomainName,
      BucketName: this.bucket.bucketName,
      Issuer: providers.flatMap(({ issuers }) => issuers.map(({ issuer }) => issuer)).join(','),
      ClientId: providers.flatMap(({ clientIds }) => clientIds).join(','),
      FunctionName: this.authorizer.functionName,
    }
    for (const [key, value] of Object.entries(values)) new CfnOutput(this, key, { value }).overrideLogicalId(key)
  }
}

function checkRegion(region: string, stackName: string): void {
  if (region === 'us-east-1') return
  const actual = Token.isUnresolved(region) ? 'is not given' : `is ${region}`
  throw new UsageError(
    `stack ${stackName}: env.region: ${actual}; CloudFront takes functions from us-east-1 only: env: { region: 'us-east-1' }`,
  )
}
