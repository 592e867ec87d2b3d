import type { HeaderList } from './header-list.ts'

/** A request as it came from a viewer. */
export interface ViewerRequest {
  /** X-Amz-Cf-Id, requestId of the event, x-edge-request-id of the log. */
  id: string
  method: string
  uri: string
  querystring: string
  /** Names as the viewer wrote them, pseudo-header fields left out, `Host` always there. */
  headers: HeaderList
  /** Null: none was announced. */
  body: Buffer | null
  clientIp: string
  clientPort: number
  protocol: 'HTTP/1.1' | 'HTTP/1.0' | 'HTTP/2.0'
  encrypted: boolean
}
