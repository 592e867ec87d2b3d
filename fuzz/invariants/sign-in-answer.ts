/** Holds our own answers under `signIn` to what SEMANTICS.md, "Sign-in", says of a single request. */
import type { ViewerRequest } from '../../authorizer/cloudfront.ts'
import type { Policy } from '../../authorizer/policy.ts'
import { cookiePrefix, hashOf, type SessionCookies, sessionCookiesOf, slotOf } from '../../oracle/session-cookies.ts'
import { type OwnPaths, ownPathOf, ownPathsOf } from '../../oracle/sign-in.ts'
import { authorizationParameters, slotPathOf } from '../../oracle/sign-in-start.ts'
import type { SignInAnswer, SignInVerdict } from '../../oracle/verdict.ts'
import type { ReturnedResponse } from '../answer.ts'
import { echoOf } from './echo.ts'
import { bodyOf, valuesOf } from './header-values.ts'
import type { Remark } from './observation.ts'

interface Context {
  policy: Policy
  request: ViewerRequest
  response: ReturnedResponse
  cookies: SessionCookies
  host: string | null
  seconds: SignInVerdict['seconds']
  status: string
  location: string | undefined
  set: readonly SetCookie[]
}

interface SetCookie {
  name: string
  value: string
  attributes: readonly string[]
}

/** What is wrong with it by the answer that it is most like; null where only the class's denial is asked for. */
export function signInDifferences(
  policy: Policy,
  request: ViewerRequest,
  response: ReturnedResponse,
  { answers, host, seconds }: SignInVerdict,
): Remark[] | null {
  const [location, ...more] = valuesOf(response.headers ?? {}, 'location')
  const context: Context = {
    policy,
    request,
    response,
    cookies: sessionCookiesOf(request.headers),
    host,
    seconds,
    status: String(response.status),
    location,
    set: valuesOf(response.headers ?? {}, 'set-cookie').map(readSetCookie),
  }
  if (more.length > 0) return [{ rule: 'sign-in/return', story: 'there are several Locations' }]
  const all = answers.filter((one) => one !== 'denial').map((one) => [...ofAnswer(one, context), ...ofAny(context)])
  const [first] = all
  return first === undefined ? null : all.reduce((best, one) => (one.length < best.length ? one : best), first)
}

/** Whether a browser stays at the site or goes to an endpoint of the policy. */
export function leadsAstray(policy: Policy, host: string, location: string): boolean {
  const { endpoints } = policy.signIn ?? {}
  if (!URL.canParse(location, `https://${host}`)) return true
  const { origin, pathname } = new URL(location, `https://${host}`)
  if (origin === `https://${host}`) return false
  return ![endpoints?.authorization, endpoints?.logout].some((endpoint) => {
    const url = endpoint === undefined ? null : new URL(endpoint)
    return url?.origin === origin && url.pathname === pathname
  })
}

function readSetCookie(line: string): SetCookie {
  const [pair = '', ...attributes] = line.split('; ')
  const equals = pair.indexOf('=')
  return { name: pair.slice(0, equals), value: pair.slice(equals + 1), attributes }
}

function ofAnswer(answer: SignInAnswer, context: Context): Remark[] {
  switch (answer) {
    case 'start':
      return ofStart(context)
    case 'refresh':
      return ofWayToRefresh(context)
    case 'own':
      return ofOwnPath(context)
    case 'cookies':
      return ofPage(context, '400', { rule: 'sign-in/duplicate', story: 'a cookie that is there twice' })
    case 'host':
      return ofPage(context, '421', { rule: 'sign-in/host', story: 'a host that is not the site’s' })
    case 'session-not-kept':
      return ofPage(context, '403', { rule: 'sign-in/loop', story: 'two sign-ins within two minutes' })
    case 'denial':
      return []
  }
}

function told({ status, location, set }: Context): string {
  return `${status}, ${location ?? 'no Location'} and ${set.length} cookies`
}

function ofPage(context: Context, status: string, { rule, story }: Remark): Remark[] {
  if (context.status === status && context.location === undefined && context.set.length === 0) return []
  return [{ rule, story: `the answer to ${story} is ${told(context)} in the place of a page with ${status}` }]
}

