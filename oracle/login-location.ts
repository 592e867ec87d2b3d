/** The Location that leads to the login page, and back from there (SEMANTICS.md, `deny/location` and `deny/return-path`). */
import type { ViewerRequest } from '../authorizer/cloudfront.ts'
import type { UnauthenticatedDenial } from '../authorizer/policy.ts'
import { holdsToken } from './token-in-text.ts'

const maxLength = 1024

/** What a login page may read back as the path that was asked for; null where it is left out. */
export function returnPath(
  { returnQuery = false }: UnauthenticatedDenial,
  { uri, querystring = '' }: ViewerRequest,
): string | null {
  const whole = `${uri}?${querystring}`
  const isWhole = returnQuery && querystring !== '' && !holdsToken(querystring) && whole.length <= maxLength
  return holdsToken(uri) || uri.length > maxLength ? null : isWhole ? whole : uri
}

/** The texts that the Location may be: the login page's as it is written, and as a URL is (WHATWG URL). Empty: there is no login page. */
export function loginLocations(denial: UnauthenticatedDenial, request: ViewerRequest): string[] {
  const { redirect, returnTo } = denial
  if (redirect === undefined) return []
  const pages = URL.canParse(redirect) ? [redirect, new URL(redirect).href] : [redirect]
  const path = returnTo === undefined ? null : returnPath(denial, request)
  if (path === null) return pages
  const parameter = `${encodeURIComponent(returnTo ?? '')}=${encodeURIComponent(path.toWellFormed())}`
  return pages.map((page) => withParameter(page, parameter))
}

function withParameter(page: string, parameter: string): string {
  const [address = '', ...fragment] = page.split('#')
  const separator = !address.includes('?') ? '?' : /[?&]$/.test(address) ? '' : '&'
  return [`${address}${separator}${parameter}`, ...fragment].join('#')
}
