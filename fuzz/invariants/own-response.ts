/** Holds our own response to the one that the policy asks for. */
import type { ViewerRequest } from '../../authorizer/cloudfront.ts'
import type { Policy } from '../../authorizer/policy.ts'
import { type ExpectedResponse, expectedResponses, expectedWithoutKeys } from '../../oracle/denial.ts'
import { ownPathsOf } from '../../oracle/sign-in.ts'
import type { Verdict } from '../../oracle/verdict.ts'
import type { ReturnedResponse } from '../answer.ts'
import { echoOf } from './echo.ts'
import { bodyOf, valuesOf } from './header-values.ts'
import type { Remark } from './observation.ts'
import { signInDifferences } from './sign-in/sign-in-answer.ts'

/** What is wrong with it by the expected response that it is most like; empty where nothing is. */
export function differences(
  policy: Policy,
  request: ViewerRequest,
  response: ReturnedResponse,
  verdict: Verdict,
): Remark[] {
  const status = String(response.status)
  const expected = status.startsWith('5') ? [expectedWithoutKeys(status)] : expectedResponses(policy, request, verdict)
  const { signIn } = verdict.slash?.verdict ?? verdict
  const asked = signIn === undefined ? null : signInDifferences(policy, request, response, signIn)
  const isDenied = asked === null || verdict.slash !== undefined || signIn?.answers.includes('denial')
  if (asked !== null && (!isDenied || asked.length === 0)) return asked
  const all = expected.map((one) => differencesFrom(one, policy, request, response, verdict))
  return all.reduce((best, one) => (one.length < best.length ? one : best))
}

function differencesFrom(
  expected: ExpectedResponse,
  policy: Policy,
  request: ViewerRequest,
  response: ReturnedResponse,
  { slash }: Verdict,
): Remark[] {
  const headers = response.headers ?? {}
  const locations = valuesOf(headers, 'location')
  const found: Remark[] = []
  const [wanted] = expected.locations
  const isRedirect = locations.length > 0
  const returnTo = policy.deny?.unauthenticated?.returnTo
  const story = `a response has the status ${String(response.status)} and ${JSON.stringify(locations)} for a Location, in the place of ${expected.status} and ${wanted ?? 'none'}`
  if (locations.length > 1 || (isRedirect ? !expected.locations.includes(locations[0] ?? '') : wanted !== undefined)) {
    // What else there is belongs to the other answer.
    if (slash?.location === wanted && wanted !== undefined) return [{ rule: 'paths/slash', story }]
    if (isRedirect !== (wanted !== undefined)) return [{ rule: 'deny/redirect-on', story }]
    return [returnTo === undefined ? { rule: 'deny/location', story } : { rule: 'deny/return-path', story }]
  }
  if (String(response.status) !== expected.status) found.push({ rule: 'deny/status', story })
  if (policy.signIn && valuesOf(headers, 'set-cookie').length > 0) {
    found.push({ rule: 'sign-in/without', story: 'a denial sets a cookie' })
  }
  const body = bodyOf(response)
  if (expected.isOwnPage) return [...found, ...ownPageFaults(policy, request, body, valuesOf(headers, 'content-type'))]
  if (body !== expected.body) {
    found.push({ rule: 'deny/page', story: `a body is ${cut(body)} in the place of ${cut(expected.body)}` })
  }
  for (const [name, value] of [
    ['content-type', expected.contentType],
    ['content-security-policy', expected.contentSecurityPolicy],
  ] as const) {
    const values = valuesOf(headers, name)
    if (value === undefined || (values.length === 1 && values[0] === value)) continue
    found.push({ rule: 'deny/page', story: `${name} is ${JSON.stringify(values)} in the place of ${value}` })
  }
  return found
}

/** `sign-in/forbidden`: a way out, and nothing of the request. */
function ownPageFaults(policy: Policy, request: ViewerRequest, body: string, types: readonly string[]): Remark[] {
  if (request.method === 'HEAD' ? body === '' : body.includes(`href="${ownPathsOf(policy).signOut}"`)) {
    const echo = echoOf(request, body, JSON.stringify([policy, ownPathsOf(policy)]))
    if (echo !== null) return [{ rule: 'deny/page', story: `the viewer's words are in a body: ${cut(echo)}` }]
    if (types.length === 1 && types[0] === 'text/html; charset=utf-8') return []
  }
  return [{ rule: 'sign-in/forbidden', story: `a visitor without the right gets ${cut(body)}, with no way out` }]
}

function cut(text: string): string {
  return JSON.stringify(text.slice(0, 100))
}