/** Each answer of a step (`sign-in/response`, `sign-in/page`, `sign-in/cookies`). */
function ofAny(context: Context): Remark[] {
  const { policy, request, response, status, location, set } = context
  const header = (name: string) =>
    valuesOf(response.headers ?? {}, name)
      .join(', ')
      .toLowerCase()
  const found: Remark[] = []
  const csp = header('content-security-policy')
  const isGuarded =
    header('cache-control') === 'no-store' &&
    header('referrer-policy') === 'no-referrer' &&
    header('x-content-type-options') === 'nosniff' &&
    csp.includes("default-src 'none'") &&
    csp.includes("frame-ancestors 'none'") &&
    (status !== '503' || header('retry-after') !== '')
  if (!isGuarded) found.push({ rule: 'sign-in/response', story: 'an answer of sign-in lacks one of its headers' })
  for (const { name, value, attributes } of set) {
    const isOwn = name.startsWith(cookiePrefix) && isName(name.slice(cookiePrefix.length))
    const [age = '', ...others] = attributes.filter((one) => /^Max-Age=\d+$/.test(one))
    const fixed = attributes
      .filter((one) => one !== age)
      .toSorted()
      .join('; ')
    const isTaken = (value === '') === (age === 'Max-Age=0')
    const isSound = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/.test(value) && others.length === 0 && isTaken
    if (isOwn && isSound && fixed === 'HttpOnly; Path=/; SameSite=Lax; Secure') continue
    found.push({ rule: 'sign-in/cookies', story: `the cookie ${name} is not set as the table says` })
  }
  const body = bodyOf(response)
  if (location !== undefined) {
    if (body !== '') found.push({ rule: 'sign-in/page', story: 'a redirect has a body' })
    return found
  }
  const own = [policy, ownPathsOf(policy), 'confirm=', ...idsIn(context.cookies, request).map(hashOf)]
  const echo = echoOf(request, body, JSON.stringify(own))
  if (echo !== null) found.push({ rule: 'sign-in/page', story: "the viewer's words are in a page" })
  if (body === '' || header('content-type') !== 'text/html; charset=utf-8') {
    found.push({ rule: 'sign-in/page', story: 'an answer has no page' })
  }
  const links = [...body.matchAll(/(?:href|src|action)\s*=\s*"?([^">\s]*)/gi)].map(([, link = '']) => link)
  for (const link of links) {
    if (!isSitesOwn(context, link)) found.push({ rule: 'sign-in/page', story: `a page has a link to ${link}` })
  }
  return found
}

function isName(name: string): boolean {
  return /^(?:t[0-7]|[ar](?:\.1)?|[go])$/.test(name)
}

/** `/`, the end of a sign-out, and sign-out with the hash of a session that is there. */
function isSitesOwn({ policy, request, cookies }: Context, link: string): boolean {
  const { signOut } = ownPathsOf(policy)
  const confirms = idsIn(cookies, request).map((id) => `${signOut}?confirm=${hashOf(id)}`)
  return ['/', policy.signIn?.afterSignOut, signOut, `${signOut}?confirm=`, ...confirms].includes(link)
}

/** Of `a` and `r`. */
function idsIn({ token, refresh }: SessionCookies, { headers }: ViewerRequest): string[] {
  const held = token !== null && 'id' in token ? [token.id] : []
  // One that has been signed out has an id, too.
  const written = (headers.cookie ?? []).flatMap(({ value }) =>
    [...value.matchAll(/__Host-ep-[ar]=[12]\.([\w-]{22})\./g)].map(([, id = '']) => id),
  )
  return [...new Set([...held, ...(refresh ? [refresh.id] : []), ...written])]
}

function ofStart(context: Context): Remark[] {
  const { policy, request, location, status, set, host } = context
  const endpoint = policy.signIn?.endpoints.authorization ?? ''
  if (status !== '302' || location === undefined || !location.startsWith(endpoint) || host === null) {
    return [{ rule: 'sign-in/without', story: `a navigation without a good token is answered by ${told(context)}` }]
  }
  const slots = set.filter(({ name, value }) => /^__Host-ep-t[0-7]$/.test(name) && value !== '')
  const [{ name = '', value = '', attributes = [] } = {}] = slots
  const slot = slotOf(value)
  const number = Number(name.slice(-1))
  if (slots.length !== 1 || slot === undefined || !attributes.includes('Max-Age=3600')) {
    return [{ rule: 'sign-in/start', story: `a start sets ${slots.length} slots, or one of another form` }]
  }
  const found: Remark[] = []
  const wanted = authorizationParameters(policy, host, number, slot)
  for (const [parameter, text] of new URL(endpoint).searchParams) wanted.set(parameter, text)
  const given = [...new URL(location).searchParams]
  const isSame = given.length === wanted.size && given.every(([parameter, text]) => wanted.get(parameter) === text)
  if (!isSame)
    found.push({ rule: 'sign-in/start', story: "the provider is asked with other parameters than the seed's" })
  const wayBack = slotPathOf(request)
  if (slot.path.toUpperCase() !== wayBack.toUpperCase()) {
    found.push({ rule: 'sign-in/return-path', story: `the slot keeps ${slot.path} in the place of ${wayBack}` })
  }
  return [...found, ...ofSlot(context, number, slot.date), ...ofTakenBack(context)]
}

