/** The local distribution: what a synthesized template describes, served on loopback. */

import type { Config } from '../config/config.ts'
import type { CacheProfile } from './cache/cache-rules.ts'
import type { FunctionFault } from './function/function-failure.ts'
import type { SandboxOptions } from './function/sandbox-pool.ts'
import type { LocalIssuer } from './local-issuer.ts'
import type { EdgeMetrics } from './log/counters.ts'
import type { RequestLog } from './log/request-log.ts'
import type { OriginControls } from './origin/origin-fault.ts'
import type { StackSource } from './template/read-stacks.ts'

export interface EdgeOptions {
  /** A CloudFormation template, parsed from JSON or YAML, or stacks as `readStacks` reads them. */
  template: object | readonly StackSource[]
  /** Values of the template's parameters, and of what other stacks export. */
  parameters?: Readonly<Record<string, string>>
  imports?: Readonly<Record<string, string>>
  /** `Resource` or `Resource.Attribute` → what a deployment would give for it. */
  values?: Readonly<Record<string, string>>
  /** Which stack and which distribution, where there are several. */
  stack?: string
  distribution?: string
  /** Function's logical id → file in its place; `''`: of the only function. */
  handlers?: Readonly<Record<string, string>>
  /** `policy` names the issuers and the JWKS that the local issuer stands in for, `site` the pool in one's place. */
  config: Pick<Config, 'policy' | 'site'>
  /** Loopback port of HTTP/1.1; 0 (default) takes a free one. In use: a UsageError. */
  port?: number
  /** Port of HTTP/2 and HTTP/1.1 over TLS, with a certificate made for this run; absent: no TLS. */
  tlsPort?: number
  /** Default `cloudfront`. */
  profile?: CacheProfile
  /** Points of presence, each with a cache and sandboxes of its own, behind one regional cache. Default 1, without a regional cache. */
  pops?: number
  /**
   * Directory the buckets' objects are read from, once, or a directory for each bucket's name. Default: a few generated
   * objects (`bucket-objects.ts`).
   */
  objects?: string | Readonly<Record<string, string>>
  /** A plain HTTP origin instead of the local bucket, for example `http://127.0.0.1:8000`. */
  originUrl?: string
  /** Origin's id, or the domain that a function sends requests to → URL of the server in its place. */
  origins?: Readonly<Record<string, string>>
  /** Where all viewers are: `country` and the other names after `CloudFront-Viewer-`, in lower case. */
  geo?: Readonly<Record<string, string>>
  /** What the distribution's web ACL would block is served. Default false: its behaviors answer 501. */
  withoutWebAcl?: boolean
  /**
   * Host that functions ask over https → loopback port that answers for it in plain HTTP: a provider to sign in with. It goes
   * before the local issuer. Default none.
   */
  servers?: Readonly<Record<string, number>>
  /** One Int32: seconds that the functions' clock is ahead, which may change while they run. Default: the machine's clock. */
  clockAhead?: SharedArrayBuffer
  /** Functions may reach any host. Default false: the issuer's and `servers`. */
  allowNetwork?: boolean
  /** Error pages say no more than CloudFront's do. Default false: what a failing function threw. */
  plainErrors?: boolean
  /** Hears of each function that fails. Must not throw. */
  functionFailed?(fault: FunctionFault): void
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
  /** Files and directories that the functions' code came from, for who wants to know when it changes. */
  readonly sources: readonly string[]
  /** The counters behind `/_edge/metrics`, since the start. */
  metrics(): EdgeMetrics
  /** One record for each answered request, in the order of their completion. Listeners run synchronously and must not throw. */
  readonly log: RequestLog
  readonly issuer: LocalIssuer
  readonly origin: OriginControls
  /** Ends a running sandbox the way a host failure would, and says whether there was one. */
  killSandbox(): boolean
  /**
   * Forgets what is cached under the paths, as an invalidation does, and says how many responses that were; a `*` at the
   * end stands for any characters. Default everything.
   */
  invalidate(paths?: readonly string[]): number
  /** Stops listening, ends every sandbox, connection and server; resolves when all are gone. */
  close(): Promise<void>
}
