import type { GeneratedResponse, Headers } from './cloudfront.ts'
import type { EdgeSignIn } from './edge-policy.ts'

/** Why a step of a sign-in answered as it did: in the log, and on the page where there is one. */
export type SignInReason =
  | 'sign-in'
  | 'refresh'
  | 'signed-in'
  | 'refreshed'
  | 'signed-out'
  | 'confirm'
  | 'host'
  | 'cookies'
  | 'session-not-kept'
  | 'session-size'
  | 'parameters'
  | 'state'
  | 'response-issuer'
  | 'provider-error'
  | 'grant'
  | 'token-endpoint'
  | 'token-response'
  | 'id-token'
  | 'access-token'
  | 'subject'
  | 'secret'
  | 'no-keys'
  | 'no-session'
  | 'seal'
  | 'limit'

/** A page, by its reason; or a redirect, or with `confirm` what the page's link confirms. */
export type Answer = SignInReason | readonly [SignInReason, location: string]

/** Nobody's fault here, and perhaps over in a moment. */
export function isOutage(signIn: EdgeSignIn, reason: SignInReason): boolean {
  return pageOf(signIn, reason)[1] === 503
}

function pageOf({ pages }: EdgeSignIn, reason: SignInReason): EdgeSignIn['pages'][number] {
  return pages.find(([name]) => name === reason) ?? (pages[0] as EdgeSignIn['pages'][number])
}

/** `location`: of a redirect, or what the page's link confirms. Nothing of the request is in a page but the id that CloudFront gave to it. */
export function answerResponse(
  signIn: EdgeSignIn,
  reason: SignInReason,
  location: string | undefined,
  cookies: Headers[string],
  requestId = '',
): GeneratedResponse {
  const headers: Headers = {}
  const set = (name: string, value: string) => {
    headers[name] = [{ value }]
  }
  for (const name in signIn.headers) set(name, signIn.headers[name] as string)
  if (cookies.length > 0) headers['set-cookie'] = cookies
  if (reason === 'signed-out') set('clear-site-data', '"cache"')
  if (location && reason !== 'confirm') {
    set('location', location)
    return { status: reason === 'sign-in' || reason === 'refresh' ? '302' : '303', headers }
  }
  const [, status, html] = pageOf(signIn, reason)
  if (status === 503) set('retry-after', '5')
  return {
    status: String(status),
    headers,
    body: `${html.replace('confirm=', `confirm=${location}`)}<p><small>${reason} ${requestId.replace(/[^\w=-]/g, '')}</small>`,
  }
}
