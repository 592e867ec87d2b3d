/** Holds our own answers under `signIn` to what SEMANTICS.md, "Sign-in", says of a single request. */
import type { ViewerRequest } from '../../../authorizer/cloudfront.ts'
import type { Policy } from '../../../authorizer/policy.ts'
import { sessionCookiesOf } from '../../../oracle/session-cookies.ts'
import type { SignInAnswer, SignInVerdict } from '../../../oracle/verdict.ts'
import type { ReturnedResponse } from '../../answer.ts'
import { valuesOf } from '../header-values.ts'
import type { Remark } from '../observation.ts'
import { ofEveryAnswer, ofPage } from './every-answer.ts'
import { ofOwnPath } from './own-paths.ts'
import { readSetCookie, type SignInContext } from './sign-in-context.ts'
import { ofStart, ofWayToRefresh } from './start.ts'

/** What is wrong with it by the answer that it is most like; null where only the class's denial is asked for. */
export function signInDifferences(
  policy: Policy,
  request: ViewerRequest,
  response: ReturnedResponse,
  { answers, host, seconds }: SignInVerdict,
): Remark[] | null {
  const [location, ...more] = valuesOf(response.headers ?? {}, 'location')
  const context: SignInContext = {
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
  const all = answers
    .filter((one) => one !== 'denial')
    .map((one) => [...ofAnswer(one, context), ...ofEveryAnswer(context)])
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

function ofAnswer(answer: SignInAnswer, context: SignInContext): Remark[] {
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
