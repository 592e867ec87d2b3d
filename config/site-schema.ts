/** The `site` section: what the deployed stack has beyond the policy. Limits are the AWS services' own. */
import * as z from 'zod'
import type { HstsConfig } from './hsts.ts'
import { type RateLimit, rateLimitSchema } from './rate-limit-schema.ts'
import { type NewUserPool, newUserPoolSchema } from './user-pool-schema.ts'

export interface CustomDomain {
  /** Alternate domain names of the distribution; their DNS records are yours. */
  names: readonly string[]
  /** An ACM certificate in us-east-1 that covers the names. */
  certificateArn: string
  /** Default `"TLSv1.2_2021"`. */
  minimumTls?: 'TLSv1.2_2021' | 'TLSv1.2_2025' | 'TLSv1.3_2025'
}

/** Log groups, metric filters, alarms and a dashboard, in a stack of their own for each region. */
export interface OperationsConfig {
  /** Regions where viewers' requests run the function; us-east-1 is always among them. */
  regions: readonly string[]
  /** Days that the function's logs are kept. Default 30. */
  logRetentionDays?: number
  /** Gets every alarm, once the subscription that SNS sends in each region is confirmed. Default: nobody is told. */
  alarmEmail?: string
}

/**
 * What the deployed stack has beyond the policy.
 *
 * @example
 * const site: SiteConfig = { createUserPool: { groups: ['analysts'] }, accessLogs: { retentionDays: 30 } }
 */
export interface SiteConfig {
  /** CloudFormation's name of the stack. Default `"EdgeproofSite"`. */
  stackName?: string
  /**
   * Where bucket, logs and a created pool are. Default `"us-east-1"`, where the function always is: another region takes a stack
   * more, and one for a created pool.
   */
  region?: string
  /** The stack creates a user pool and a client; their issuer and client id take the place of the policy's. */
  createUserPool?: NewUserPool
  /**
   * A user pool that exists, in any region: `arn:aws:cognito-idp:<region>:<account>:userpool/<id>`. Its original issuer takes
   * the place of the policy's, unless the policy names this pool's issuers itself: the original, the updated
   * (`https://issuer-cognito-idp.<region>.amazonaws.com/<id>`), or both. The client ids are the policy's. With neither pool,
   * the policy's issuer (any OIDC issuer) stays.
   */
  userPoolArn?: string
  /** Of a policy with several providers: the name of the one that the pool stands for. */
  userPoolProvider?: string
  /** Default: the distribution's own cloudfront.net name. */
  domain?: CustomDomain
  /** An AWS WAF web ACL with CLOUDFRONT scope. */
  webAclArn?: string
  /** One that the stack makes, with a rate rule. Default none. */
  webAcl?: RateLimit
  /**
   * The KMS key that the secrets of the policy's `signIn` are encrypted with, where it is one of your own. Its policy has to let the
   * account's IAM policies decide. Default: AWS's key.
   */
  secretKeyArn?: string
  /** Which edge locations serve: the cheapest, all but the dearest, or all. Default `"100"`. */
  priceClass?: '100' | '200' | 'all'
  /** Lambda runtime. Default `"nodejs24.x"`. */
  runtime?: 'nodejs22.x' | 'nodejs24.x'
  /** Lambda's own log lines for each invocation (duration, INIT): to measure with, dear to keep. Default false. */
  platformLogs?: boolean
  /** What else tells two cached objects apart, and reaches S3. Default nothing: neither query strings nor cookies. */
  cacheKey?: { queryStrings?: readonly string[]; cookies?: readonly string[] }
  /**
   * X-Frame-Options of objects: whose pages may show them in a frame. Default `"SAMEORIGIN"`: the site's own, so that its viewer can show
   * its PDF. `"DENY"`: none. False leaves the header out, and every page may.
   */
  frameOptions?: 'DENY' | 'SAMEORIGIN' | false
  /**
   * Content-Security-Policy of objects, where the origin sends none. Default: `frame-ancestors` that says what `frameOptions` does. False
   * leaves the header out.
   */
  contentSecurityPolicy?: string | false
  /** Referrer-Policy of objects. Default `"same-origin"`. False leaves the header out. */
  referrerPolicy?: ReferrerPolicy | false
  /** Strict-Transport-Security of objects and denials. Default two years, for this host alone. */
  hsts?: HstsConfig
  /** Seconds that an object is cached: `default` where it does not say itself, and the bounds. Defaults 0, a day, a year. */
  ttl?: { min?: number; default?: number; max?: number }
  /** Access logs in a bucket of their own; false for none. Default kept for 90 days. */
  accessLogs?: false | { retentionDays: number }
  /** CloudFront's additional metrics (cache-hit rate, origin latency), which cost money. Default false. */
  additionalMetrics?: boolean
  /** Default: none, and one `cdk deploy` is all. */
  operations?: OperationsConfig
}

