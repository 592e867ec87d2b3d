/** The local distribution: what a synthesized template describes, served on loopback. */
import type { Config } from '../config/config.ts'
import type { AccessTokenClaims, SigningKey } from '../testing/issuer.ts'

/** `rfc9111`: a correct shared cache; `cloudfront`: what CloudFront documents. */
export type CacheProfile = 'rfc9111' | 'cloudfront'

export interface EdgeOptions {
  /** A CloudFormation template as `infra/` synthesizes it, parsed from JSON. */
  template: object
  /** Only `policy` is read: it names the issuer and the JWKS that the local issuer stands in for. */
  config: Pick<Config, 'policy'>
  /** Loopback port of HTTP/1.1; 0 (default) takes a free one. In use: a UsageError. */
  port?: number
  /** Port of HTTP/2 and HTTP/1.1 over TLS, with a certificate made for this run; absent: no TLS. */
  tlsPort?: number
  /** Default `cloudfront`. */
  profile?: CacheProfile
  /** Points of presence, each with a cache and sandboxes of its own, behind one regional cache. Default 1, without a regional cache. */
  pops?: number
  /** Directory the bucket's objects are read from, once. Default: a few generated objects (`bucket-objects.ts`). */
  objects?: string
  /** A plain HTTP origin instead of the local bucket, for example `http://127.0.0.1:8000`. */
  originUrl?: string
  sandboxes?: SandboxOptions
  /** File that the functions' own output is appended to. Default: it is dropped. */
  functionLog?: string
  /** Redirect or refuse plain HTTP as the behaviors say. Default false: TLS counts as ended before the plain port. */
  enforceHttps?: boolean
  /** Bound on the bytes each cache keeps. Default 256 MiB. */
  cacheBytes?: number
  /** Aborting it closes the edge. */
  signal?: AbortSignal
}

export interface SandboxOptions {
  /** Sandboxes per point of presence at most; one more is 503 LambdaLimitExceeded. Default 32. */
  limit?: number
  /**
   * How long an event may wait for a busy sandbox before a new one starts, in milliseconds. Lambda's own behaviour is 0;
   * the default of 50 fits a machine whose sandboxes share a few cores, where INIT takes longer than a short queue.
   */
  waitMs?: number
  /** A sandbox that was idle for this long is removed, in milliseconds. Default 300,000. */
  idleMs?: number
}

export interface Edge {
  /** `http://127.0.0.1:PORT`, without a trailing slash. */
  readonly url: string
  /** `https://localhost:PORT`, where `tlsPort` was given. */
  readonly tlsUrl?: string
  /** The certificate of `tlsUrl` in PEM, to be trusted by clients. */
  readonly certificate?: string
  /** Paths that the origin holds, as it lists them; empty for `originUrl`. */
  readonly paths: readonly string[]
  /**
   * What the template asks for and is not emulated, a line each: the behaviors that answer 501, because what guards them
   * (signed URLs, CloudFront Functions, a geographic restriction) would let everybody through, and what is left out.
   */
  readonly notEmulated: readonly string[]
  /** The counters behind `/_edge/metrics`, since the start. */
  metrics(): EdgeMetrics
  /** One record for each answered request, in the order of their completion. Listeners run synchronously and must not throw. */
  readonly log: RequestLog
  readonly issuer: LocalIssuer
  readonly origin: OriginControls
  /** Ends a running sandbox the way a host failure would, and says whether there was one. */
  killSandbox(): boolean
  /** Forgets everything cached, as an invalidation of `/*` does. */
  invalidate(): void
  /** Stops listening, ends every sandbox, connection and server; resolves when all are gone. */
  close(): Promise<void>
}

export interface RequestLog {
  /** Calls `listener` for each record from now on; the returned function ends that. */
  subscribe(listener: (record: RequestRecord) => void): () => void
}

/** CloudFront's x-edge-result-type (standard log fields). */
export type EdgeResult =
  | 'Hit'
  | 'RefreshHit'
  | 'Miss'
  | 'LimitExceeded'
  | 'CapacityExceeded'
  | 'Error'
  | 'Redirect'
  | 'LambdaExecutionError'
  | 'LambdaValidationError'
  | 'LambdaLimitExceeded'
  | 'LambdaGeneratedResponse'

