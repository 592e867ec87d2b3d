import { type EdgeAnswer, unasked } from '../edge-answer.ts'
import { errorPage } from './error-page.ts'
import { headerRecord } from './header-list.ts'
import type { ViewerRequest } from './viewer-request.ts'

/**
 * "CloudFront returns HTTP status code 301 along with the new HTTPS URL" for GET and HEAD, and 307 for the other methods of
 * HTTP 1.1 or above (using-https-viewers-to-cloudfront, source of 2023-06-15). The port of plain HTTP is not HTTPS's.
 */
export function httpsRedirect(request: ViewerRequest, tlsPort: number | null): EdgeAnswer {
  const name = (headerRecord(request.headers).host ?? '').replace(/:\d+$/, '')
  const query = request.querystring === '' ? '' : `?${request.querystring}`
  const repeatable = request.method === 'GET' || request.method === 'HEAD' || request.protocol === 'HTTP/1.0'
  const page = errorPage(repeatable ? 301 : 307, request)
  const host = tlsPort === null ? name : `${name}:${tlsPort}`
  return {
    ...page,
    headers: [...page.headers, 'Location', `https://${host}${request.uri}${query}`],
    result: 'Redirect',
    age: null,
    why: null,
    ...unasked,
  }
}
