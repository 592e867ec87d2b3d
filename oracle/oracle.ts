/**
 * The judge: SEMANTICS.md written down rule by rule, slow and plain. It sees the same bytes as the handler and the true
 * key sets, and shares no code with authorizer/.
 */

import type { Headers, ViewerRequest } from '../authorizer/cloudfront.ts'
import type { Policy } from '../authorizer/policy.ts'
import { type Claims, own } from './claim-reference.ts'
import { isIssuer, judgeClaims } from './claims.ts'
import { presentedTokens } from './credentials.ts'
import { type Bearer, brokenRule, type Grant, grantOf, missingClaim, scopesOf } from './grants.ts'
import { createIssuerKeys, type IssuerKeys } from './issuer-keys.ts'
import { forbidden, type Judgement, lax, may, refused, sound, verdictOf } from './judgement.ts'
import { type KeyName, mayMean } from './key-selection.ts'
import { type PathReadings, readPath } from './path-readings.ts'
import { plusMatters } from './plus.ts'
import { defaults, type JudgedProvider, providersOf } from './policy-defaults.ts'
import { type Presented, withJudgements } from './presented.ts'
import { rewriteOf, slashLocation, withSlash } from './rewrites.ts'
import type { Fetch, ServedUrls } from './served-urls.ts'
import { presentedBySession, sessionCookiesOf } from './session-cookies.ts'
import { denialOf, type JudgedToken, judgeSeveral, verdictOnToken } from './several-tokens.ts'
import { isOpenToSessions, ownPathOf, siteHostOf, withSignIn } from './sign-in.ts'
import { signatureHolds } from './signature.ts'
import { judgeHeader, type TokenParts, takeApart } from './token.ts'
import type { Verdict } from './verdict.ts'
import { hasRequest, viewerRequestOf } from './viewer-request-shape.ts'

export interface Oracle {
  /** URLs answer this from `now` on; call it once with the answers at load before anything else. */
  serve(urls: ServedUrls, now: number): Promise<void>
  /** The clock was set back by so many milliseconds. */
  setBack(milliseconds: number): void
  /** What the handler fetched, so that what it may still hold is known. `sure` (default): it made use of the answers. */
  observe(fetches: readonly Fetch[], options?: { sure?: boolean }): void
  /** A freeze cut off what the handler was fetching from these URLs, one for each: it got no answer. */
  cutOff(urls: readonly string[]): void
  /**
   * `now`: the suite's clock in milliseconds when the event is handed over. `isRewritten`: its URI is one that a handler
   * returned, which is not rewritten again.
   */
  judge(event: unknown, now: number, options?: { isRewritten?: boolean }): Promise<Verdict>
  /**
   * Whether the keys can be had of each issuer that a token of the event names, or of every issuer where none names one or
   * there is no event; where not, a 5xx is as good as a denial.
   */
  keysReachable(now: number, event?: unknown): boolean
}

/** Foreign handlers have a minute to notice a new key; ours has what its policy says (default 10 s). */
const foreignCooldownMs = 60_000
const maxTokens = 20_000

/** A URL of a provider's keys. */
interface Place {
  provider: JudgedProvider
  jwksUri: string
  issuers: readonly string[]
  keys: IssuerKeys
}

