/** What signing in asks of one request (SEMANTICS.md, "Sign-in", "Order"): which answers ours may give to it. */
import type { ViewerRequest } from '../authorizer/cloudfront.ts'
import type { Policy } from '../authorizer/policy.ts'
import { type Claims, own } from './claim-reference.ts'
import type { PathReadings } from './path-readings.ts'
import { providersOf } from './policy-defaults.ts'
import { bestMatch } from './route-match.ts'
import { hashOf, type SessionCookies } from './session-cookies.ts'
import type { SignInAnswer, Verdict } from './verdict.ts'

export interface OwnPaths {
  callback: string
  refresh: string
  signOut: string
}

export function ownPathsOf({ signIn }: Policy): OwnPaths {
  const { callback = '/_auth/callback', refresh = '/_auth/refresh', signOut = '/_auth/sign-out' } = signIn?.paths ?? {}
  return { callback, refresh, signOut }
}

/** Null: no own path. */
export function ownPathOf(policy: Policy, { uri }: ViewerRequest): keyof OwnPaths | null {
  if (!policy.signIn) return null
  const [name = null] = Object.entries(ownPathsOf(policy)).find(([, path]) => path === uri) ?? []
  return name as keyof OwnPaths | null
}

/** The site's host that the request names; null: none (`sign-in/host`). */
export function siteHostOf({ signIn }: Policy, { headers }: ViewerRequest, event: unknown): string | null {
  const entries = Object.hasOwn(headers, 'host') ? (headers.host ?? []) : []
  const host = entries.length === 1 ? entries[0]?.value.toLowerCase() : undefined
  const cf = (event as { Records: { cf: { config?: { distributionDomainName?: string } } }[] }).Records[0]?.cf
  const hosts = signIn?.hosts ?? [cf?.config?.distributionDomainName]
  return host !== undefined && hosts.includes(host) ? host : null
}

/** `sign-in/navigation`. */
function isSignInNavigation({ method, headers }: ViewerRequest): boolean {
  const values = (name: string) => (Object.hasOwn(headers, name) ? (headers[name] ?? []) : []).map(({ value }) => value)
  const mode = values('sec-fetch-mode')
  const dest = values('sec-fetch-dest')
  if (method !== 'GET' || values('sec-purpose').length > 0) return false
  if (mode.length + dest.length === 0) return values('accept').some((value) => /text\/html/i.test(value))
  const says = (entries: readonly string[], wanted: string) =>
    entries.length === 0 || (entries.length === 1 && entries[0] === wanted)
  return says(mode, 'navigate') && says(dest, 'document')
}

export interface Situation {
  policy: Policy
  request: ViewerRequest
  host: string | null
  cookies: SessionCookies
  /** Milliseconds. */
  now: number
  /** The request has a token, and the keys for it may not be had. */
  lacksKeys: boolean
}

/** Of a request without a credential in a header: the verdict on its session, with the answers that it may have. */
export function withSignIn(
  situation: Situation,
  verdict: Verdict,
  claims: Claims | null,
  isOpenedByProvider: boolean,
): Verdict {
  const { policy, request, host, now, lacksKeys } = situation
  const signIn = (answers: readonly SignInAnswer[]) => ({ answers, host, seconds: [now / 1000, now / 1000] as const })
  const isNavigation = isSignInNavigation(request)
  const maySetOff = isNavigation || (policy.signIn?.refresh === 'any' && request.method === 'GET')
  if (verdict.outcome !== 'must-deny' && verdict.ours !== 'deny') {
    const due = maySetOff && host !== null && claims !== null ? isEarly(claims, now) && refreshDue(situation) : false
    if (due === false && verdict.ours === 'allow') return verdict
    if (due !== false) {
      const reason = 'the token is good, and near its end'
      const denials = verdict.ours === 'allow' ? [] : unauthenticated()
      const early = { outcome: 'may', rule: 'sign-in/refresh-due', reason } as const
      return { ...early, signIn: signIn(['refresh', ...denials]) }
    }
  }
  if (verdict.denial === 'forbidden') return verdict
  const denials: SignInAnswer[] = verdict.denial === undefined || lacksKeys ? ['denial'] : []
  return { ...verdict, signIn: signIn([...unauthenticated(), ...denials]) }

  function unauthenticated(): SignInAnswer[] {
    if (situation.cookies.isDuplicate) return ['cookies']
    if (!maySetOff) return ['denial']
    const due = refreshDue(situation)
    if (!isOpenedByProvider) return due === false ? ['denial'] : ['denial', 'refresh']
    const otherwise: SignInAnswer[] = isNavigation ? begun(situation) : ['denial']
    if (host === null) return isNavigation ? ['host'] : ['host', 'denial']
    if (due === true) return ['refresh']
    return due === 'open' ? ['refresh', ...otherwise] : otherwise
  }
}

function begun({ cookies: { counts }, now }: Situation): SignInAnswer[] {
  if (counts === null || counts.signIns < 2) return ['start']
  const age = now / 1000 - counts.signedInAt
  return age < 0 || (age >= 119 && age <= 121)
    ? ['start', 'session-not-kept']
    : [age < 120 ? 'session-not-kept' : 'start']
}

/** Less than 60 seconds and less than a tenth of its lifetime left. */
function isEarly(claims: Claims, now: number): boolean {
  const exp = Number(own(claims, 'exp'))
  const iat = own(claims, 'iat')
  const left = exp - now / 1000
  return typeof iat === 'number' && left < 61 && left < (exp - iat) / 10 + 1
}

/** `open`: at a date that ours may read either way. Whether the token is good is asked elsewhere. */
function refreshDue({ cookies: { refresh, signedOut, counts, isDuplicate, isOnSeveralLines }, now }: Situation) {
  if (refresh === null || isDuplicate || signedOut.includes(refresh.id)) return false
  if (isOnSeveralLines || refresh.isUneven) return 'open'
  if (counts === null) return true
  if (counts.refused === hashOf(refresh.text)) return false
  const age = now / 1000 - counts.refreshedAt
  return age < 0 || (age >= 29 && age <= 31) ? 'open' : age > 30
}

/** Whether tokens of the provider that signs visitors in may open what is asked for. */
export function isOpenToSessions(policy: Policy, paths: readonly PathReadings[]): boolean {
  const provider = policy.signIn?.provider ?? providersOf(policy)[0]?.name ?? ''
  return paths.every(({ readings: [segments = []] }) => {
    const route = bestMatch(policy.routes, segments)?.route
    return route?.public === true || route?.provider === undefined || [route.provider].flat().includes(provider)
  })
}
