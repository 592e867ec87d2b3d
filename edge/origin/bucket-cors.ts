/** S3's CORS rules (Amazon S3 User Guide, "Elements of a CORS configuration"): the first rule that fits answers. */
import type { IncomingHttpHeaders } from 'node:http'
import type { BucketCorsRule } from '../template/distribution.ts'

/** The answer to a preflight; null where no rule allows it. */
export function preflight(headers: IncomingHttpHeaders, rules: readonly BucketCorsRule[]) {
  const { origin } = headers
  const method = headers['access-control-request-method']
  if (origin === undefined || method === undefined) return null
  const wanted = (headers['access-control-request-headers'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '')
  const rule = rules.find((each) => fits(each, origin, method) && wanted.every((name) => allowsHeader(each, name)))
  if (!rule) return null
  const list = [...allowOrigin(rule, origin), 'Access-Control-Allow-Methods', rule.allowedMethods.join(', ')]
  if (wanted.length > 0) list.push('Access-Control-Allow-Headers', wanted.join(', '))
  if (rule.maxAge !== null) list.push('Access-Control-Max-Age', String(rule.maxAge))
  return { status: 200, headers: list, body: Buffer.alloc(0), contentLength: 0 }
}

/** What S3 adds to an object's headers for a request with Origin. */
export function corsHeaders(headers: IncomingHttpHeaders, method: string, rules: readonly BucketCorsRule[]): string[] {
  const { origin } = headers
  if (rules.length === 0) return []
  const vary = ['Vary', 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method']
  const rule = origin === undefined ? undefined : rules.find((each) => fits(each, origin, method))
  return rule && origin !== undefined ? [...allowOrigin(rule, origin), ...vary] : vary
}

function fits(rule: BucketCorsRule, origin: string, method: string): boolean {
  return rule.allowedOrigins.some((pattern) => wildcard(pattern, origin)) && rule.allowedMethods.includes(method)
}

function allowsHeader(rule: BucketCorsRule, name: string): boolean {
  return rule.allowedHeaders.some((pattern) => wildcard(pattern.toLowerCase(), name))
}

function allowOrigin(rule: BucketCorsRule, origin: string): string[] {
  const any = rule.allowedOrigins.includes('*')
  const list = ['Access-Control-Allow-Origin', any ? '*' : origin]
  if (!any) list.push('Access-Control-Allow-Credentials', 'true')
  if (rule.exposedHeaders.length > 0) list.push('Access-Control-Expose-Headers', rule.exposedHeaders.join(', '))
  return list
}

/** One `*` at most stands for any characters. */
function wildcard(pattern: string, text: string): boolean {
  const [before = '', after] = pattern.split('*')
  if (after === undefined) return pattern === text
  return text.length >= before.length + after.length && text.startsWith(before) && text.endsWith(after)
}
