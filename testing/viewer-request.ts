import { randomBytes } from 'node:crypto'
import type { Headers, ViewerRequestEvent } from '../authorizer/cloudfront.ts'

/** What varies of a viewer-request event; headers are single-valued unless a list is given, and have no entries with an empty one. */
export interface RequestFields {
  method?: string
  querystring?: string
  headers?: Record<string, string | readonly string[]>
  /** Default random. */
  requestId?: string
}

/** A viewer-request event as CloudFront sends it, with a browser's usual headers. */
export function viewerRequestEvent(
  uri: string,
  {
    method = 'GET',
    querystring = '',
    headers = {},
    requestId = randomBytes(28).toString('base64url'),
  }: RequestFields = {},
): ViewerRequestEvent {
  const all = {
    host: 'd111111abcdef8.cloudfront.net',
    'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)',
    accept: '*/*',
    ...headers,
  }
  const entries: Headers = {}
  for (const [name, values] of Object.entries(all)) {
    entries[name.toLowerCase()] = [values].flat().map((value) => ({ key: name, value: String(value) }))
  }
  return {
    Records: [
      {
        cf: {
          config: {
            distributionId: 'EDFDVBD6EXAMPLE',
            requestId,
            eventType: 'viewer-request',
          },
          request: { clientIp: '203.0.113.178', method, uri, querystring, headers: entries },
        },
      },
    ],
  }
}