export interface RequestRecord {
  /** X-Amz-Cf-Id of the answer, x-edge-request-id of the log. */
  id: string
  /** X-Amz-Cf-Pop of the answer. */
  pop: string
  /** When the answer ended, in milliseconds since the epoch. */
  at: number
  clientIp: string
  method: string
  /** The viewer's path without its query string. */
  uri: string
  querystring: string
  host: string
  status: number
  result: EdgeResult
  /** The exact X-Cache of the answer, for example `Hit from cloudfront`. */
  xCache: string
  /** Body bytes sent to the viewer. */
  bodyBytes: number
  /** All bytes sent to the viewer, headers included (sc-bytes). */
  bytes: number
  /** From the first byte of the request to the end of the answer, in milliseconds. */
  timeTakenMs: number
  /** What the viewer-request function took in its sandbox, in milliseconds; null where none ran. */
  functionMs: number | null
  /** The function's sandbox was started for this very request. */
  coldStart: boolean
  protocol: 'HTTP/1.1' | 'HTTP/1.0' | 'HTTP/2.0'
  encrypted: boolean
  tlsProtocol: string
  tlsCipher: string
  /** From the first byte of the request to the first byte of the answer, in milliseconds. */
  firstByteMs: number
  /** All bytes the viewer sent, headers included (cs-bytes). */
  requestBytes: number
  clientPort: number
  distributionDomain: string
  forwardedFor: string
  referer: string
  userAgent: string
  cookie: string
  rangeStart: string
  rangeEnd: string
  contentType: string
  contentLength: string
  /** False where the viewer closed the connection before the answer's end. */
  complete: boolean
}

export interface EdgeMetrics {
  requests: number
  /** Requests by x-edge-result-type. */
  results: Partial<Record<EdgeResult, number>>
  /** Requests by status code. */
  statuses: Record<string, number>
  /** Body bytes sent to viewers, and those of them that came from a cache. */
  bodyBytes: number
  hitBodyBytes: number
  cache: { entries: number; bytes: number; evictions: number; collapsed: number }
  origin: { requests: number; failures: number; bytes: number }
  sandboxes: {
    running: number
    /** Of these, the ones that hold events now. */
    busy: number
    /** The most that existed at once, summed over points of presence. */
    peak: number
    started: number
    removed: number
    /** INITs that ended in an error, and sandboxes that ended while they held an event. */
    failed: number
    throttles: number
    invocations: number
    /** Sum over invocations. */
    functionMs: number
    /** Connections a function tried to open to a host other than the issuer's. */
    refusedConnections: number
  }
  issuer: { fetches: number; failures: number }
}

export interface LocalIssuer {
  /** `iss` of its tokens, the policy's first issuer. */
  readonly url: string
  /** A token of this issuer signed with the current key; claims are merged over those of a fresh Cognito access token. */
  mint(claims?: Partial<AccessTokenClaims>): Promise<string>
  /** Signs with a new key from now on (`key`, or one made here); the former key stays in the JWK Set until `withdraw`. */
  rotate(key?: SigningKey): Promise<void>
  /** Takes every key but the current one out of the JWK Set. */
  withdraw(): void
  /** How the JWKS endpoint behaves from now on. Default `error` (a 500). */
  outage(kind?: IssuerOutage): void
  restore(): void
}

export type IssuerOutage = 'error' | 'hang' | 'reset' | 'garbage' | 'empty'

interface OriginControls {
  /** Applies to every origin request from now on, in place of an earlier fault. */
  fault(fault: OriginFault): void
  restore(): void
}

export interface OriginFault {
  /** Added before the first byte, in milliseconds. */
  latencyMs?: number
  /** Answers with this status instead of the object. */
  status?: number
  /** Closes the connection: before the answer's first byte, or in the middle of its body. */
  disconnect?: 'before' | 'during'
  /** Share of requests concerned, 0 to 1; the first ones of each hundred. Default 1. */
  share?: number
}

/** Starts everything and resolves when it serves. Throws a UsageError for a template it cannot serve and for a port in use. */
export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const { assembleEdge } = await import('./assemble-edge.ts')
  return assembleEdge(options)
}