export function createOracle(policy: Policy, whose: 'ours' | 'foreign'): Oracle {
  const cooldownMs = whose === 'ours' ? (policy.jwks?.cooldown ?? defaults.cooldownSeconds) * 1000 : foreignCooldownMs
  const toleranceMs = (policy.clockToleranceSeconds ?? defaults.clockToleranceSeconds) * 1000
  const places = providersOf(policy).flatMap((provider) =>
    provider.keySets.map(
      (keySet): Place => ({
        provider,
        ...keySet,
        keys: createIssuerKeys(policy, provider, cooldownMs),
      }),
    ),
  )
  const placesAt = (url: string) => places.filter(({ jwksUri }) => jwksUri === url)
  let loaded = false
  const takenApart = new Map<string, TokenParts | Judgement>()

  /** Remembered, because a fuzzer presents the same token many times. */
  function partsOf(token: string): TokenParts | Judgement {
    let parts = takenApart.get(token)
    if (parts === undefined) {
      if (takenApart.size >= maxTokens) takenApart.clear()
      parts = takeApart(token)
      takenApart.set(token, parts)
    }
    return parts
  }

  /** `session`: it is asked, because no header has a credential. */
  function presentedIn(headers: Headers) {
    const presented = presentedTokens(policy, headers)
    if (!policy.signIn) return { ...presented, session: null }
    const session = sessionCookiesOf(headers)
    const held = presentedBySession(session)
    if (whose === 'foreign') {
      // What its own cookies are called nobody knows.
      const inCookies = withJudgements(held, [may('sign-in/session', 'the token is in a cookie of ours')])
      return { ...presented, others: [...presented.others, ...inCookies], session: null }
    }
    if (presented.counted.length === 0) return { ...presented, counted: held, session }
    const ignored = withJudgements(held, [
      may('sign-in/header-first', 'a credential in a header decides alone', 'deny'),
    ])
    return { ...presented, others: [...presented.others, ...ignored], session: null }
  }

  /** What the token is worth by the keys of one place: by the first key with nothing against it, else by the first by which nothing is refused. */
  async function judgeAt(
    { provider, issuers, keys }: Place,
    parts: TokenParts,
    now: number,
  ): Promise<{ judgements: Judgement[]; bearer: Bearer } | Judgement | null> {
    const { header, claims } = parts
    const headerJudgements = judgeHeader(provider, header)
    const refusal = headerJudgements.find(isRefused)
    if (refusal) return refusal
    const kid = own(header, 'kid')
    if (kid !== undefined && typeof kid !== 'string') return refused('token/kid', 'kid is no text')
    const name: KeyName = { kid, alg: String(header.alg), isKidOptional: provider.isKidOptional }
    let best: Judgement | null = null
    let open: { judgements: Judgement[]; bearer: Bearer } | null = null
    for (const key of keys.everPublished()) {
      if (!mayMean(name, key) || !(await signatureHolds(parts, key))) continue
      const judgements = [
        ...headerJudgements,
        keys.judgeName(name, key),
        keys.judgeKind(name, key),
        keys.judgeAge(name, key, now),
        ...judgeClaims(provider, issuers, claims, { now, toleranceMs }),
      ]
      const worst = judgements.find(isRefused)
      if (worst) best = worst
      else {
        const reading = { judgements, bearer: { provider, claims } }
        if (judgements.every(({ outcome }) => outcome === 'sound')) return reading
        open ??= reading
      }
    }
    return open ?? best
  }

  async function judgeToken(presented: Presented, paths: readonly PathReadings[], now: number): Promise<JudgedToken> {
    const not = (judgement: Judgement): JudgedToken => ({ verification: [judgement], rights: [], claims: null })
    const unread = presented.judgements.find(isRefused)
    if (unread) return not(unread)
    const parts = partsOf(presented.token)
    if ('outcome' in parts) return not(parts)
    const refusal = parts.judgements.find(isRefused)
    if (refusal) return not(refusal)
    let best: Judgement = refused('token/signature', 'no key that the token may be verified by made the signature')
    for (const place of placesOf(places, parts.claims)) {
      const judged = await judgeAt(place, parts, now)
      if (judged !== null && 'bearer' in judged) {
        return {
          verification: [...presented.judgements, ...parts.judgements, ...judged.judgements],
          rights: [
            ...judgeBearer(judged.bearer),
            ...judgeGrants(policy, paths, judged.bearer),
            whose === 'foreign' ? judgeUnsaidScopes(policy, judged.bearer) : sound,
          ],
          claims: parts.claims,
        }
      }
      best = judged ?? best
    }
    return not(best)
  }

  function reachable(presented: readonly Presented[], now: number): boolean {
    const named = presented.flatMap(({ token }) => {
      const parts = partsOf(token)
      return 'outcome' in parts ? [] : placesOf(places, parts.claims)
    })
    return (named.length > 0 ? named : places).every(({ keys }) => keys.reachable(now))
  }

  /** Steps 4 to 8 of the order, for the viewer's path and what it is rewritten to: the paths, the credentials, the rights. */
  async function judgePaths(paths: readonly PathReadings[], asked: Asked, now: number): Promise<Verdict> {
    const anonymous = judgeGrants(policy, paths, null)
    const barred = anonymous.find((one) => one.outcome === 'refused' && one.rule === 'paths/no-route')
    if (barred !== undefined) return { ...verdictOf([barred]), denial: 'forbidden' }
    if (!anonymous.some(isRefused)) return { ...verdictOf(anonymous), denial: 'forbidden' }
    const { counted, others, session } = presentedIn(asked.request.headers)
    const judge = (presented: readonly Presented[]) => Promise.all(presented.map((one) => judgeToken(one, paths, now)))
    const tokens = await judge(counted)
    const isAskedForToken = paths.every((path) => path.wellFormed && !plusMatters(policy, path))
    const denial = isAskedForToken ? denialOf(tokens) : 'forbidden'
    const verdict: Verdict = { ...(await verdictOnPresented()), ...(denial ? { denial } : {}) }
    if (session === null) return verdict
    // What a token is worth cannot be said then (`sign-in/without`).
    const lacksKeys = tokens.length > 0 && !reachable([...counted, ...others], now)
    const situation = { policy, ...asked, cookies: session, now, lacksKeys }
    return withSignIn(situation, verdict, tokens[0]?.claims ?? null, isOpenToSessions(policy, paths))

    async function verdictOnPresented(): Promise<Verdict> {
      const verdict = verdictOnTokens(tokens, whose)
      if (verdict !== null && verdict.outcome !== 'must-deny') return verdict
      const verdicts = (await judge(others)).map(verdictOnToken)
      return (
        verdicts.find(({ outcome }) => outcome !== 'must-deny') ??
        verdict ??
        verdicts[0] ??
        verdictOf([disguised(policy, paths) ?? refused('credentials/absent', 'no source of credentials is present')])
      )
    }
  }

  /** Step 9. */
  async function judgeRewritten(asked: Asked, now: number): Promise<Verdict> {
    const path = readPath(asked.request.uri)
    const rewrite = rewriteOf(policy, asked.request)
    if (rewrite === null) return judgePaths([path], asked, now)
    const verdict = await judgePaths([path, readPath(rewrite.uri)], asked, now)
    if (whose === 'ours' || verdict.outcome !== 'must-deny') return verdict
    // Who rewrites nothing gives nothing away by it.
    const alone = await judgePaths([path], asked, now)
    return alone.outcome === 'must-deny' ? verdict : verdictOf([lax('order/rewrite', verdict.reason)])
  }

  /** The path, or in its place the one with the slash that it lacks. */
  async function judgeRequest(asked: Asked, now: number): Promise<Verdict> {
    const { request } = asked
    const slashed = withSlash(policy, request)
    if (slashed === null) return judgeRewritten(asked, now)
    const verdict = await judgeRewritten({ ...asked, request: { ...request, uri: slashed } }, now)
    if (verdict.outcome === 'must-deny') return verdict
    const reason = 'no route matches the path without the slash'
    const slash = { location: slashLocation(slashed, request.querystring ?? ''), verdict }
    return { ...verdictOf([refused('paths/slash', reason)]), ...(verdict.denial && { denial: verdict.denial }), slash }
  }

  return {
    async serve(urls, now) {
      for (const { jwksUri, keys } of places) {
        // What is not served when the handler loads is an outage until it is.
        if (!loaded || Object.hasOwn(urls, jwksUri)) await keys.serve(urls[jwksUri], now)
      }
      loaded = true
    },
    setBack(milliseconds) {
      for (const { keys } of places) keys.setBack(milliseconds)
    },
    observe(fetches, { sure = true } = {}) {
      for (const { url, at } of fetches) {
        const asked = placesAt(url)
        // For which of several providers it asked is not known.
        for (const { keys } of asked) keys.fetched(at, sure && asked.length === 1)
      }
    },
    cutOff(urls) {
      for (const url of urls) for (const { keys } of placesAt(url)) keys.cutOff()
    },
    keysReachable(now, event) {
      const request = viewerRequestOf(event)
      const { counted, others } = request ? presentedIn(request.headers) : { counted: [], others: [] }
      return reachable([...counted, ...others], now)
    },
    async judge(event, now, { isRewritten = false } = {}) {
      const request = viewerRequestOf(event)
      if (request === null) {
        const reason = 'the event is not one that CloudFront sends at viewer request'
        return verdictOf([hasRequest(event) ? may('order/event', reason) : lax('order/event', reason)])
      }
      const asked = { request, host: siteHostOf(policy, request, event) }
      const isOwnPath = !isRewritten && ownPathOf(policy, request) !== null
      if (isOwnPath && whose === 'ours') return judgeOwnPath(asked, now)
      if (isPreflight(policy, request)) {
        return { outcome: 'must-allow', rule: 'order/preflight', reason: 'it is a CORS preflight', ours: 'allow' }
      }
      if (!(policy.methods ?? defaults.methods).includes(request.method)) {
        return { ...verdictOf([refused('order/method', 'the method is not one of the policy')]), denial: 'forbidden' }
      }
      const verdict = await (isRewritten ? judgePaths([readPath(request.uri)], asked, now) : judgeRequest(asked, now))
      // Whoever has the same paths answers them, too.
      return isOwnPath && verdict.outcome === 'must-allow' ? verdictOf([may('sign-in/own-paths', isOwn)]) : verdict
    },
  }
}

