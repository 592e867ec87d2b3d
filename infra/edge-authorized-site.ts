import { CfnOutput, Stack } from 'aws-cdk-lib'
import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront'
import type * as cognito from 'aws-cdk-lib/aws-cognito'
import type * as kms from 'aws-cdk-lib/aws-kms'
import type * as s3 from 'aws-cdk-lib/aws-s3'
import { Construct, type IConstruct } from 'constructs'
import type { Policy } from '../authorizer/policy.ts'
import { withDefaults } from '../config/policy-defaults.ts'
import type { SiteConfig } from '../config/site-schema.ts'
import { UsageError } from '../config/usage-error.ts'
import { AccessLogs } from './access-logs.ts'
import { AuthorizerFunction } from './authorizer-function.ts'
import { checkedProps, type WrittenProps } from './checked-props.ts'
import { acrossRegions } from './cross-region.ts'
import { authorizerLogGroup, authorizerName, checkDeployable } from './deployable-site.ts'
import { functionSettings } from './edge-authorizer.ts'
import { SiteOperations } from './operations/site-operations.ts'
import { addPolicyWarnings } from './policy-annotations.ts'
import { deployedPolicy, isSignInOfPool, type PoolTokens } from './policy-of-pool.ts'
import { policyOfPoolObject } from './pool-object.ts'
import { SignInClient } from './sign-in-client.ts'
import { withSignInHosts } from './sign-in-urls.ts'
import { existingBucket, readStatements, siteBucket } from './site-bucket.ts'
import { type SiteBehavior, SiteDistribution } from './site-distribution.ts'
import { type SiteUserPool, siteUsers } from './site-user-pool.ts'

/**
 * What is written is checked as a configuration file is. CloudFormation tokens may stand where a value is only passed on:
 * infra/README.md, "In an app of your own".
 */
export interface EdgeAuthorizedSiteProps extends WrittenProps {
  policy: Policy
  /**
   * Default: the authorizer, bundled with what this policy uses. One of your own reads the policy from the configuration that
   * is put before it, and has to do all that it says.
   */
  program?: string
  site?: SiteConfig
  /** Issuer → its keys, where they are known when the template is written. */
  snapshots?: NonNullable<WrittenProps['snapshots']>
  /** What logs, metrics, the login's domain and, in front, outputs are named after. Default: the stack's name, and no prefix. */
  name?: string
  /** False: the stack has no outputs of the site. Default true. */
  outputs?: boolean
  /** A bucket that exists, in any region. Default: one that the stack makes and keeps. */
  bucket?: s3.IBucket
  /** What the bucket that the stack makes is encrypted with. Default: S3's own key. */
  encryptionKey?: kms.IKey
  /**
   * A user pool of the app, or an imported one, in any region: its original issuer takes the place of the policy's, as that of
   * `site.userPoolArn` does.
   */
  userPool?: cognito.IUserPool
  /** The clients of `userPool` whose tokens are taken. Default: the policy's. */
  userPoolClients?: readonly cognito.IUserPoolClient[]
  /** Path pattern → what is there; all of it behind the function, unless it says `protected: false`. */
  additionalBehaviors?: Readonly<Record<string, SiteBehavior>>
}

/**
 * A private bucket behind a distribution that asks the authorizer before its cache; with a user pool, where one is wanted. The
 * function is in us-east-1, the only region that CloudFront takes functions from (Developer Guide, "Restrictions on Lambda@Edge"):
 * where the construct's stack is in another, in a stack of its own.
 *
 * @example
 * const stack = new Stack(app, 'Files', { env: { region: 'eu-central-1' } })
 * new EdgeAuthorizedSite(stack, 'Site', { policy, site: { createUserPool: {} } })
 */
export class EdgeAuthorizedSite extends Construct {
  readonly siteName: string
  readonly bucket: s3.IBucket
  readonly distribution: cloudfront.Distribution
  readonly authorizer: AuthorizerFunction
  /** The pool that was made, or given as an object. */
  readonly userPool?: cognito.IUserPool
  /** The client of a pool that was made. */
  readonly userPoolClient?: cognito.IUserPoolClient
  /** What the function enforces: the given policy, with the pool's issuer and client in its provider. */
  readonly policy: Policy
  /** What the policy of an imported bucket, and that of its key, have to say: the stack cannot. */
  readonly readStatements: ReturnType<typeof readStatements>
  readonly #site: SiteDistribution

