/** Holds one answer against its verdict and against the invariants that hold whatever the verdict. */
import type { Headers, ViewerRequest } from '../../authorizer/cloudfront.ts'
import type { Policy } from '../../authorizer/policy.ts'
import { isCredentialCookie } from '../../oracle/credentials.ts'
import { rewriteOf } from '../../oracle/rewrites.ts'
import { cookieNameIn, cookiePrefix } from '../../oracle/session-cookies.ts'
import type { Verdict } from '../../oracle/verdict.ts'
import type { Answer } from '../answer.ts'
import { credentialHeaders, credentialText } from './credential-text.ts'
import { examineDenial } from './denial.ts'
import { injectedHeaders, injectedLogLines } from './injections.ts'
import { leaksInto } from './leaks.ts'
import { causeIn, type Observation, type Remark } from './observation.ts'
import { requestFault, responseFault } from './result-shape.ts'

export interface Examination {
  observations: Observation[]
  remarks: Remark[]
}

export interface Circumstances {
  policy: Policy
  whose: 'ours' | 'foreign'
  /** Null where the event is none that CloudFront sends. */
  request: ViewerRequest | null
  verdict: Verdict
  /** The verdict for the URI that the handler returned, where it returned another; it is not rewritten again. */
  rewritten: Verdict | undefined
  keysReachable: boolean
  /** Stories of browsers show where the handler's own sign-in leads. */
  playsSignIn: boolean
}

export function examine(answer: Answer, circumstances: Circumstances): Examination {
  const { request } = circumstances
  const { result } = answer
  const examination: Examination = { observations: [], remarks: [] }
  const add = ({ observations = [], remarks = [] }: Partial<Examination>) => {
    examination.observations.push(...observations)
    examination.remarks.push(...remarks)
  }
  if (request === null) return examineStrangeEvent(answer, circumstances)
  if (result.kind === 'threw') add({ observations: [crash(`the handler threw ${result.error}`)] })
  else if (result.kind === 'timeout') {
    add({ observations: [crash(result.spinning ? 'the process no longer answers' : 'the handler never answered')] })
  } else if (result.kind === 'exit') {
    add({ observations: [crash(`the handler ended its process (${result.signal ?? result.code})`)] })
  } else if (result.kind === 'invalid') {
    add({ observations: [{ class: 'invalid-result', rule: 'result/shape', story: result.why, cause: result.why }] })
  } else if (result.kind === 'request') add(examineAllowed(result.request, request, circumstances))
  else add(examineDenied(result.response, request, circumstances))

  if (answer.logs.length > 0 || answer.fetches.length > 0) {
    const text = credentialText(circumstances.policy, request)
    for (const line of answer.logs) add(leaksInto('log', line, text))
    for (const { url } of answer.fetches) add(leaksInto('fetch', url, text))
    add({ observations: injectedLogLines(request, answer.logs) })
  }
  return examination
}

function crash(story: string): Observation {
  return { class: 'crash', rule: 'result/answer', story, cause: causeIn(story) }
}

/** Rule 1: ours denies what is no viewer-request event; Lambda@Edge never sends one to others. */
function examineStrangeEvent({ result }: Answer, { whose, verdict }: Circumstances): Examination {
  if (result.kind === 'response') return { observations: [], remarks: [] }
  const story = `an event that is no viewer request was not denied (${result.kind})`
  return whose === 'ours' && (result.kind !== 'request' || verdict.ours === 'deny')
    ? {
        observations: [{ class: result.kind === 'request' ? 'bypass' : 'crash', rule: verdict.rule, story }],
        remarks: [],
      }
    : { observations: [], remarks: [{ rule: verdict.rule, story }] }
}

function examineAllowed(
  returned: { uri?: unknown; method?: unknown; querystring?: unknown; headers?: Headers },
  request: ViewerRequest,
  circumstances: Circumstances,
): Examination {
  const { policy, whose, rewritten } = circumstances
  const observations: Observation[] = []
  const remarks: Remark[] = []
  const fault = requestFault(returned, { ...request })
  if (fault) observations.push({ class: 'invalid-result', rule: 'result/request', story: fault, cause: causeIn(fault) })
  observations.push(...injectedHeaders(returned.headers, request.headers))
  const judged = decisive(circumstances)
  if (judged.outcome === 'must-deny') {
    const where =
      judged === rewritten
        ? `${JSON.stringify(returned.uri)} in the place of the viewer's`
        : JSON.stringify(request.uri)
    const { rule, reason } = judged
    observations.push({ class: 'bypass', rule, story: `${where} passed although ${reason}`, cause: reason })
  } else if (judged.outcome !== 'must-allow') {
    const story = `passed although ${judged.reason}`
    if (whose === 'ours' && judged.ours === 'deny') {
      observations.push({ class: 'bypass', rule: judged.rule, story, cause: judged.reason })
    } else if (judged.outcome === 'lax') remarks.push({ rule: judged.rule, story })
  }
  const changes = changesTo(returned, request, policy)
  if (whose === 'ours') for (const change of changes) observations.push({ class: 'leak', ...change })
  else remarks.push(...changes)
  return { observations, remarks }
}

/** A foreign handler is judged by the URI that it returns, ours by the viewer's, too. */
function decisive({ whose, verdict, rewritten }: Circumstances): Verdict {
  if (rewritten === undefined) return verdict
  if (whose === 'foreign') return rewritten
  return [verdict, rewritten].find(({ outcome }) => outcome === 'must-deny') ?? verdict
}