/** A request, and the site's host that it names. */
interface Asked {
  request: ViewerRequest
  host: string | null
}

const isOwn = 'the path is one that sign-in answers itself'

/** `sign-in/own-paths`. */
function judgeOwnPath({ request, host }: Asked, now: number): Verdict {
  if (request.method !== 'GET') {
    return {
      ...verdictOf([refused('order/method', 'an own path is asked for by another method')]),
      denial: 'forbidden',
    }
  }
  const signIn = { answers: ['own'], host, seconds: [now / 1000, now / 1000] } as const
  return { ...verdictOf([refused('sign-in/own-paths', isOwn)]), signIn }
}

/** Fetch standard, "CORS-preflight request", as the policy narrows it. */
function isPreflight(policy: Policy, { method, headers }: ViewerRequest): boolean {
  const single = (name: string) => {
    const entries = Object.hasOwn(headers, name) ? (headers[name] ?? []) : []
    return entries.length === 1 && entries[0]?.value !== ''
  }
  return (
    policy.corsPreflight === true && method === 'OPTIONS' && single('origin') && single('access-control-request-method')
  )
}

function isRefused({ outcome }: Judgement): boolean {
  return outcome === 'refused'
}

/** Where the issuer's keys are that a payload names: one written out comes before one with `{tid}`. Every place where none is. */
function placesOf(places: readonly Place[], claims: Claims): readonly Place[] {
  const accepts = ({ issuers }: Place) => issuers.filter((issuer) => isIssuer(issuer, claims))
  const named = places.filter((place) => accepts(place).length > 0)
  const exact = named.filter((place) => accepts(place).some((issuer) => !issuer.includes('{tid}')))
  if (exact.length > 0) return exact
  return named.length > 0 ? named : places
}