/** Referrer Policy 3. */
const referrerPolicies = [
  'no-referrer',
  'no-referrer-when-downgrade',
  'origin',
  'origin-when-cross-origin',
  'same-origin',
  'strict-origin',
  'strict-origin-when-cross-origin',
  'unsafe-url',
] as const

type ReferrerPolicy = (typeof referrerPolicies)[number]

const regionPattern = '[a-z]{2}(?:-[a-z]+)+-\\d'
const region = z.string().regex(new RegExp(`^${regionPattern}$`), 'should be a region such as eu-west-1')
const userPoolArn = z
  .string()
  .regex(
    new RegExp(`^arn:aws[a-z-]*:cognito-idp:${regionPattern}:\\d{12}:userpool/${regionPattern}_[0-9A-Za-z]+$`),
    'should be a user pool ARN such as arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_EXAMPLE01',
  )

/** Seconds; CloudFront API Reference, CachePolicyConfig. */
const ttl = z
  .strictObject({
    min: z.int().min(0).exactOptional(),
    default: z.int().min(0).exactOptional(),
    max: z.int().min(0).exactOptional(),
  })
  .refine(
    (given) => {
      const { min, default: usual, max } = completeTtl(given)
      return min <= usual && usual <= max
    },
    { message: 'should rise from min (0) to default (86400) to max (31536000), where they are not given' },
  )

const domain = z.strictObject({
  names: z
    .array(
      z
        .string()
        .regex(
          /^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
          'should be a domain name in lower case',
        ),
    )
    .min(1, 'should hold at least one name'),
  certificateArn: z
    .string()
    .regex(
      /^arn:aws[a-z-]*:acm:us-east-1:\d{12}:certificate\/[0-9a-f-]+$/,
      'should be the ARN of an ACM certificate in us-east-1, where CloudFront takes them from',
    ),
  minimumTls: z.enum(['TLSv1.2_2021', 'TLSv1.2_2025', 'TLSv1.3_2025']).exactOptional(),
})

/**
 * What S3's listings are asked with (S3 API Reference, ListObjects, ListObjectsV2, ListObjectVersions, ListMultipartUploads). The
 * distribution may list, so that S3 says 404; an object has no use for these.
 */
const listingParameters = new Set([
  ...[
    'continuation-token',
    'delimiter',
    'encoding-type',
    'fetch-owner',
    'key-marker',
    'list-type',
    'marker',
    'max-keys',
  ],
  ...['max-uploads', 'prefix', 'start-after', 'upload-id-marker', 'uploads', 'version-id-marker', 'versions'],
])

const cacheKeyName = z
  .string()
  .regex(/^[\x21-\x24\x26-\x7e]{1,128}$/, 'should be a name in ASCII, without "%" and spaces')

/** CloudFront Developer Guide, Quotas, "Query strings per cache policy" and "Cookies per cache policy": 10. */
function cacheKeyNames(name: z.ZodType<string>) {
  return z.array(name).max(10, 'should hold at most 10 names, as a cache policy does')
}

