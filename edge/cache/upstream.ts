/** Where a cache gets what it does not hold: the origin, or the regional cache before it. */

import type { HeaderList } from '../viewer/header-list.ts'
import type { Ask } from './cache-rules.ts'

export interface UpstreamRequest {
  method: string
  /** Path and query string as they go on the wire. */
  path: string
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

/** The origin could not be reached (502), or did not answer in time (504). */
export class UpstreamFailure extends Error {
  override readonly name = 'UpstreamFailure'
  readonly status: 502 | 504
  constructor(status: 502 | 504, message: string) {
    super(message)
    this.status = status
  }
}
