/** Holds the authorizer against the oracle on every combination of a family, and counts. */
import type { ViewerRequestEvent } from '../../authorizer/cloudfront.ts'
import type { Policy } from '../../authorizer/policy.ts'
import { createAuthorizer } from '../../config/create-authorizer.ts'
import { withDefaults } from '../../config/policy-defaults.ts'
import { createOracle } from '../../oracle/oracle.ts'
import { rewriteOf } from '../../oracle/rewrites.ts'
import type { ServedUrls } from '../../oracle/served-urls.ts'
import type { Verdict } from '../../oracle/verdict.ts'
import { createSigningKey, type SigningKey } from '../../testing/issuer.ts'
import { headerOf, rawToken } from '../../testing/mint.ts'
import { type RequestFields, viewerRequestEvent } from '../../testing/viewer-request.ts'
import { combinations, type Family, type FamilyTokens } from './family.ts'

/** When everything happens: 2026-01-01. */
const now = 1_767_225_600_000

interface Difference {
  family: string
  /** The request, for people: its path, and the token's header and payload or the headers that carry it. */
  request: string
  /** The authorizer's decision, with its reason. */
  ours: string
  /** The oracle's, with its rule. */
  oracle: string
}

export interface Comparison {
  /** Requests that both decided alike. */
  equal: number
  /** Requests that the page leaves open even to ours. */
  open: number
  different: number
  /** The first of them. */
  differences: Difference[]
}

/** Differences that are kept; they are counted to the end. */
const maxKept = 20

/** The keys of every comparison, which are dear to make: one for each issuer of a policy, another of the first's, and an RSA key. */
export interface Keys {
  issuers: readonly SigningKey[]
  other: SigningKey
  rsa: SigningKey
}

export async function createKeys(): Promise<Keys> {
  const named = (kid: string) => createSigningKey('EdDSA', kid)
  return {
    issuers: await Promise.all(['key-1', 'key-2', 'key-3'].map(named)),
    other: await named('key-other'),
    rsa: await createSigningKey('RS256', 'key-rsa'),
  }
}

/** `tick` is called for each request; the comparison ends early where it gives false. */
export async function compare(family: Family, keys: Keys, tick: () => boolean): Promise<Comparison> {
  const comparison: Comparison = { equal: 0, open: 0, different: 0, differences: [] }
  for (const set of family.keys ?? [undefined]) {
    const served = publish(family.policy, keys, set)
    const contender = await createContender(family.policy, served)
    for (const { event, text } of requestsOf(family, keys)) {
      const [ours, verdict, reachable] = await contender(event)
      const expected = expectedOf(family.policy, event, verdict, reachable)
      if (expected.length === 0) comparison.open++
      else if (expected.includes(ours.status)) comparison.equal++
      else if (comparison.different++ < maxKept) {
        comparison.differences.push({
          family: family.name,
          request: set ? `${text()} keys ${JSON.stringify(set)}` : text(),
          ours: `${ours.status} ${ours.reason}`,
          oracle: `${expected.join(' or ')}: ${verdict.rule}: ${verdict.reason}`,
        })
      }
      if (!tick()) return comparison
    }
  }
  return comparison
}

/** What ours may do by the page: pass to a URI, or be denied with a status or a Location; empty where all are open. */
function expectedOf(policy: Policy, event: ViewerRequestEvent, verdict: Verdict, reachable: boolean): string[] {
  const { slash } = verdict
  if (slash?.verdict.outcome === 'must-allow') return [`302 ${slash.location}`]
  const ours = verdict.ours ?? (verdict.outcome === 'must-allow' ? 'allow' : undefined)
  if (ours === undefined) return []
  const request = event.Records[0]?.cf.request
  if (ours === 'allow' && request) return [`allow ${rewriteOf(policy, request)?.uri ?? request.uri}`]
  // Where no key can be had, 503 is as good as a denial.
  if (verdict.denial === 'unauthenticated') return reachable ? ['401'] : ['401', '503']
  if (verdict.denial) return ['403']
  return ['401', '403', '503']
}

