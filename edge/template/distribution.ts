/** What a distribution is told by its template, in the words of CloudFront's API. */

export interface Distribution {
  /** The logical id in the template, which stands for the distribution's id. */
  id: string
  domainName: string
  /** In the template's order, the default behavior last. */
  behaviors: Behavior[]
  /** Every origin of the template, by its id. */
  origins: ReadonlyMap<string, Origin>
  /** What the template asks for and is not emulated, so that somebody could take it for tried: a line each. */
  notEmulated: readonly string[]
  /** Status → seconds that an error is cached at least; absent statuses keep CloudFront's 10. */
  errorCachingMinTtl: ReadonlyMap<number, number>
  /** Status → the page that stands in for it. */
  errorPages: ReadonlyMap<number, ErrorPage>
  /** Without a leading slash; null: `/` goes to the origin. */
  defaultRootObject: string | null
  geoRestriction: GeoRestriction | null
}

interface ErrorPage {
  /** Begins with a slash. */
  path: string
  responseCode: number
}

interface GeoRestriction {
  type: 'whitelist' | 'blacklist'
  /** Country codes of ISO 3166-1. */
  locations: ReadonlySet<string>
}

export interface Behavior {
  /** `*` for the default behavior. */
  pathPattern: string
  allowedMethods: ReadonlySet<string>
  cachedMethods: ReadonlySet<string>
  viewerProtocolPolicy: 'allow-all' | 'https-only' | 'redirect-to-https'
  compress: boolean
  cache: CachePolicy
  originRequest: OriginRequestPolicy | null
  responseHeaders: ResponseHeadersPolicy | null
  origin: Origin | OriginGroup
  functions: BehaviorFunctions
  /** Key id → public key in PEM of the signed URLs and cookies it wants; null: it wants none. */
  trustedKeys: ReadonlyMap<string, string> | null
  /** Why it answers 501 to everything: something that it needs, or that guards it, is not emulated. Null where nothing is. */
  refusal: string | null
}

export interface BehaviorFunctions {
  'viewer-request': EdgeFunction | CloudFrontFunction | null
  'origin-request': EdgeFunction | null
  'origin-response': EdgeFunction | null
  'viewer-response': EdgeFunction | CloudFrontFunction | null
}

export type EventType = keyof BehaviorFunctions

/** Which of the request's names a policy takes; `all` in headers: every one of the viewer's, and the named of CloudFront's. */
export interface Selection {
  kind: 'none' | 'whitelist' | 'allExcept' | 'all'
  names: ReadonlySet<string>
}

export interface CachePolicy {
  /** Seconds. */
  minTtl: number
  defaultTtl: number
  maxTtl: number
  /** Names in lower case. */
  headers: Selection
  cookies: Selection
  queryStrings: Selection
  gzip: boolean
  brotli: boolean
}

export interface OriginRequestPolicy {
  headers: Selection
  cookies: Selection
  queryStrings: Selection
}

export interface ResponseHeadersPolicy {
  /** Headers to set. Names as they are sent. */
  headers: ResponseHeader[]
  remove: string[]
  cors: CorsConfig | null
}

export interface ResponseHeader {
  name: string
  value: string
  /** False keeps the origin's own. */
  override: boolean
}

export interface CorsConfig {
  allowCredentials: boolean
  allowHeaders: string[]
  allowMethods: string[]
  allowOrigins: string[]
  exposeHeaders: string[]
  maxAgeSeconds: number | null
  originOverride: boolean
}

export interface Origin {
  id: string
  domainName: string
  path: string
  /** Every request is signed (origin access control, `SigningBehavior: always`), or those without Authorization of their own. */
  signed: boolean | 'no-override'
  /** Present for an S3 bucket. */
  bucket: Bucket | null
  customHeaders: { name: string; value: string }[]
  /** Connections that are tried, 1 to 3, and how long each may take. */
  connectionAttempts: number
  connectionTimeoutMs: number
  readTimeoutMs: number
  /** What Lambda@Edge tells a function of a custom origin. */
  custom: {
    httpPort: number
    httpsPort: number
    protocolPolicy: string
    keepaliveSeconds: number
    ssl: string[]
  } | null
}

export interface Bucket {
  name: string
  /** The CORS rules of its template. */
  cors: BucketCorsRule[]
  /** Its policy lets the distribution list it: a missing key is 404 then, and 403 otherwise. */
  listable: boolean
  /** Directories of the assembly that are deployed into it, each under a prefix. */
  contents: { directory: string; prefix: string }[]
  /** The index and error documents of a website endpoint; null for the REST endpoint. */
  website: { index: string; error: string | null } | null
}

/** Two origins, of which the second is asked where the first fails. */
export interface OriginGroup {
  id: string
  members: readonly [Origin, Origin]
  failoverStatuses: ReadonlySet<number>
}

export interface BucketCorsRule {
  allowedOrigins: string[]
  allowedMethods: string[]
  allowedHeaders: string[]
  exposedHeaders: string[]
  maxAge: number | null
}

/** A function of Lambda@Edge. */
export interface EdgeFunction {
  kind: 'lambda'
  /** The logical id of the function in the template. */
  id: string
  code: FunctionCode
  /** The exported name, the last part of `Handler`. */
  handler: string
  timeoutMs: number
  memoryMb: number
  /** The association says IncludeBody. */
  includeBody: boolean
}

/** The text of `index.js` with every join resolved, or a file or directory with the module's path in it. */
export type FunctionCode =
  | { inline: string }
  | { path: string; module: string; extraFiles?: Readonly<Record<string, string>> }

export interface CloudFrontFunction {
  kind: 'cloudfront'
  id: string
  code: string
  runtime: 'cloudfront-js-1.0' | 'cloudfront-js-2.0'
  /** The pairs of its key value store; null: it has none. */
  store: Readonly<Record<string, string>> | null
}
