/** What CloudFront refuses before any function or cache sees it; the first row that applies answers. */
import type { Behavior } from '../template/distribution.ts'
import { headerValue } from './header-list.ts'
import type { ViewerRequest } from './viewer-request.ts'

export interface Refusal {
  name: string
  /** Amazon CloudFront Developer Guide; read in AWS's published source of 2023-06-15. */
  source: string
  status: number
  applies(request: ViewerRequest, behavior: Behavior): boolean
}

export const refusals: readonly Refusal[] = [
  {
    name: 'a request longer than 32,768 bytes without its body',
    source:
      'cloudfront-limits, "Maximum length of a request", page of 2025 (20,480 before); RequestAndResponseBehaviorCustomOrigin: 413',
    status: 413,
    applies: (request) => lengthOf(request) > 32_768,
  },
  {
    name: 'a URL longer than 8,192 bytes',
    source:
      'RequestAndResponseBehaviorCustomOrigin, "Maximum length of a request and maximum length of a URL": 413 for both; the host counts',
    status: 413,
    applies: (request) => urlLength(request) > 8192,
  },
  {
    name: 'a method that the behavior does not allow',
    source: 'distribution settings, "Allowed HTTP methods"; the status 403 is inferred',
    status: 403,
    applies: ({ method }, { allowedMethods }) => !allowedMethods.has(method),
  },
  {
    name: 'a GET with a body',
    source: 'RequestAndResponseBehaviorS3Origin, "GET requests that include a body": 403; HEAD is inferred',
    status: 403,
    applies: (request) => (request.method === 'GET' || request.method === 'HEAD') && announcesBody(request),
  },
  {
    name: 'plain HTTP where the behavior wants HTTPS only',
    source: 'distribution settings, "Viewer protocol policy": 403',
    status: 403,
    applies: ({ encrypted }, { viewerProtocolPolicy }) => !encrypted && viewerProtocolPolicy === 'https-only',
  },
]

/** "CloudFront constructs a URL from the request." */
function urlLength({ uri, querystring, headers }: ViewerRequest): number {
  // Far from the limit the host need not be looked for.
  const length = 'https://'.length + uri.length + (querystring === '' ? 0 : querystring.length + 1)
  return length < 4096 ? length : length + (headerValue(headers, 'host')?.length ?? 0)
}

/** The request line and the headers with their separators. */
function lengthOf({ method, uri, querystring, headers }: ViewerRequest): number {
  let length = method.length + uri.length + querystring.length + ' ? HTTP/1.1\r\n\r\n'.length
  for (const text of headers) length += text.length + 2
  return length
}

export function announcesBody({ headers }: ViewerRequest): boolean {
  return (
    headerValue(headers, 'transfer-encoding') !== undefined || Number(headerValue(headers, 'content-length') ?? 0) > 0
  )
}
