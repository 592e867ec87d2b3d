/** Callback, refresh and sign-out, as far as one request without the provider shows them. */
import { cookiePrefix, hashOf } from '../../../oracle/session-cookies.ts'
import { type OwnPaths, ownPathOf } from '../../../oracle/sign-in.ts'
import { authorizationParameters } from '../../../oracle/sign-in-start.ts'
import { valuesOf } from '../header-values.ts'
import type { Remark } from '../observation.ts'
import { ofPage } from './every-answer.ts'
import { hasGuard, idsIn, type SignInContext, told } from './sign-in-context.ts'

const statuses: Readonly<Record<keyof OwnPaths, readonly string[]>> = {
  callback: ['303', '400', '403', '421', '503'],
  refresh: ['303', '400', '403', '421', '503'],
  signOut: ['303', '400', '403', '421'],
}

export function ofOwnPath(context: SignInContext): Remark[] {
  const { policy, request, host, status, set } = context
  const step = ownPathOf(policy, request) ?? 'callback'
  if (!statuses[step].includes(status)) {
    return [{ rule: 'sign-in/own-paths', story: `${request.uri} is answered by ${told(context)}` }]
  }
  if (host === null) return ofPage(context, '421', { rule: 'sign-in/host', story: 'a host that is not the site’s' })
  if (status !== '303' && context.location !== undefined) {
    return [{ rule: 'sign-in/return', story: `${request.uri} is answered by ${told(context)}` }]
  }
  const isTwice = hasTwice(request.querystring)
  if (step !== 'signOut' && isTwice && status !== '400') {
    return [{ rule: 'sign-in/parameters', story: `a parameter that is there twice is answered by ${told(context)}` }]
  }
  if (status === '503' && step === 'refresh' && set.length > 0) {
    return [{ rule: 'sign-in/outage', story: 'an outage sets or takes back a cookie' }]
  }
  return { callback: ofCallback, refresh: ofRefresh, signOut: ofSignOut }[step](context)
}

function hasTwice(querystring = ''): boolean {
  const names = querystring.split('&').flatMap((pair) => (pair === '' ? [] : [pair.split('=')[0]]))
  return new Set(names).size < names.length
}

/** Without the provider nobody gets further than the exchange. */
function ofCallback(context: SignInContext): Remark[] {
  const { status, set, cookies, policy, host, request } = context
  if (status === '303') return [{ rule: 'sign-in/exchange', story: 'a callback ends well without a token' }]
  const state = new URLSearchParams(request.querystring).get('state') ?? ''
  const number = Number(state.slice(0, 1))
  const slot = cookies.slots[number]
  const isKnown =
    !cookies.isDuplicate &&
    /^[0-7]/.test(state) &&
    slot !== undefined &&
    authorizationParameters(policy, host ?? '', number, slot).get('state') === state
  const isTaken = set.length === 1 && set[0]?.value === '' && set[0].name === `${cookiePrefix}t${number}`
  if (set.length === 0 || (isKnown && isTaken)) {
    return isKnown || status === '400'
      ? []
      : [{ rule: 'sign-in/state', story: `an unknown state gets ${told(context)}` }]
  }
  return [{ rule: 'sign-in/state', story: 'a callback that fails sets or takes back more than its own slot' }]
}

function ofRefresh(context: SignInContext): Remark[] {
  const { status, location, set, cookies, host, request } = context
  if (!cookies.isDuplicate && !hasTwice(request.querystring) && hasGuard(request) === (status === '403')) {
    return [
      { rule: 'sign-in/loop', story: `a refresh ${hasGuard(request) ? 'with' : 'without'} g gets ${told(context)}` },
    ]
  }
  if (cookies.isDuplicate && status !== '400') {
    return [{ rule: 'sign-in/duplicate', story: `a refresh with a cookie twice gets ${told(context)}` }]
  }
  if (status !== '303') return set.length === 0 ? [] : [{ rule: 'sign-in/refresh', story: 'a page sets a cookie' }]
  const names = set.map(({ name }) => name.slice(cookiePrefix.length))
  if (names.some((name) => name !== 'g')) {
    return [{ rule: 'sign-in/refused-refresh', story: `a refresh without the provider sets ${names.join(', ')}` }]
  }
  return location?.startsWith(`https://${host}/`)
    ? []
    : [{ rule: 'sign-in/return', story: `a refresh leads to ${location}` }]
}

/** `sign-in/sign-out` and `sign-in/signed-out`. */
function ofSignOut(context: SignInContext): Remark[] {
  const { policy, request, status, location, set, cookies, host } = context
  const isOne = (name: string, wanted: readonly string[]) => {
    const values = valuesOf(request.headers, name)
    return values.length === 1 && wanted.includes(values[0] ?? '')
  }
  const ids = idsIn(cookies, request)
  const isAsked = isOne('sec-fetch-site', ['same-origin', 'none']) && isOne('sec-fetch-dest', ['document'])
  const confirm = new URLSearchParams(request.querystring).get('confirm')
  const isConfirmed = ids.some((id) => hashOf(id) === confirm)
  if (status !== '303') {
    if (isAsked && !hasTwice(request.querystring)) {
      return [{ rule: 'sign-in/signed-out', story: `a visitor who asks for it gets ${told(context)}` }]
    }
    return set.length === 0 ? [] : [{ rule: 'sign-in/sign-out', story: 'a page that asks takes a cookie back' }]
  }
  if (!isAsked && !isConfirmed) return [{ rule: 'sign-in/sign-out', story: 'who has not asked for it is signed out' }]
  const { endpoints, afterSignOut = '', client = '', logout } = policy.signIn ?? {}
  const end = `https://${host}${afterSignOut}`
  const parameter = logout === 'cognito' ? 'logout_uri' : 'post_logout_redirect_uri'
  const url = URL.canParse(location ?? '') ? new URL(location ?? '') : null
  const isEnd =
    endpoints?.logout === undefined
      ? location === end
      : location?.startsWith(endpoints.logout) &&
        url?.searchParams.get('client_id') === client &&
        url.searchParams.get(parameter) === end
  const kept = [...new Set(cookies.names)].filter(
    (name) => name !== 'o' && !set.some((one) => one.name === `${cookiePrefix}${name}` && one.value === ''),
  )
  if (isEnd && kept.length === 0) return []
  return [{ rule: 'sign-in/signed-out', story: `a sign-out leads to ${location}, and leaves ${kept.length} cookies` }]
}