/** What an allowed request has lost, gained or kept over the viewer's own without its credential, rewritten as the policy says. */
function changesTo(
  returned: { uri?: unknown; method?: unknown; querystring?: unknown; headers?: Headers },
  request: ViewerRequest,
  policy: Policy,
): Remark[] {
  const expected = withoutCredential(policy, request.headers)
  const headers = returned.headers ?? {}
  const changes: Remark[] = []
  const changed = (story: string) => changes.push({ rule: 'allow/unchanged', story })
  for (const name of ['method', 'querystring'] as const) {
    if (returned[name] !== request[name]) changed(`the ${name} was changed`)
  }
  const rewrite = rewriteOf(policy, request)
  if (returned.uri === request.uri && rewrite !== null && rewrite.uri !== request.uri) {
    changes.push({ rule: rewrite.rule, story: 'the uri was not rewritten as the policy says' })
  } else if (returned.uri !== (rewrite?.uri ?? request.uri)) changed('the uri was changed')
  if (policy.signIn) {
    const story = cookieChange(headers.cookie, expected.cookie)
    if (story !== null) changes.push({ rule: 'sign-in/strip', story })
  }
  for (const name of new Set([...Object.keys(expected), ...Object.keys(headers)])) {
    if (policy.signIn && name === 'cookie') continue
    if (comparable(name, headers[name]) === comparable(name, expected[name])) continue
    const isKept =
      credentialHeaders(policy).includes(name) &&
      name !== 'cookie' &&
      comparable(name, headers[name]) === comparable(name, request.headers[name])
    changed(isKept ? 'the credential is kept' : `the header ${name} was changed, added or removed`)
  }
  return changes
}

/** `sign-in/strip`; null: none. Octet for octet, but for what is between cookies. */
function cookieChange(returned: Headers[string] | undefined, expected: Headers[string] | undefined): string | null {
  const parts = (entries: Headers[string] | undefined) =>
    (Array.isArray(entries) ? entries : []).map(({ value }) =>
      String(value)
        .split(';')
        .map((part) => part.replace(/^ +/, ''))
        .filter((part) => part !== ''),
    )
  const left = parts(returned)
  if (left.flat().some((part) => cookieNameIn(part)?.startsWith(cookiePrefix))) {
    return 'a cookie of the session goes on to the cache and the origin'
  }
  return JSON.stringify(left) === JSON.stringify(parts(expected)) ? null : "the site's own cookies were changed"
}

/** White space around cookies says nothing, of whatever kind, nor do semicolons without one (RFC 6265 5.2 and 5.4). */
function comparable(name: string, entries: Headers[string] | undefined): string {
  if (name !== 'cookie' || !Array.isArray(entries)) return JSON.stringify(entries) ?? ''
  const trimmed = entries.map((entry) => ({
    ...entry,
    value: String(entry?.value)
      .split(';')
      .map((pair) => pair.trim())
      .filter((pair) => pair !== ''),
  }))
  const filled = trimmed.filter(({ value }) => value.length > 0)
  return filled.length === 0 ? '' : JSON.stringify(filled)
}

function withoutCredential(policy: Policy, given: Headers): Headers {
  const headers = policy.signIn ? withoutSession(given) : given
  const named = credentialHeaders(policy)
  const { cookie, ...all } = headers
  const others = Object.fromEntries(Object.entries(all).filter(([name]) => !named.includes(name)))
  if (!named.includes('cookie')) return cookie === undefined ? others : { ...others, cookie }
  const kept = (cookie ?? []).flatMap((entry) => {
    const pairs = entry.value.split(';')
    const left = pairs.filter((pair) => !isCredentialCookie(policy, pair.slice(0, pair.indexOf('=')).trim()))
    if (left.length === pairs.length) return [entry]
    const value = left.map((pair) => pair.trim()).join('; ')
    return value === '' ? [] : [{ ...entry, value }]
  })
  return kept.length === 0 ? others : { ...others, cookie: kept }
}

function withoutSession({ cookie, ...others }: Headers): Headers {
  const left = (cookie ?? []).flatMap((entry) => {
    const parts = entry.value.split(';').map((part) => part.replace(/^ +/, ''))
    const kept = parts.filter((part) => !cookieNameIn(part)?.startsWith(cookiePrefix))
    if (kept.length === parts.length) return [entry]
    return kept.every((part) => part === '') ? [] : [{ ...entry, value: kept.join('; ') }]
  })
  return left.length === 0 ? others : { ...others, cookie: left }
}

function examineDenied(
  response: { status?: unknown; headers?: Headers },
  request: ViewerRequest,
  { policy, whose, verdict, keysReachable, playsSignIn }: Circumstances,
): Examination {
  const observations: Observation[] = []
  const remarks: Remark[] = []
  const fault = responseFault(response)
  if (fault) {
    const observation = {
      class: 'invalid-result',
      rule: 'result/response',
      story: fault,
      cause: causeIn(fault),
    } as const
    return { observations: [observation], remarks }
  }
  observations.push(...injectedHeaders(response.headers))
  if (verdict.rule === 'order/preflight' && String(response.status).startsWith('2')) {
    return { observations, remarks: [{ rule: verdict.rule, story: 'a preflight is answered at the edge' }] }
  }
  const expected = whose === 'ours' ? verdict.ours : verdict.outcome === 'must-allow' ? 'allow' : undefined
  if (expected === 'allow') {
    const story = `${request.method} ${JSON.stringify(request.uri)} was denied (${String(response.status)}) although ${verdict.reason}`
    observations.push({ class: 'false-denial', rule: verdict.rule, story })
  }
  const denial = examineDenial(policy, request, response, {
    keysReachable,
    whose,
    verdict,
    playsSignIn,
  })
  const leaks = leaksInto('response', JSON.stringify(response), credentialText(policy, request))
  return {
    observations: [...observations, ...denial.observations, ...leaks.observations],
    remarks: [...remarks, ...denial.remarks, ...leaks.remarks],
  }
}
