/** The CloudFormation properties that the local edge reads, with CloudFormation's defaults, and nothing it does not read. */
import * as z from 'zod'
import type {
  BucketCorsRule,
  CachePolicy,
  OriginRequestPolicy,
  ResponseHeadersPolicy,
  Selection,
} from './distribution.ts'

/** CloudFormation accepts numbers and booleans as strings. */
const number = z.coerce.number()
const flag = z.union([z.boolean(), z.stringbool()])
const names = z.array(z.string())
const request = z.enum(['viewer-request', 'origin-request', 'origin-response', 'viewer-response'])

/** Settings of behaviors that have no cache policy (CloudFormation, "ForwardedValues", which it calls deprecated). */
const forwardedValuesSchema = z.object({
  QueryString: flag.default(false),
  QueryStringCacheKeys: names.default([]),
  Headers: names.default([]),
  Cookies: z.object({ Forward: z.enum(['none', 'whitelist', 'all']), WhitelistedNames: names.default([]) }).optional(),
})

export const behaviorSchema = z.object({
  PathPattern: z.string(),
  TargetOriginId: z.string(),
  AllowedMethods: names.default(['GET', 'HEAD']),
  CachedMethods: names.default(['GET', 'HEAD']),
  ViewerProtocolPolicy: z.enum(['allow-all', 'https-only', 'redirect-to-https']),
  Compress: flag.default(false),
  CachePolicyId: z.string().optional(),
  ForwardedValues: forwardedValuesSchema.optional(),
  MinTTL: number.default(0),
  DefaultTTL: number.default(86_400),
  MaxTTL: number.default(31_536_000),
  OriginRequestPolicyId: z.string().optional(),
  ResponseHeadersPolicyId: z.string().optional(),
  LambdaFunctionAssociations: z
    .array(z.object({ EventType: request, LambdaFunctionARN: z.string(), IncludeBody: flag.default(false) }))
    .default([]),
  FunctionAssociations: z.array(z.object({ EventType: request, FunctionARN: z.string() })).default([]),
  TrustedKeyGroups: names.default([]),
  TrustedSigners: names.default([]),
})

const customOriginSchema = z.object({
  HTTPPort: number.default(80),
  HTTPSPort: number.default(443),
  OriginProtocolPolicy: z.enum(['http-only', 'https-only', 'match-viewer']).default('match-viewer'),
  OriginReadTimeout: number.default(30),
  OriginKeepaliveTimeout: number.default(5),
  OriginSSLProtocols: names.default(['TLSv1', 'SSLv3']),
})

export const originSchema = z.object({
  Id: z.string(),
  DomainName: z.string(),
  OriginPath: z.string().default(''),
  OriginAccessControlId: z.string().optional(),
  OriginCustomHeaders: z.array(z.object({ HeaderName: z.string(), HeaderValue: z.string() })).default([]),
  ConnectionAttempts: number.default(3),
  ConnectionTimeout: number.default(10),
  CustomOriginConfig: customOriginSchema.optional(),
  VpcOriginConfig: z
    .object({ OriginReadTimeout: number.default(30), OriginKeepaliveTimeout: number.default(5) })
    .optional(),
  S3OriginConfig: z.object({ OriginAccessIdentity: z.string().default('') }).optional(),
})

const originGroupSchema = z.object({
  Id: z.string(),
  FailoverCriteria: z.object({ StatusCodes: z.object({ Items: z.array(number) }) }),
  Members: z.object({ Items: z.tuple([z.object({ OriginId: z.string() }), z.object({ OriginId: z.string() })]) }),
})

export const distributionSchema = z.object({
  DistributionConfig: z.object({
    Origins: z.array(originSchema),
    OriginGroups: z.object({ Items: z.array(originGroupSchema).default([]) }).optional(),
    DefaultCacheBehavior: behaviorSchema.omit({ PathPattern: true }),
    CacheBehaviors: z.array(behaviorSchema).default([]),
    DefaultRootObject: z.string().default(''),
    Enabled: flag.default(true),
    WebACLId: z.string().optional(),
    Restrictions: z
      .object({
        GeoRestriction: z.object({
          RestrictionType: z.enum(['none', 'whitelist', 'blacklist']),
          Locations: names.default([]),
        }),
      })
      .optional(),
    ViewerMtlsConfig: z.object({}).optional(),
    ConnectionFunctionAssociation: z.object({}).optional(),
    CustomErrorResponses: z
      .array(
        z.object({
          ErrorCode: number,
          ErrorCachingMinTTL: number.optional(),
          ResponseCode: number.optional(),
          ResponsePagePath: z.string().optional(),
        }),
      )
      .default([]),
  }),
})

export const functionSchema = z.object({
  Code: z
    .object({
      ZipFile: z.string().optional(),
      S3Key: z.string().optional(),
      Directory: z.string().optional(),
      ImageUri: z.string().optional(),
    })
    .default({}),
  PackageType: z.string().default('Zip'),
  Runtime: z.string().default('nodejs24.x'),
  Handler: z.string().default('index.handler'),
  Timeout: number.default(3),
  MemorySize: number.default(128),
})