function ofSlot({ cookies, seconds }: Context, number: number, date: number): Remark[] {
  const [from, to] = seconds
  if (date < Math.floor(from) - 1 || date > to + 1) return [{ rule: 'sign-in/slot', story: 'a slot has another date' }]
  const isFree = (index: number, sure: boolean) => {
    const slot = cookies.slots[index]
    return slot === undefined || (sure ? from : to) - slot.date > (sure ? 3602 : 3598)
  }
  const numbers = [...cookies.slots.keys()]
  if (isFree(number, false)) return []
  const oldest = Math.min(...cookies.slots.map((slot) => slot?.date ?? 0))
  const isOldest = cookies.slots[number]?.date === oldest
  if (isOldest && !numbers.some((index) => isFree(index, true))) return []
  return [{ rule: 'sign-in/slot', story: 'a start takes the slot of another one that may come back' }]
}

/** `sign-in/refused-session`, and nothing else. */
function ofTakenBack({ cookies, request, set }: Context): Remark[] {
  const back = set.filter(({ value }) => value === '').map(({ name }) => name.slice(cookiePrefix.length))
  const { token, refresh, signedOut, counts } = cookies
  const isOver = token !== null && 'rule' in token && token.rule === 'sign-in/revived'
  const isRefused = refresh !== null && (signedOut.includes(refresh.id) || counts?.refused === hashOf(refresh.text))
  const isAny = isRefused || isOver || idsIn(cookies, request).some((id) => signedOut.includes(id))
  const strange = back.filter((name) => !isAny || !/^[ar](?:\.1)?$/.test(name))
  const missing = [...(isOver ? ['a'] : []), ...(isRefused ? ['r'] : [])].filter((name) => !back.includes(name))
  const others = set.filter(({ name, value }) => value !== '' && !/^__Host-ep-t[0-7]$/.test(name))
  if (strange.length + missing.length + others.length === 0) return []
  const story = `a start takes back ${back.join(', ') || 'nothing'}, and sets ${others.length} cookies beside its slot`
  return [{ rule: 'sign-in/refused-session', story }]
}

function ofWayToRefresh(context: Context): Remark[] {
  const { policy, request, location = '', status, set, host } = context
  const { refresh } = ownPathsOf(policy)
  const [address, query = ''] = location.split('?')
  const isThere = address === refresh || (host !== null && address === `https://${host}${refresh}`)
  const [, to = ''] = /^to=([^&]*)$/.exec(query) ?? []
  const wayBack = slotPathOf(request)
  const isWay = [to, decoded(to)].some((text) => text.toUpperCase() === wayBack.toUpperCase())
  // It sets an empty `g` where there is none, and looks for it at the refresh.
  const isProbe = set.length === 1 && set[0]?.name === `${cookiePrefix}g` && set[0].value === '0.0.0.'
  if (status === '302' && isThere && isWay && (set.length === 0 || (isProbe && !hasGuard(request)))) return []
  return [{ rule: 'sign-in/refresh-due', story: `where a refresh is due the answer is ${told(context)}` }]
}

/** Whether there is a `g`, of whatever form. */
function hasGuard({ headers }: ViewerRequest): boolean {
  return (headers.cookie ?? []).some(({ value }) => /(?:^|;) *__Host-ep-g=[^;]/.test(value))
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const statuses: Readonly<Record<keyof OwnPaths, readonly string[]>> = {
  callback: ['303', '400', '403', '421', '503'],
  refresh: ['303', '400', '403', '421', '503'],
  signOut: ['303', '400', '403', '421'],
}

function ofOwnPath(context: Context): Remark[] {
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
function ofCallback(context: Context): Remark[] {
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

function ofRefresh(context: Context): Remark[] {
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
function ofSignOut(context: Context): Remark[] {
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
