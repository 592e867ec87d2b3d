import { Aws, CfnOutput, Stack, Token } from 'aws-cdk-lib'
import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront'
import type * as s3 from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import type { JwksSnapshot } from '../authorizer/configuration.ts'
import type { Policy } from '../authorizer/policy.ts'
import type { SiteConfig } from '../config/site-schema.ts'
import { UsageError } from '../config/usage-error.ts'
import { EdgeAuthorizer } from './edge-authorizer.ts'
import { siteBucket } from './site-bucket.ts'
import { SiteDistribution } from './site-distribution.ts'
import { SiteUserPool } from './site-user-pool.ts'
import { issuerOfPool } from './user-pool-arn.ts'

export interface EdgeAuthorizedSiteProps {
  policy: Policy
  /** The bundled authorizer: `(await bundleAuthorizer()).program`. */
  program: string
  site?: SiteConfig
  /** Keys of issuers that are known when the template is written. */
  snapshots?: Record<string, JwksSnapshot>
}

/** A private bucket behind a distribution that asks the authorizer before its cache; with a user pool, where one is wanted. */
export class EdgeAuthorizedSite extends Construct {
  readonly bucket: s3.IBucket
  readonly distribution: cloudfront.Distribution
  /** What the function enforces: the given policy, with the pool's issuer and client. */
  readonly policy: Policy

  /** Throws a UsageError outside us-east-1, the only region where CloudFront takes functions from. */
  constructor(scope: Construct, id: string, props: EdgeAuthorizedSiteProps) {
    super(scope, id)
    const { region } = Stack.of(this)
    if (Token.isUnresolved(region) || region !== 'us-east-1') {
      const actual = Token.isUnresolved(region) ? 'no region of its own' : region
      throw new UsageError(
        `stack ${Stack.of(this).stackName}: env.region: is ${actual}; Lambda@Edge functions live in us-east-1, so give the stack env: { region: 'us-east-1' }`,
      )
    }
    const site = props.site ?? {}
    const users = site.createUserPool && this.userPool(site, props.policy, region)
    this.policy = deployedPolicy(props.policy, site, users)
    this.bucket = siteBucket(this, 'Bucket', this.policy.corsOrigins ?? [])
    const authorizer = new EdgeAuthorizer(this, 'Authorizer', {
      program: props.program,
      configuration: { policy: this.policy, ...(props.snapshots && { snapshots: props.snapshots }) },
    })
    this.distribution = new SiteDistribution(this, 'Site', {
      policy: this.policy,
      bucket: this.bucket,
      authorizer: authorizer.version,
    }).distribution
    this.outputs()
  }

  private userPool(site: SiteConfig, policy: Policy, region: string): SiteUserPool {
    const groups = new Set([
      ...(site.createUserPool?.groups ?? []),
      ...policy.routes.flatMap((route) => route.groups ?? []),
    ])
    return new SiteUserPool(this, 'Users', {
      domainPrefix: `${Stack.of(this).stackName.toLowerCase()}-${Aws.ACCOUNT_ID}`,
      ...site.createUserPool,
      groups: [...groups],
      region,
    })
  }

  private outputs(): void {
    const values = {
      DistributionId: this.distribution.distributionId,
      DistributionDomain: this.distribution.distributionDomainName,
      BucketName: this.bucket.bucketName,
      Issuer: [this.policy.issuer].flat().join(','),
      ClientId: this.policy.clientIds.join(','),
    }
    for (const [key, value] of Object.entries(values)) new CfnOutput(this, key, { value }).overrideLogicalId(key)
  }
}

function deployedPolicy(policy: Policy, site: SiteConfig, users: SiteUserPool | undefined): Policy {
  const { jwksUri, ...rest } = policy
  if (users) return { ...rest, issuer: users.issuer, clientIds: [users.client.userPoolClientId] }
  if (site.userPoolArn !== undefined) return { ...rest, issuer: issuerOfPool(site.userPoolArn) }
  return policy
}