/** What each key-set URL of the policy answers. */
function publish(policy: Policy, keys: Keys, set: readonly unknown[] | undefined): ServedUrls {
  const served: Record<string, unknown[]> = {}
  const issuers = withDefaults(policy).providers.flatMap((provider) => provider.issuers)
  for (const [index, { jwksUri }] of issuers.entries()) {
    served[jwksUri] = set ? [...set] : [...(served[jwksUri] ?? []), keys.issuers[index]?.jwk]
  }
  return Object.fromEntries(
    Object.entries(served).map(([uri, jwks]) => [uri, { kind: 'body', body: JSON.stringify({ keys: jwks }) }]),
  )
}

/** Asks both the same. The authorizer's keys are there before the first request. */
async function createContender(policy: Policy, served: ServedUrls) {
  const { authorize } = createAuthorizer(policy, {
    get: async (uri) => {
      const answer = served[uri]
      if (answer?.kind !== 'body') throw new Error(`nobody serves ${uri}`)
      return answer.body
    },
    now: () => now,
  })
  const oracle = createOracle(policy, 'ours')
  await oracle.serve(served, now)
  oracle.observe(Object.keys(served).map((url) => ({ url, at: now, via: 'http/1.1' })))
  await new Promise(setImmediate)
  return async (event: ViewerRequestEvent): Promise<[{ status: string; reason: string }, Verdict, boolean]> => {
    const verdict = await oracle.judge(event, now)
    const request = event.Records[0]?.cf.request
    if (!request) throw new Error('an event has one record')
    const decision = await authorize(structuredClone(request))
    const reachable = oracle.keysReachable(now, event)
    if (decision.allow) return [{ status: `allow ${decision.request.uri}`, reason: '' }, verdict, reachable]
    const { status, headers } = decision.response
    const location = headers.location?.[0]?.value
    return [
      { status: location === undefined ? status : `${status} ${location}`, reason: decision.reason },
      verdict,
      reachable,
    ]
  }
}

function* requestsOf(family: Family, keys: Keys): Generator<{ event: ViewerRequestEvent; text: () => string }> {
  const { requests, tokens, uris } = family
  if (requests) {
    const texts = familyTokens(keys)
    for (const fields of requests(texts)) {
      for (const uri of uris)
        yield { event: viewerRequestEvent(uri, fields), text: () => `${uri} ${readable(fields, texts)}` }
    }
  }
  if (!tokens) return
  for (const signer of tokens.signers ?? [0]) {
    const key = keys.issuers[signer]
    if (!key) throw new Error(`${family.name}: no key for issuer ${signer}`)
    for (const header of combinations(tokens.header ?? {})) {
      for (const claims of combinations(tokens.claims)) {
        const headerPart = { ...headerBase(key, tokens.header), ...header }
        const payload = { ...payloadBase(family.policy, tokens.claims), ...claims }
        const token = rawToken(key, payload, headerPart)
        for (const uri of uris) {
          const event = viewerRequestEvent(uri, { headers: { authorization: `Bearer ${token}` } })
          yield {
            event,
            text: () => `${uri} ${JSON.stringify(headerPart)} ${JSON.stringify(payload)} signed by key ${signer}`,
          }
        }
      }
    }
  }
}

/** What the family does not vary. */
function headerBase(key: SigningKey, varied: object = {}): object {
  return Object.fromEntries(Object.entries(headerOf(key)).filter(([name]) => !(name in varied)))
}

function payloadBase(policy: Policy, varied: object): object {
  const [provider] = withDefaults(policy).providers
  const base = {
    iss: provider.issuers[0].issuer,
    sub: 'ann',
    token_use: provider.tokenUse ?? undefined,
    [provider.clientClaim]: provider.clientIds[0],
    exp: now / 1000 + 3600,
    jti: 'j',
  }
  return Object.fromEntries(Object.entries(base).filter(([name]) => !(name in varied)))
}

function familyTokens({ issuers: [key] }: Keys): FamilyTokens {
  if (!key) throw new Error('no key')
  const of = (sub: string, seconds: number) =>
    rawToken(key, {
      iss: 'https://issuer.example.com/pool',
      client_id: 'web',
      token_use: 'access',
      sub,
      'cognito:groups': ['g'],
      exp: now / 1000 + seconds,
    })
  return { ann: of('ann', 100), annLater: of('ann', 200), bob: of('bob', 100), expired: of('bob', -100) }
}

/** The fields with names in the tokens' places. */
function readable(fields: RequestFields, tokens: FamilyTokens): string {
  let text = JSON.stringify(fields)
  for (const [name, token] of Object.entries(tokens)) text = text.replaceAll(token, name.toUpperCase())
  return text
}
