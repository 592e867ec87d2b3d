/** The parts of a Lambda@Edge viewer-request event, request and generated response that the authorizer reads and writes. */

/** Lower-case header name → its entries, one for each header line (CloudFront Developer Guide, "Lambda@Edge event structure"). */
export type Headers = Record<string, { key?: string; value: string }[]>

export interface ViewerRequest {
  method: string
  uri: string
  querystring: string
  headers: Headers
  clientIp?: string
}

export interface ViewerRequestEvent {
  Records: {
    cf: {
      config?: { distributionId?: string; distributionDomainName?: string; requestId?: string; eventType?: string }
      request: ViewerRequest
    }
  }[]
}

/** A response that CloudFront sends to the viewer instead of asking its cache or the origin. */
export interface GeneratedResponse {
  status: string
  headers: Headers
  body?: string
}

/** RFC 9110 9.3.1 and 9.3.2: what browsers go to pages with. */
export function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}
