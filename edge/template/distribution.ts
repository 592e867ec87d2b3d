/** What a distribution is told by its template, in the words of CloudFront's API. */

export interface Distribution {
  /** The logical id in the template, which stands for the distribution's id. */
  id: string
  domainName: string
  /** In the template's order, the default behavior last. */
  behaviors: Behavior[]
  /** What the template asks for and is not emulated, so that somebody could take it for tried: a line each. */
  notEmulated: readonly string[]
  /** Status → seconds that an error is cached at least; absent statuses keep CloudFront's 10. */
  errorCachingMinTtl: ReadonlyMap<number, number>
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
  origin: Origin
  /** The viewer-request function; null where the behavior has none. */
  viewerRequest: EdgeFunction | null
  /** Why it answers 501 to everything: something guards it that is not emulated. Null where nothing does. */
  refusal: string | null
}

/** Which of the request's names a policy takes. `allViewer` only in origin request policies. */
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
  /** Headers to set; `override: false` keeps the origin's own. Names as they are sent. */
  headers: { name: string; value: string; override: boolean }[]
  remove: string[]
  cors: CorsConfig | null
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
  /** Every request is signed (origin access control, `SigningBehavior: always`). */
  signed: boolean
  /** Present for a bucket: the CORS rules of its template. */
  bucket: { cors: BucketCorsRule[] } | null
  customHeaders: { name: string; value: string }[]
}

export interface BucketCorsRule {
  allowedOrigins: string[]
  allowedMethods: string[]
  allowedHeaders: string[]
  exposedHeaders: string[]
  maxAge: number | null
}

export interface EdgeFunction {
  /** The logical id of the function in the template. */
  id: string
  /** `index.js`, with every join resolved. */
  code: string
  /** The exported name, from `Handler`. */
  handler: string
  timeoutMs: number
  memoryMb: number
}
