/**
 * CloudFront's managed policies, which a template names by id alone. CloudFront Developer Guide, "Use managed cache policies",
 * "… origin request policies", "… response headers policies": read in AWS's published source of 2023-06-15; the rows
 * marked 2025 are of pages of that year, and of the names in aws-cdk-lib 2.276.0.
 */
import { cloudFrontHeaders2022 } from './cloudfront-headers.ts'
import type {
  CachePolicy,
  CorsConfig,
  OriginRequestPolicy,
  ResponseHeader,
  ResponseHeadersPolicy,
  Selection,
} from './distribution.ts'

const none: Selection = { kind: 'none', names: new Set() }
const all: Selection = { kind: 'all', names: new Set() }
const only = (...names: string[]): Selection => ({ kind: 'whitelist', names: new Set(names) })

const noKey = { headers: none, cookies: none, queryStrings: none }
const year = 31_536_000
const day = 86_400
const compressed = { gzip: true, brotli: true }
const uncompressed = { gzip: false, brotli: false }

const originControlled: CachePolicy = {
  minTtl: 0,
  defaultTtl: 0,
  maxTtl: year,
  headers: only('host', 'origin', 'x-http-method-override', 'x-http-method', 'x-method-override'),
  cookies: all,
  queryStrings: none,
  ...compressed,
}

export const managedCachePolicies: Record<string, CachePolicy> = {
  // Amplify
  '2e54312d-136d-493c-8eb9-b001f22f67d2': {
    minTtl: 2,
    defaultTtl: 2,
    maxTtl: 600,
    headers: only('authorization', 'cloudfront-viewer-country', 'host'),
    cookies: all,
    queryStrings: all,
    ...compressed,
  },
  // CachingDisabled
  '4135ea2d-6df8-44a3-9df3-4b5a84be39ad': { ...noKey, minTtl: 0, defaultTtl: 0, maxTtl: 0, ...uncompressed },
  // CachingOptimized
  '658327ea-f89d-4fab-a63d-7e88639e58f6': { ...noKey, minTtl: 1, defaultTtl: day, maxTtl: year, ...compressed },
  // CachingOptimizedForUncompressedObjects
  'b2884449-e4de-46a7-ac36-70bc7f1ddd6d': { ...noKey, minTtl: 1, defaultTtl: day, maxTtl: year, ...uncompressed },
  // Elemental-MediaPackage: "enabled for Gzip"
  '08627262-05a9-4f76-9ded-b50ca2e3a84f': {
    minTtl: 0,
    defaultTtl: day,
    maxTtl: year,
    headers: only('origin'),
    cookies: none,
    queryStrings: only('aws.manifestfilter', 'start', 'end', 'm'),
    gzip: true,
    brotli: false,
  },
  // UseOriginCacheControlHeaders (2025)
  '83da9c7e-98b4-4e11-a168-04f0df8e2c65': originControlled,
  // UseOriginCacheControlHeaders-QueryStrings (2025)
  '4cc15a8a-d715-48a4-82b8-cc0b614638fe': { ...originControlled, queryStrings: all },
}

export const managedOriginRequestPolicies: Record<string, OriginRequestPolicy> = {
  // AllViewer
  '216adef6-5c7f-47e4-b989-5492eafa07d3': { headers: all, cookies: all, queryStrings: all },
  // AllViewerAndCloudFrontHeaders-2022-06
  '33f36d7e-f396-46d9-90e0-52428a34d9dc': {
    headers: { kind: 'all', names: new Set(cloudFrontHeaders2022) },
    cookies: all,
    queryStrings: all,
  },
  // AllViewerExceptHostHeader
  'b689b0a8-53d0-40ab-baf2-68738e2966ac': {
    headers: { kind: 'allExcept', names: new Set(['host']) },
    cookies: all,
    queryStrings: all,
  },
  // CORS-CustomOrigin
  '59781a5b-3903-41f3-afcb-af62929ccde1': { ...noKey, headers: only('origin') },
  // CORS-S3Origin
  '88a5eaf4-2fd4-4709-b370-b4c650ea3fcf': {
    ...noKey,
    headers: only('origin', 'access-control-request-method', 'access-control-request-headers'),
  },
  // Elemental-MediaTailor-PersonalizedManifests
  '775133bc-15f2-49f9-abea-afb2e0bf67d2': {
    headers: only(
      'origin',
      'access-control-request-method',
      'access-control-request-headers',
      'user-agent',
      'x-forwarded-for',
    ),
    cookies: none,
    queryStrings: all,
  },
  // HostHeaderOnly (2025)
  'bf0718e1-ba1e-49d1-88b1-f726733018ae': { ...noKey, headers: only('host') },
  // UserAgentRefererHeaders
  'acba4595-bd28-49b8-b9fe-13317c0390fa': { ...noKey, headers: only('user-agent', 'referer') },
}

const simpleCors: CorsConfig = {
  allowCredentials: false,
  allowHeaders: [],
  allowMethods: [],
  allowOrigins: ['*'],
  exposeHeaders: [],
  maxAgeSeconds: null,
  originOverride: false,
}
const preflightCors: CorsConfig = {
  ...simpleCors,
  allowMethods: ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'],
  exposeHeaders: ['*'],
}
/** "CloudFront adds X-Content-Type-Options: nosniff to all responses"; every other one is the origin's where it has it. */
const securityHeaders: ResponseHeader[] = [
  { name: 'Referrer-Policy', value: 'strict-origin-when-cross-origin', override: false },
  { name: 'Strict-Transport-Security', value: 'max-age=31536000', override: false },
  { name: 'X-Content-Type-Options', value: 'nosniff', override: true },
  { name: 'X-Frame-Options', value: 'SAMEORIGIN', override: false },
  { name: 'X-XSS-Protection', value: '1; mode=block', override: false },
]

export const managedResponseHeadersPolicies: Record<string, ResponseHeadersPolicy> = {
  // CORS-and-SecurityHeadersPolicy
  'e61eb60c-9c35-4d20-a928-2b84e02af89c': { headers: securityHeaders, remove: [], cors: simpleCors },
  // CORS-With-Preflight
  '5cc3b908-e619-4b99-88e5-2cf7f45965bd': { headers: [], remove: [], cors: preflightCors },
  // CORS-with-preflight-and-SecurityHeadersPolicy
  'eaab4381-ed33-4a86-88ca-d9558dc6cd63': { headers: securityHeaders, remove: [], cors: preflightCors },
  // SecurityHeadersPolicy
  '67f7725c-6f97-4210-82d7-5512b31e9d03': { headers: securityHeaders, remove: [], cors: null },
  // SimpleCORS
  '60669652-455b-4ae9-85a4-c4c02393f86c': { headers: [], remove: [], cors: simpleCors },
}