export const cloudFrontFunctionSchema = z.object({
  FunctionCode: z.string(),
  FunctionConfig: z.object({
    Runtime: z.enum(['cloudfront-js-1.0', 'cloudfront-js-2.0']),
    KeyValueStoreAssociations: z.array(z.object({ KeyValueStoreARN: z.string() })).default([]),
  }),
})

export const keyGroupSchema = z.object({ KeyGroupConfig: z.object({ Items: names }) })
export const publicKeySchema = z.object({ PublicKeyConfig: z.object({ EncodedKey: z.string() }) })
export const storeSchema = z.object({ ImportSource: z.object({ SourceArn: z.string() }).optional() })
export const accessControlSchema = z.object({
  OriginAccessControlConfig: z
    .object({ SigningBehavior: z.string().default('always') })
    .default({ SigningBehavior: 'always' }),
})
export const websiteSchema = z.object({
  WebsiteConfiguration: z
    .object({ IndexDocument: z.string().default('index.html'), ErrorDocument: z.string().optional() })
    .default({ IndexDocument: 'index.html' }),
})

function selection(behavior: string | undefined, listed: readonly string[] | undefined, lower: boolean): Selection {
  const set = new Set((listed ?? []).map((name) => (lower ? name.toLowerCase() : name)))
  if (behavior === undefined || behavior === 'none') return { kind: 'none', names: new Set() }
  if (behavior === 'whitelist') return { kind: 'whitelist', names: set }
  if (behavior === 'allExcept') return { kind: 'allExcept', names: set }
  // `allViewerAndWhitelistCloudFront` names headers that CloudFront makes.
  return { kind: 'all', names: set }
}

const parametersSchema = {
  HeadersConfig: z.object({ HeaderBehavior: z.string(), Headers: names.optional() }).optional(),
  CookiesConfig: z.object({ CookieBehavior: z.string(), Cookies: names.optional() }).optional(),
  QueryStringsConfig: z.object({ QueryStringBehavior: z.string(), QueryStrings: names.optional() }).optional(),
}

function selections(config: z.output<z.ZodObject<typeof parametersSchema>>): OriginRequestPolicy {
  return {
    headers: selection(config.HeadersConfig?.HeaderBehavior, config.HeadersConfig?.Headers, true),
    cookies: selection(config.CookiesConfig?.CookieBehavior, config.CookiesConfig?.Cookies, false),
    queryStrings: selection(
      config.QueryStringsConfig?.QueryStringBehavior,
      config.QueryStringsConfig?.QueryStrings,
      false,
    ),
  }
}

export const cachePolicySchema = z
  .object({
    CachePolicyConfig: z.object({
      MinTTL: number,
      DefaultTTL: number,
      MaxTTL: number,
      ParametersInCacheKeyAndForwardedToOrigin: z.object({
        ...parametersSchema,
        EnableAcceptEncodingGzip: flag.default(false),
        EnableAcceptEncodingBrotli: flag.default(false),
      }),
    }),
  })
  .transform(({ CachePolicyConfig: config }): CachePolicy => {
    const parameters = config.ParametersInCacheKeyAndForwardedToOrigin
    return {
      ...selections(parameters),
      minTtl: config.MinTTL,
      defaultTtl: config.DefaultTTL,
      maxTtl: config.MaxTTL,
      gzip: parameters.EnableAcceptEncodingGzip,
      brotli: parameters.EnableAcceptEncodingBrotli,
    }
  })

export const originRequestPolicySchema = z
  .object({ OriginRequestPolicyConfig: z.object(parametersSchema) })
  .transform(({ OriginRequestPolicyConfig: config }) => selections(config))

/** What a behavior without a cache policy keeps apart and forwards. */
export function legacyCachePolicy(behavior: Omit<z.output<typeof behaviorSchema>, 'PathPattern'>): CachePolicy {
  const { QueryString, QueryStringCacheKeys, Headers, Cookies } = forwardedValuesSchema.parse(
    behavior.ForwardedValues ?? {},
  )
  const query = !QueryString ? 'none' : QueryStringCacheKeys.length > 0 ? 'whitelist' : 'all'
  // "If you configure CloudFront to forward all headers to your origin, CloudFront doesn't cache" (header-caching).
  const everyHeader = Headers.includes('*')
  const [minTtl, defaultTtl, maxTtl] = everyHeader ? [0, 0, 0] : [behavior.MinTTL, behavior.DefaultTTL, behavior.MaxTTL]
  return {
    minTtl,
    defaultTtl,
    maxTtl,
    headers: everyHeader
      ? { kind: 'all', names: new Set() }
      : selection(Headers.length > 0 ? 'whitelist' : 'none', Headers, true),
    cookies: selection(Cookies?.Forward, Cookies?.WhitelistedNames, false),
    queryStrings: selection(query, QueryStringCacheKeys, false),
    // Brotli takes a cache policy (ServingCompressedFiles).
    gzip: behavior.Compress,
    brotli: false,
  }
}

