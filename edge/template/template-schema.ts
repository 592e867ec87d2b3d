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
const eventType = z.object({ EventType: z.string() })

export const behaviorSchema = z.object({
  PathPattern: z.string(),
  TargetOriginId: z.string(),
  AllowedMethods: names.default(['GET', 'HEAD']),
  CachedMethods: names.default(['GET', 'HEAD']),
  ViewerProtocolPolicy: z.enum(['allow-all', 'https-only', 'redirect-to-https']),
  Compress: flag.default(false),
  CachePolicyId: z.string('uses legacy cache settings; give the behavior a cache policy'),
  OriginRequestPolicyId: z.string().optional(),
  ResponseHeadersPolicyId: z.string().optional(),
  LambdaFunctionAssociations: z.array(eventType.extend({ LambdaFunctionARN: z.string() })).default([]),
  FunctionAssociations: z.array(eventType).default([]),
  TrustedKeyGroups: names.default([]),
  TrustedSigners: names.default([]),
})

export const distributionSchema = z.object({
  DistributionConfig: z.object({
    Origins: z.array(
      z.object({
        Id: z.string(),
        DomainName: z.string(),
        OriginPath: z.string().default(''),
        OriginAccessControlId: z.string().optional(),
        OriginCustomHeaders: z.array(z.object({ HeaderName: z.string(), HeaderValue: z.string() })).default([]),
      }),
    ),
    DefaultCacheBehavior: behaviorSchema.omit({ PathPattern: true }),
    CacheBehaviors: z.array(behaviorSchema).default([]),
    WebACLId: z.string().optional(),
    Restrictions: z.object({ GeoRestriction: z.object({ RestrictionType: z.string() }) }).optional(),
    ViewerMtlsConfig: z.object({}).optional(),
    ConnectionFunctionAssociation: z.object({}).optional(),
    CustomErrorResponses: z.array(z.object({ ErrorCode: number, ErrorCachingMinTTL: number.optional() })).default([]),
  }),
})

export const functionSchema = z.object({
  Code: z.object({ ZipFile: z.string('is not inline code; the local edge runs Code.ZipFile') }),
  Handler: z.string(),
  Timeout: number.default(3),
  MemorySize: number.default(128),
})

function selection(behavior: string | undefined, listed: readonly string[] | undefined, lower: boolean): Selection {
  const set = new Set((listed ?? []).map((name) => (lower ? name.toLowerCase() : name)))
  if (behavior === undefined || behavior === 'none') return { kind: 'none', names: new Set() }
  if (behavior === 'whitelist') return { kind: 'whitelist', names: set }
  if (behavior === 'allExcept') return { kind: 'allExcept', names: set }
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
