/** What becomes of one request under a policy, and by which route and rule. */
import type { Decision } from '../../authorizer/authorizer.ts'
import type { ViewerRequestEvent } from '../../authorizer/cloudfront.ts'
import type { CredentialSource, Policy } from '../../authorizer/policy.ts'
import { withDefaults } from '../../config/policy-defaults.ts'
import { UsageError } from '../../config/usage-error.ts'
import { credentialIn } from '../../fuzz/attacks/request-step.ts'
import { type PathReadings, readPath } from '../../oracle/path-readings.ts'
import { bestMatch } from '../../oracle/route-match.ts'
import { type Rule, ruleReference } from '../../oracle/rules.ts'
import type { Verdict } from '../../oracle/verdict.ts'
import { viewerRequestEvent } from '../../testing/viewer-request.ts'
import { decide, difference, locationOf, sign } from './decide.ts'
import { type Claims, missingClaims, providerOf, readClaims } from './given-claims.ts'
import { whoMayRead } from './policy-description.ts'

export interface RequestOptions {
  query?: string
  method?: string
  /** `name: value`. */
  header?: readonly string[]
  /** A JSON object, or a file that holds one. Without it the request has no token but what a header carries. */
  claims?: string
  provider?: string
  /** The token is in the policy's cookie, not where it looks first. */
  cookie?: boolean
}

export interface CheckedRequest {
  method: string
  uri: string
  decision: 'allow' | 'deny'
  /** The deciding route's field and pattern, and whom it is for; null where there is none. */
  route: { field: string; path: string; who: string } | null
  rule: Rule
  /** Where the rule is written. */
  reference: string
  reason: string
  /** Of a denial: the status, the code in the log, and where it redirects to. */
  response?: { status: string; code: string; location?: string }
  /** The path that the origin is asked for in place of the viewer's. */
  served?: string
  /** Whose token it was, with the claims that the policy needs and that were not given. */
  token?: { provider: string; added: Claims }
  /** Where authorizer and rules differ. */
  defect?: string
}

/** @throws UsageError that names the option. */
export async function checkRequest(policy: Policy, uri: string, options: RequestOptions): Promise<CheckedRequest> {
  const { method = 'GET' } = options
  const complete = withDefaults(policy)
  const now = Date.now()
  const path = readPath(uri)
  const match = path.wellFormed ? bestMatch(policy.routes, path.readings[0] ?? []) : null
  const token = options.claims === undefined ? undefined : await tokenOf(readClaims(options.claims))

  async function tokenOf(given: Claims) {
    const wanted = [match?.route.provider ?? []].flat()
    const provider = providerOf(complete, { name: options.provider, iss: given.iss, wanted })
    const added = missingClaims(given, provider, now)
    return { provider: provider.name, added, ...(await sign({ ...given, ...added }, provider)) }
  }

  const credential = token
    ? credentialIn(sourceOf(complete.credentials, options.cookie === true), policy, token.text)
    : {}
  const event = eventOf(uri, method, options, credential)
  const { decision, verdict } = await decide(policy, event, token?.keys ?? {}, now)
  const defect = difference(decision, verdict, complete.deny.forbidden.status)
  const location = locationOf(decision)
  const told = toldRule(decision, verdict, path, match?.route.public === true)
  const field = match && `routes[${policy.routes.indexOf(match.route)}]`
  return {
    method,
    uri,
    decision: decision.allow ? 'allow' : 'deny',
    route:
      match && field
        ? { field, path: match.route.path, who: whoMayRead(match.route, complete.providers.length > 1) }
        : null,
    ...told,
    reference: ruleReference(told.rule),
    ...(decision.allow
      ? decision.request.uri === uri
        ? {}
        : { served: decision.request.uri }
      : {
          response: {
            status: decision.response.status,
            code: decision.reason,
            ...(location === undefined ? {} : { location }),
          },
        }),
    ...(token ? { token: { provider: token.provider, added: token.added } } : {}),
    ...(defect === undefined ? {} : { defect }),
  }
}

/** What is refused before a token matters is told as that; the rules call whatever has nothing against it a good token. */
function toldRule(
  decision: Decision,
  { rule, reason }: Verdict,
  { wellFormed, fault }: PathReadings,
  isPublic: boolean,
): { rule: Rule; reason: string } {
  if (!decision.allow && decision.reason === 'uri')
    return wellFormed
      ? { rule: 'paths/plus', reason: 'a literal or capture matches a raw "+"' }
      : { rule: 'paths/malformed', reason: `the URI ${fault}` }
  return { rule, reason: rule === 'order/allow' && isPublic ? 'the route is public' : reason }
}

function sourceOf(sources: readonly CredentialSource[], isCookie: boolean): CredentialSource {
  const source = sources.find((one) => !isCookie || (typeof one === 'object' && 'cookie' in one))
  if (source === undefined) throw new UsageError('--cookie: the policy reads no cookie; leave it out')
  return source
}

function eventOf(
  uri: string,
  method: string,
  { query = '', header = [] }: RequestOptions,
  credential: Readonly<Record<string, string>>,
): ViewerRequestEvent {
  const given: Record<string, string[]> = {}
  for (const line of header) {
    const [, name = '', value = ''] = /^([^\s:]+):[ \t]*(.*)$/.exec(line) ?? []
    if (name === '') throw new UsageError(`--header: ${JSON.stringify(line)} should be "name: value"`)
    given[name.toLowerCase()] = [...(given[name.toLowerCase()] ?? []), value]
  }
  return viewerRequestEvent(uri, {
    method,
    querystring: query.replace(/^\?/, ''),
    headers: { ...credential, ...given },
    requestId: 'check',
  })
}