  /**
   * @throws UsageError naming the construct and the field, for a policy or a site that is not one or could not be
   * deployed, and for a token whose value is looked into; and where the stack's region is not given. What is dangerous in the
   * policy is a warning at synthesis.
   */
  constructor(scope: Construct, id: string, props: EdgeAuthorizedSiteProps) {
    super(scope, id)
    const { bucket, encryptionKey, userPool, userPoolClients, additionalBehaviors, ...written } = props
    const { path } = this.node
    const { policy: given, site = {}, snapshots, program, name, outputs = true } = checkedProps(written, path)
    this.siteName = name ?? Stack.of(this).stackName
    this.#checkStack(site)
    checkDeployable(given, site, { siteName: this.siteName, userPool }, path)
    const hosted = withSignInHosts(given, site, path)
    const { createUserPool } = site
    const users = createUserPool && siteUsers(this, this.siteName, hosted, { ...site, createUserPool })
    const policy = userPool
      ? policyOfPoolObject(hosted, site, userPool, userPoolClients, path)
      : deployedPolicy(hosted, site, users && poolTokens(users))
    // What the site's stack itself says of the policy; the function's says it again, in its own region's words.
    this.policy = acrossRegions(this, policy)
    addPolicyWarnings(this, this.policy)
    this.bucket = bucket
      ? existingBucket(this, bucket, this.policy)
      : siteBucket(this, 'Bucket', this.policy, encryptionKey)
    this.authorizer = new AuthorizerFunction(this, 'Authorizer', {
      ...(program !== undefined && { program }),
      configuration: { policy, ...(snapshots && { snapshots }), ...(site.hsts && { hsts: site.hsts }) },
      ...functionSettings(site),
      ...(site.operations && { functionName: authorizerName(this.siteName) }),
      logGroupName: authorizerLogGroup(this.siteName),
    })
    this.#site = new SiteDistribution(this, 'Site', {
      policy: this.policy,
      site,
      bucket: this.bucket,
      authorizer: this.authorizer,
      ...(additionalBehaviors && { additionalBehaviors }),
    })
    this.distribution = this.#site.distribution
    // Last of all: where something else fails, no replica of the function keeps it from being deleted in the roll-back.
    if (users) this.distribution.node.addDependency(users)
    this.readStatements = readStatements(this.bucket, this.distribution.distributionArn)
    const pool = userPool ?? users?.pool
    if (pool) this.userPool = pool
    if (users) this.userPoolClient = users.client
    this.#beside(site, users)
    if (outputs) this.#outputs(name)
  }

  /** Adds a behavior, behind the function unless it says `protected: false`. One that `distribution` itself is given is behind it, too. */
  addBehavior(pattern: string, behavior: SiteBehavior): void {
    this.#site.addBehavior(pattern, behavior)
  }

  #checkStack({ region }: SiteConfig): void {
    const stack = Stack.of(this)
    if (region !== undefined && region !== stack.region) {
      throw new UsageError(
        `${this.node.path}: site.region: is ${region}, and the stack ${stack.stackName} says where it is itself; leave it out`,
      )
    }
    const neighbour = stack.node
      .findAll()
      .find((other) => isSite(other) && other !== this && other.siteName === this.siteName)
    if (neighbour) {
      throw new UsageError(
        `${this.node.path}: name: ${neighbour.node.path} is named "${this.siteName}" already; give this site a name of its own`,
      )
    }
  }

  /** What stands beside the distribution and has to know it. */
  #beside(site: SiteConfig, users: SiteUserPool | undefined): void {
    const { siteName, distribution, authorizer } = this
    const { accessLogs = { retentionDays: 90 }, operations, additionalMetrics = false } = site
    if (accessLogs) new AccessLogs(this, 'AccessLogs', { siteName, distribution, ...accessLogs })
    if (operations) {
      new SiteOperations(this, 'Operations', { siteName, authorizer, distribution, additionalMetrics, ...operations })
    }
    const { signIn } = this.policy
    if (users && signIn && !signIn.hosts && isSignInOfPool(this.policy, site)) {
      new SignInClient(this, 'SignIn', {
        pool: users.pool,
        client: users.client,
        signIn,
        host: distribution.distributionDomainName,
      })
    }
  }

  /** All that a load test or the removal of orphans must be told, under fixed names for `--outputs-file`. */
  #outputs(name = ''): void {
    const { providers } = withDefaults(this.policy)
    const values = {
      DistributionId: this.distribution.distributionId,
      DistributionDomain: this.distribution.distributionDomainName,
      BucketName: this.bucket.bucketName,
      Issuer: providers.flatMap(({ issuers }) => issuers.map(({ issuer }) => issuer)).join(','),
      ClientId: providers.flatMap(({ clientIds }) => clientIds).join(','),
      FunctionName: this.authorizer.functionName,
    }
    const prefix = name.replaceAll('-', '')
    for (const [key, value] of Object.entries(values)) {
      new CfnOutput(this, key, { value }).overrideLogicalId(`${prefix}${key}`)
    }
  }
}

function isSite(construct: IConstruct): construct is EdgeAuthorizedSite {
  return construct instanceof EdgeAuthorizedSite
}

function poolTokens({ issuer, client, loginUrl }: SiteUserPool): PoolTokens {
  return { issuer, clientIds: [client.userPoolClientId], loginUrl }
}
