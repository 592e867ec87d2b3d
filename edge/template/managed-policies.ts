/**
 * CloudFront's managed policies that a template may name by id alone (CloudFront Developer Guide, "Use managed cache
 * policies" and "Use managed origin request policies", read in AWS's published source of 2023-06-15).
 */
import type { CachePolicy, OriginRequestPolicy, Selection } from './distribution.ts'

const none: Selection = { kind: 'none', names: new Set() }
const all: Selection = { kind: 'all', names: new Set() }
const only = (...names: string[]): Selection => ({ kind: 'whitelist', names: new Set(names) })

const noKey = { headers: none, cookies: none, queryStrings: none }

export const managedCachePolicies: Record<string, CachePolicy> = {
  // CachingOptimized
  '658327ea-f89d-4fab-a63d-7e88639e58f6': {
    ...noKey,
    minTtl: 1,
    defaultTtl: 86_400,
    maxTtl: 31_536_000,
    gzip: true,
    brotli: true,
  },
  // CachingOptimizedForUncompressedObjects
  'b2884449-e4de-46a7-ac36-70bc7f1ddd6d': {
    ...noKey,
    minTtl: 1,
    defaultTtl: 86_400,
    maxTtl: 31_536_000,
    gzip: false,
    brotli: false,
  },
  // CachingDisabled
  '4135ea2d-6df8-44a3-9df3-4b5a84be39ad': {
    ...noKey,
    minTtl: 0,
    defaultTtl: 0,
    maxTtl: 0,
    gzip: false,
    brotli: false,
  },
}

export const managedOriginRequestPolicies: Record<string, OriginRequestPolicy> = {
  // CORS-S3Origin
  '88a5eaf4-2fd4-4709-b370-b4c650ea3fcf': {
    headers: only('origin', 'access-control-request-method', 'access-control-request-headers'),
    cookies: none,
    queryStrings: none,
  },
  // AllViewer
  '216adef6-5c7f-47e4-b989-5492eafa07d3': { headers: all, cookies: all, queryStrings: all },
  // AllViewerExceptHostHeader
  'b689b0a8-53d0-40ab-baf2-68738e2966ac': {
    headers: { kind: 'allExcept', names: new Set(['host']) },
    cookies: all,
    queryStrings: all,
  },
}