/** Null: there are none. */
function verdictOnTokens(tokens: readonly JudgedToken[], whose: 'ours' | 'foreign'): Verdict | null {
  const verdicts = tokens.map(verdictOnToken)
  const [first = null] = verdicts
  if (verdicts.length < 2) return first
  const { decision, judgement } = judgeSeveral(tokens)
  const [open] = verdicts
    .filter(({ outcome }) => outcome !== 'must-deny')
    .toSorted((a, b) => Number(a.outcome === 'lax') - Number(b.outcome === 'lax'))
  if (open !== undefined) {
    const verdict = verdictOf([judgement])
    return open.outcome === 'lax' ? { ...verdict, outcome: 'lax', rule: open.rule, reason: open.reason } : verdict
  }
  if (whose === 'ours' && decision === 'two-subjects') {
    return verdictOf([refused('credentials/two-subjects', 'two cookies of the name are of two subjects')])
  }
  // Ours passes over those that do not verify. Others may pass over all: then a login, which leaves one cookie, helps.
  const isDecidedByRight = whose === 'ours' && decision === 'forbidden'
  const verdict = verdicts.find(({ isForbidden = false }) => isForbidden === isDecidedByRight) ?? first
  return whose === 'ours' || verdict === null ? verdict : withoutRight(verdict)
}

