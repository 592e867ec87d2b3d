import { Duration } from 'aws-cdk-lib'
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront'
import type { Construct } from 'constructs'
import type { Policy } from '../authorizer/policy.ts'
import { completeHsts } from '../config/hsts.ts'
import { completeTtl, type SiteConfig } from '../config/site-schema.ts'
import { corsCredentials, corsMaxAge, corsRequestHeaders, corsResponseHeaders } from './cors.ts'

/** Neither the token nor a cookie nor a query string splits the cache or reaches S3, unless the configuration asks. */
export function cachePolicy(scope: Construct, id: string, { cacheKey = {}, ttl }: SiteConfig) {
  const { queryStrings = [], cookies = [] } = cacheKey
  const seconds = completeTtl(ttl)
  return new cloudfront.CachePolicy(scope, id, {
    minTtl: Duration.seconds(seconds.min),
    defaultTtl: Duration.seconds(seconds.default),
    maxTtl: Duration.seconds(seconds.max),
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
  const { frameOptions = 'SAMEORIGIN', referrerPolicy = 'same-origin' } = site
  const contentSecurityPolicy = site.contentSecurityPolicy ?? (frameOptions && frameAncestors[frameOptions])
  const { maxAge, includeSubDomains } = completeHsts(site.hsts)
  return new cloudfront.ResponseHeadersPolicy(scope, id, {
    securityHeadersBehavior: {
      contentTypeOptions: { override: true },
      // A page knows better than the site what it needs: its own policy stays.
      ...(contentSecurityPolicy && { contentSecurityPolicy: { contentSecurityPolicy, override: false } }),
      ...(frameOptions && {
        frameOptions: { frameOption: cloudfront.HeadersFrameOption[frameOptions], override: true },
      }),
      ...(referrerPolicy && {
        referrerPolicy: { referrerPolicy: referrerPolicy as cloudfront.HeadersReferrerPolicy, override: true },
      }),
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

/** X-Frame-Options as Content-Security-Policy says it (CSP 3, 6.4.2), which also counts the ancestors' ancestors. */
const frameAncestors = { SAMEORIGIN: "frame-ancestors 'self'", DENY: "frame-ancestors 'none'" }
