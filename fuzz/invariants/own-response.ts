/** Holds our own response to the one that the policy asks for. */
import type { ViewerRequest } from '../../authorizer/cloudfront.ts'
import type { Policy } from '../../authorizer/policy.ts'
import { type ExpectedResponse, expectedResponses, expectedWithoutKeys } from '../../oracle/denial.ts'
import type { Verdict } from '../../oracle/verdict.ts'
import type { ReturnedResponse } from '../answer.ts'
import { bodyOf, valuesOf } from './header-values.ts'
import type { Remark } from './observation.ts'

/** What is wrong with it by the expected response that it is most like; empty where nothing is. */
export function differences(
  policy: Policy,
  request: ViewerRequest,
  response: ReturnedResponse,
  verdict: Verdict,
): Remark[] {
  const status = String(response.status)
  const expected = status.startsWith('5') ? [expectedWithoutKeys(status)] : expectedResponses(policy, request, verdict)
  const all = expected.map((one) => differencesFrom(one, policy, response, verdict))
  return all.reduce((best, one) => (one.length < best.length ? one : best))
}

function differencesFrom(
  expected: ExpectedResponse,
  policy: Policy,
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
  // With sign-in a visitor without the right has a page with a way out, unless the policy has its own (sign-in/forbidden).
  const isForbidden = expected.status === '403' && policy.deny?.forbidden?.page === undefined
  if (policy.signIn && isForbidden) return found
  const body = bodyOf(response)
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

function cut(text: string): string {
  return JSON.stringify(text.slice(0, 100))
}
