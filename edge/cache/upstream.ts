/** Where a cache gets what it does not hold: the origin, or the regional cache before it. */
import type { CachePolicy } from '../template/distribution.ts'

import type { HeaderList } from '../viewer/header-list.ts'

export interface UpstreamRequest {
  method: string
  /** Without the origin's own path. */
  uri: string
  querystring: string
  /** `Host` only where a policy forwards the viewer's. */
  headers: HeaderList
  body: Buffer | null
}

export interface UpstreamResponse {
  status: number
  statusText: string
  /** Without connection-specific fields. */
  headers: HeaderList
  body: Buffer
  /** Milliseconds since the epoch: when the request was sent, when the answer's head arrived. */
  requestTime: number
  responseTime: number
  /** It comes from the regional cache. Default false. */
  fromCache?: boolean
}

/** Rejects with an UpstreamFailure where no complete answer arrives. */
export type Upstream = (request: UpstreamRequest, ask: Ask) => Promise<UpstreamResponse>

/** The origin could not be reached (502), did not answer in time (504), or is not played here (501). */
export class UpstreamFailure extends Error {
  override readonly name = 'UpstreamFailure'
  readonly status: 501 | 502 | 504
  constructor(status: 501 | 502 | 504, message: string) {
    super(message)
    this.status = status
  }
}

/** A request as the rules see it. */
export interface Ask {
  method: string
  /** The cache key of the behavior's policy; methods that share a response share it. */
  key: string
  /** The viewer's headers after its function ran, lower-case names, lines joined. */
  viewer: Record<string, string>
  /** What would be sent upstream. */
  upstream: UpstreamRequest
  /** The viewer behind it, for functions of the origin's side. */
  requestId: string
  clientIp: string
  policy: CachePolicy
  /** Seconds that an error of this status is cached at least. */
  errorTtl(status: number): number
}

/** Path and query string as they go on the wire: the same characters in UTF-8 and percent-encoded. */
export function pathOf({ uri, querystring }: UpstreamRequest, originPath = ''): string {
  const path = querystring === '' ? originPath + uri : `${originPath}${uri}?${querystring}`
  return path.toWellFormed().replace(/[^\x21-\x7e]+/g, encodeURIComponent)
}
