/** The page CloudFront itself answers with: what the status means and the request's id, for a support case. */
import { STATUS_CODES } from 'node:http'
import type { Answer } from './narrow-response.ts'
import type { ViewerRequest } from './viewer-request.ts'

/** What CloudFront would never answer: here the request would pass a guard that is not there. */
export function notEmulated(reason: string, { method }: ViewerRequest): Answer {
  const body = Buffer.from(`${reason}\n`)
  return {
    status: 501,
    statusText: 'Not Implemented',
    headers: ['Date', new Date().toUTCString(), 'Content-Type', 'text/plain', 'Cache-Control', 'no-store'],
    body: method === 'HEAD' ? null : body,
    contentLength: body.length,
  }
}

/** `detail`: what a developer should know and CloudFront would not tell; text, not markup. */
export function errorPage(status: number, { id, method }: ViewerRequest, detail = ''): Answer {
  const reason = STATUS_CODES[status] ?? 'Error'
  const body = Buffer.from(
    `<!DOCTYPE html><html><head><title>${status} ${reason}</title></head><body><h1>${status} ${reason}</h1>` +
      `<p>The local edge could not satisfy this request.</p>${detail === '' ? '' : `<pre>${escaped(detail)}</pre>`}` +
      `<pre>Request ID: ${id}</pre></body></html>\n`,
  )
  return {
    status,
    statusText: reason,
    headers: ['Server', 'CloudFront', 'Date', new Date().toUTCString(), 'Content-Type', 'text/html'],
    body: method === 'HEAD' ? null : body,
    contentLength: body.length,
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