export const bucketCorsSchema = z
  .object({
    CorsConfiguration: z
      .object({
        CorsRules: z.array(
          z.object({
            AllowedOrigins: names,
            AllowedMethods: names,
            AllowedHeaders: names.default([]),
            ExposedHeaders: names.default([]),
            MaxAge: number.optional(),
          }),
        ),
      })
      .optional(),
  })
  .transform(({ CorsConfiguration }): BucketCorsRule[] =>
    (CorsConfiguration?.CorsRules ?? []).map((rule) => ({
      allowedOrigins: rule.AllowedOrigins,
      allowedMethods: rule.AllowedMethods,
      allowedHeaders: rule.AllowedHeaders,
      exposedHeaders: rule.ExposedHeaders,
      maxAge: rule.MaxAge ?? null,
    })),
  )

const items = z.object({ Items: names }).optional()
const overriding = { Override: flag }

const securityHeadersSchema = z.object({
  ContentSecurityPolicy: z.object({ ...overriding, ContentSecurityPolicy: z.string() }).optional(),
  ContentTypeOptions: z.object(overriding).optional(),
  FrameOptions: z.object({ ...overriding, FrameOption: z.string() }).optional(),
  ReferrerPolicy: z.object({ ...overriding, ReferrerPolicy: z.string() }).optional(),
  XSSProtection: z
    .object({ ...overriding, Protection: flag, ModeBlock: flag.default(false), ReportUri: z.string().optional() })
    .optional(),
  StrictTransportSecurity: z
    .object({
      ...overriding,
      AccessControlMaxAgeSec: number,
      IncludeSubdomains: flag.default(false),
      Preload: flag.default(false),
    })
    .optional(),
})

export const responseHeadersSchema = z
  .object({
    ResponseHeadersPolicyConfig: z.object({
      SecurityHeadersConfig: securityHeadersSchema.default({}),
      CustomHeadersConfig: z
        .object({ Items: z.array(z.object({ ...overriding, Header: z.string(), Value: z.string() })) })
        .optional(),
      RemoveHeadersConfig: z.object({ Items: z.array(z.object({ Header: z.string() })) }).optional(),
      CorsConfig: z
        .object({
          AccessControlAllowCredentials: flag,
          AccessControlAllowHeaders: items,
          AccessControlAllowMethods: items,
          AccessControlAllowOrigins: items,
          AccessControlExposeHeaders: items,
          AccessControlMaxAgeSec: number.optional(),
          OriginOverride: flag,
        })
        .optional(),
    }),
  })
  .transform(({ ResponseHeadersPolicyConfig: config }): ResponseHeadersPolicy => {
    const cors = config.CorsConfig
    return {
      headers: [
        ...securityHeaders(config.SecurityHeadersConfig),
        ...(config.CustomHeadersConfig?.Items ?? []).map(({ Header, Value, Override }) => ({
          name: Header,
          value: Value,
          override: Override,
        })),
      ],
      remove: (config.RemoveHeadersConfig?.Items ?? []).map(({ Header }) => Header.toLowerCase()),
      cors: cors
        ? {
            allowCredentials: cors.AccessControlAllowCredentials,
            allowHeaders: cors.AccessControlAllowHeaders?.Items ?? [],
            allowMethods: cors.AccessControlAllowMethods?.Items ?? [],
            allowOrigins: cors.AccessControlAllowOrigins?.Items ?? [],
            exposeHeaders: cors.AccessControlExposeHeaders?.Items ?? [],
            maxAgeSeconds: cors.AccessControlMaxAgeSec ?? null,
            originOverride: cors.OriginOverride,
          }
        : null,
    }
  })

function securityHeaders(config: z.output<typeof securityHeadersSchema>): ResponseHeadersPolicy['headers'] {
  const hsts = config.StrictTransportSecurity
  const xss = config.XSSProtection
  const rows: [string, string | undefined, boolean | undefined][] = [
    [
      'Content-Security-Policy',
      config.ContentSecurityPolicy?.ContentSecurityPolicy,
      config.ContentSecurityPolicy?.Override,
    ],
    ['X-Content-Type-Options', config.ContentTypeOptions && 'nosniff', config.ContentTypeOptions?.Override],
    ['X-Frame-Options', config.FrameOptions?.FrameOption, config.FrameOptions?.Override],
    ['Referrer-Policy', config.ReferrerPolicy?.ReferrerPolicy, config.ReferrerPolicy?.Override],
    [
      'X-XSS-Protection',
      xss &&
        (xss.Protection
          ? `1${xss.ModeBlock ? '; mode=block' : ''}${xss.ReportUri === undefined ? '' : `; report=${xss.ReportUri}`}`
          : '0'),
      xss?.Override,
    ],
    [
      'Strict-Transport-Security',
      hsts &&
        `max-age=${hsts.AccessControlMaxAgeSec}${hsts.IncludeSubdomains ? '; includeSubDomains' : ''}${hsts.Preload ? '; preload' : ''}`,
      hsts?.Override,
    ],
  ]
  return rows.flatMap(([name, value, override]) =>
    value === undefined ? [] : [{ name, value, override: override ?? false }],
  )
}