/** CloudWatch Logs API Reference, PutRetentionPolicy, retentionInDays. */
const logRetentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
]

const operations = z.strictObject({
  regions: z.array(region),
  logRetentionDays: z
    .number()
    .refine((days) => logRetentionDays.includes(days), `should be one of ${logRetentionDays.join(', ')}`)
    .exactOptional(),
  alarmEmail: z.email('should be an e-mail address').exactOptional(),
})

/** With the defaults. */
export function completeTtl(ttl: SiteConfig['ttl'] = {}): Required<NonNullable<SiteConfig['ttl']>> {
  return { min: 0, default: 86_400, max: 31_536_000, ...ttl }
}

export const siteSchema: z.ZodType<SiteConfig> = z
  .strictObject({
    stackName: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9-]{0,127}$/, 'should be 1 to 128 letters, digits and hyphens, beginning with a letter')
      .exactOptional(),
    region: region.exactOptional(),
    createUserPool: newUserPoolSchema.exactOptional(),
    userPoolArn: userPoolArn.exactOptional(),
    userPoolProvider: z.string().min(1, 'should be the name of a provider of the policy').exactOptional(),
    domain: domain.exactOptional(),
    webAclArn: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:wafv2:us-east-1:\d{12}:global\/webacl\/[\w-]+\/[0-9a-f-]+$/,
        'should be the ARN of a web ACL with CLOUDFRONT scope, which is in us-east-1',
      )
      .exactOptional(),
    webAcl: rateLimitSchema.exactOptional(),
    secretKeyArn: z
      .string()
      .regex(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/, 'should be the ARN of a KMS key, not of an alias')
      .exactOptional(),
    priceClass: z.enum(['100', '200', 'all']).exactOptional(),
    runtime: z.enum(['nodejs22.x', 'nodejs24.x']).exactOptional(),
    platformLogs: z.boolean().exactOptional(),
    cacheKey: z
      .strictObject({
        queryStrings: cacheKeyNames(
          cacheKeyName.refine(
            (name) => !listingParameters.has(name),
            'should not be a parameter of S3 listings, which an object has no use for',
          ),
        ).exactOptional(),
        cookies: cacheKeyNames(cacheKeyName).exactOptional(),
      })
      .exactOptional(),
    accessLogs: z
      .union(
        [z.literal(false), z.strictObject({ retentionDays: z.int().min(1) })],
        'should be false or { "retentionDays": DAYS }',
      )
      .exactOptional(),
    frameOptions: z.literal(['DENY', 'SAMEORIGIN', false]).exactOptional(),
    contentSecurityPolicy: z
      .union(
        [z.literal(false), z.string().regex(/^[\x20-\x7e]{1,2048}$/)],
        'should be false or the header, 1 to 2,048 characters of ASCII in one line',
      )
      .exactOptional(),
    referrerPolicy: z.literal([...referrerPolicies, false]).exactOptional(),
    ttl: ttl.exactOptional(),
    hsts: z
      .strictObject({
        maxAge: z.int().min(0, 'should be a number of seconds, 0 or more').max(2_147_483_647).exactOptional(),
        includeSubDomains: z.boolean().exactOptional(),
      })
      .exactOptional(),
    additionalMetrics: z.boolean().exactOptional(),
    operations: operations.exactOptional(),
  })
  .refine(({ createUserPool, userPoolArn }) => !createUserPool || userPoolArn === undefined, {
    path: ['userPoolArn'],
    message: 'should be left out where createUserPool is given: a site has one pool',
  })
  .refine(({ webAcl, webAclArn }) => !webAcl || webAclArn === undefined, {
    path: ['webAcl'],
    message: 'should be left out where webAclArn is given: a distribution has one web ACL',
  })
  .refine(({ createUserPool = {} }) => !createUserPool.passkeys || createUserPool.managedLogin, {
    path: ['createUserPool', 'passkeys'],
    message: 'should be left out without managedLogin: the classic login pages have none',
  })
