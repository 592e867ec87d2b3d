/** Whether a browser may keep a response (RFC 9111 3): by what it says of its freshness, or else by its status. */
import type { ViewerRequest } from '../../authorizer/cloudfront.ts'
import type { ReturnedResponse } from '../answer.ts'
import { valuesOf } from './header-values.ts'

/** Statuses that are fresh for a while though nothing says so (RFC 9111 4.2.2, RFC 9110 15.1). */
const heuristicallyCacheable = new Set([
  '200',
  '203',
  '204',
  '206',
  '300',
  '301',
  '308',
  '404',
  '405',
  '410',
  '414',
  '501',
])

export function isStorable({ method }: ViewerRequest, { status, headers = {} }: ReturnedResponse): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  const directives = valuesOf(headers, 'cache-control')
    .join(',')
    .split(',')
    .map((text) => text.trim().toLowerCase())
  const has = (name: string) => directives.some((text) => text === name || text.startsWith(`${name}=`))
  // What may not be used without asking again is as good as not kept.
  if (has('no-store') || has('no-cache')) return false
  const isFresh = has('public') || has('max-age') || valuesOf(headers, 'expires').length > 0
  return isFresh || heuristicallyCacheable.has(String(status))
}