function withoutRight({ isForbidden: _isForbidden, ...verdict }: Verdict): Verdict {
  return verdict
}

function judgeBearer({ provider, claims }: Bearer): Judgement[] {
  const missing = missingClaim(provider, claims)
  const broken = brokenRule(provider.claims, claims)
  return [
    missing === undefined ? sound : refused('order/required-claim', `the token has no ${missing}`),
    broken === undefined ? sound : refused('order/claims', `${broken} is not what the provider's rule says`),
  ]
}

/** What is against a path that looks public by some reading: it takes no token to be refused (step 4). */
function disguised(policy: Policy, paths: readonly PathReadings[]): Judgement | undefined {
  const isPublic = (segments: readonly string[]) => grantOf(policy, segments, null) === 'public'
  const looksPublic = ({ readings, spaceReadings }: PathReadings) => [...readings, ...spaceReadings].some(isPublic)
  return judgeGrants(policy, paths.filter(looksPublic), null).find(isRefused)
}

/** A foreign handler may ask for scopes of its own where the policy says nothing of any. */
function judgeUnsaidScopes({ routes }: Policy, { claims }: Bearer): Judgement {
  if (routes.some(({ scopes }) => scopes !== undefined) || scopesOf(claims).includes('openid')) return sound
  return may('paths/scopes', 'the token lacks the scope openid, and the policy says nothing of scopes', 'allow')
}

const lacks: Readonly<Record<Exclude<Grant, 'public' | 'granted'>, Judgement>> = {
  'no-route': refused('paths/no-route', 'no route matches'),
  'wrong-provider': refused('paths/provider', 'the route is for the tokens of another provider'),
  'no-right': refused('paths/no-right', 'the token does not grant the path'),
  'no-scope': refused('paths/scopes', "the token lacks one of the route's scopes"),
  'wrong-claim': refused('paths/claims', "a claim is not what the route's rule says"),
}

/** The viewer's path, and the one that it is rewritten to, if any. */
function judgeGrants(policy: Policy, paths: readonly PathReadings[], bearer: Bearer | null): Judgement[] {
  return paths.map((path, index) => {
    const judgement = judgeGrant(policy, path, bearer)
    if (index === 0 || judgement.outcome === 'sound') return judgement
    const reason = `of the path that it is rewritten to: ${judgement.reason}`
    const isForbidden = judgement.outcome === 'refused' && forbidden.has(judgement.rule)
    return isForbidden ? refused('order/rewrite', reason) : { ...judgement, reason }
  })
}

function judgeGrant(policy: Policy, path: PathReadings, bearer: Bearer | null): Judgement {
  const granted = (segments: readonly string[]) => ['public', 'granted'].includes(grantOf(policy, segments, bearer))
  const all = [...path.readings, ...path.spaceReadings]
  if (!path.wellFormed) {
    return all.every(granted)
      ? may('paths/malformed', `the URI ${path.fault}, yet every reading is granted`, 'deny')
      : refused('paths/malformed', `the URI ${path.fault}, and some reading of it is not granted`)
  }
  if (plusMatters(policy, path)) {
    return all.every(granted)
      ? may('paths/plus', 'a raw "+" matters to the route, and both readings are granted', 'deny')
      : refused('paths/plus', 'a raw "+" matters to the route')
  }
  const [segments = []] = path.readings
  const grant = grantOf(policy, segments, bearer)
  return grant === 'public' || grant === 'granted' ? sound : lacks[grant]
}
