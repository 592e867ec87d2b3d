import { Duration } from 'aws-cdk-lib'
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront'
import type { Construct } from 'constructs'
import type { Policy } from '../authorizer/policy.ts'
import { completeHsts } from '../config/hsts.ts'
import type { SiteConfig } from '../config/site-schema.ts'
import { corsCredentials, corsMaxAge, corsRequestHeaders, corsResponseHeaders } from './cors.ts'

/** Neither the token nor a cookie nor a query string splits the cache or reaches S3, unless the configuration asks. */
export function cachePolicy(scope: Construct, id: string, { queryStrings = [], cookies = [] }: CacheKey) {
  return new cloudfront.CachePolicy(scope, id, {
    minTtl: Duration.seconds(0),
    defaultTtl: Duration.days(1),
    maxTtl: Duration.days(365),
    headerBehavior: cloudfront.CacheHeaderBehavior.none(),
    cookieBehavior:
      cookies.length > 0 ? cloudfront.CacheCookieBehavior.allowList(...cookies) : cloudfront.CacheCookieBehavior.none(),
    queryStringBehavior:
      queryStrings.length > 0
        ? cloudfront.CacheQueryStringBehavior.allowList(...queryStrings)
        : cloudfront.CacheQueryStringBehavior.none(),
    enableAcceptEncodingGzip: true,
    enableAcceptEncodingBrotli: true,
  })
}

type CacheKey = NonNullable<SiteConfig['cacheKey']>

/** S3 decides about a preflight by these three headers. */
export function originRequestPolicy(scope: Construct, id: string) {
  return new cloudfront.OriginRequestPolicy(scope, id, {
    headerBehavior: cloudfront.OriginRequestHeaderBehavior.allowList(
      'Origin',
      'Access-Control-Request-Method',
      'Access-Control-Request-Headers',
    ),
    cookieBehavior: cloudfront.OriginRequestCookieBehavior.none(),
    queryStringBehavior: cloudfront.OriginRequestQueryStringBehavior.none(),
  })
}

/**
 * Security headers for every object, and CORS headers for the viewer's own origin: a cached object carries those that its
 * first viewer caused. Denials get theirs from the function, as CloudFront applies no such policy before its cache.
 */
export function responseHeadersPolicy(scope: Construct, id: string, policy: Policy, site: SiteConfig) {
  const { corsOrigins = [] } = policy
  const { frameOptions = 'SAMEORIGIN' } = site
  const { maxAge, includeSubDomains } = completeHsts(site.hsts)
  return new cloudfront.ResponseHeadersPolicy(scope, id, {
    securityHeadersBehavior: {
      contentTypeOptions: { override: true },
      ...(frameOptions && {
        frameOptions: { frameOption: cloudfront.HeadersFrameOption[frameOptions], override: true },
      }),
      referrerPolicy: { referrerPolicy: cloudfront.HeadersReferrerPolicy.SAME_ORIGIN, override: true },
      strictTransportSecurity: {
        accessControlMaxAge: Duration.seconds(maxAge),
        includeSubdomains: includeSubDomains,
        override: true,
      },
    },
    ...(corsOrigins.length > 0 && {
      corsBehavior: {
        accessControlAllowCredentials: corsCredentials(policy),
        accessControlAllowHeaders: corsRequestHeaders(policy),
        accessControlAllowMethods: ['GET', 'HEAD', 'OPTIONS'],
        accessControlAllowOrigins: [...corsOrigins],
        accessControlExposeHeaders: corsResponseHeaders,
        accessControlMaxAge: Duration.seconds(corsMaxAge),
        originOverride: true,
      },
    }),
  })
}
