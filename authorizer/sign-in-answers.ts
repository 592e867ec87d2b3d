import type { GeneratedResponse, Headers } from './cloudfront.ts'
import type { EdgePolicy } from './edge-policy.ts'

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

export interface Answer {
  status: number
  reason: SignInReason
  location?: string
  cookies?: readonly string[]
  /** `Clear-Site-Data: "cache"`. */
  clears?: true
  /** The page's link and its words. Default: none. */
  link?: readonly [href: string, words: string]
  /** For the log alone. */
  detail?: string
}

/** Seconds after which a browser may ask again. */
const retryAfter = '5'

/** Nothing of these may be kept, framed, or lead to where the visitor came from. */
export function responseOf({ denialHeaders }: EdgePolicy, answer: Answer, requestId = ''): GeneratedResponse {
  const { status, reason, location, cookies = [], clears, link } = answer
  const headers: Headers = {}
  const set = (name: string, value: string) => {
    headers[name] = [{ value }]
  }
  for (const name in denialHeaders) set(name, denialHeaders[name] as string)
  set('referrer-policy', 'no-referrer')
  set('content-security-policy', pageSecurity)
  if (cookies.length > 0) headers['set-cookie'] = cookies.map((value) => ({ value }))
  if (clears) set('clear-site-data', '"cache"')
  if (status === 503) set('retry-after', retryAfter)
  if (location) {
    set('location', location)
    return { status: String(status), headers }
  }
  set('content-type', 'text/html; charset=utf-8')
  return {
    status: String(status),
    headers,
    body: page(sentences[reason] ?? sentenceOf(status), reason, requestId, link),
  }
}

export const pageSecurity = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const sentences: Partial<Record<string, string>> = {
  confirm: 'Do you want to sign out?',
  'session-not-kept': 'You were signed in, and your browser did not keep it. Allow cookies for this site.',
  right: 'You are signed in, and may not see this page.',
}

function sentenceOf(status: number): string {
  return status === 503 ? 'You cannot be signed in at the moment. Please try again.' : 'You have not been signed in.'
}

/** Fixed text: nothing of the request is in it but the id that CloudFront gave to it. */
function page(sentence: string, reason: string, requestId: string, link?: Answer['link']): string {
  const anchor = link ? `<p><a href="${link[0]}">${link[1]}</a>` : ''
  const id = requestId.replace(/[^\w=-]/g, '')
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${sentence}</title><p>${sentence}${anchor}<p><small>${reason} ${id}</small>`
}

/** The page of somebody whose session grants too little. */
export function forbiddenPage(requestId: string | undefined, signOut: string): string {
  return page(sentences.right as string, 'right', requestId ?? '', [signOut, 'Sign out'])
}
