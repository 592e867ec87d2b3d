/**
 * The judge: SEMANTICS.md written down rule by rule, slow and plain. It sees the same bytes as the handler and the true
 * key sets, and shares no code with authorizer/.
 */

import type { Headers, ViewerRequest } from '../authorizer/cloudfront.ts'
import type { Policy } from '../authorizer/policy.ts'
import { judgeClaims } from './claims.ts'
import { presentedTokens } from './credentials.ts'
import { type Claims, grantOf, missingClaim, own } from './grants.ts'
import { createIssuerKeys, type IssuerKeys } from './issuer-keys.ts'
import { type Judgement, lax, may, refused, sound, verdictOf } from './judgement.ts'
import type { PublishedKey } from './key-set.ts'
import { type PathReadings, readPath } from './path-readings.ts'
import { defaults, issuersOf } from './policy-defaults.ts'
import { bestMatch } from './route-match.ts'
import type { Fetch, ServedUrls } from './served-urls.ts'
import { signatureHolds } from './signature.ts'
import { type TokenParts, takeApart } from './token.ts'
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
  /** `now`: the suite's clock in milliseconds when the event is handed over. */
  judge(event: unknown, now: number): Promise<Verdict>
  /** Whether every issuer's keys can be had; where not, a 5xx is as good as a denial. */
  keysReachable(now: number): boolean
}

/** Foreign handlers have a minute to notice a new key; ours has what its policy says (default 10 s). */
const foreignCooldownMs = 60_000
const maxTokens = 20_000

export function createOracle(policy: Policy, whose: 'ours' | 'foreign'): Oracle {
  const cooldownMs = whose === 'ours' ? (policy.jwks?.cooldown ?? defaults.cooldownSeconds) * 1000 : foreignCooldownMs
  const issuers = issuersOf(policy).map((issuer) => ({ ...issuer, keys: createIssuerKeys(policy, cooldownMs) }))
  let loaded = false
  const takenApart = new Map<string, TokenParts | Judgement>()

  /** Remembered, because a fuzzer presents the same token many times. */
  function partsOf(token: string): TokenParts | Judgement {
    let parts = takenApart.get(token)
    if (parts === undefined) {
      if (takenApart.size >= maxTokens) takenApart.clear()
      parts = takeApart(policy, token)
      takenApart.set(token, parts)
    }
    return parts
  }

  async function judgeToken(
    presented: { token: string; judgements: Judgement[] },
    now: number,
  ): Promise<{ judgements: Judgement[]; claims: Claims } | Judgement> {
    const parts = partsOf(presented.token)
    if ('outcome' in parts) return parts
    const refusal = parts.judgements.find((judgement) => judgement.outcome === 'refused')
    if (refusal) return refusal
    let best: Judgement = refused('token/signature', 'no key of the issuer made the signature')
    for (const { issuer, keys } of issuers) {
      for (const key of keys.everPublished()) {
        const selection = judgeSelection(parts, key, keys)
        if (selection.outcome === 'refused' || !(await signatureHolds(parts, key))) continue
        const judgements = [
          ...presented.judgements,
          ...parts.judgements,
          selection,
          keys.judgeKind(key),
          keys.judgeAge(key, now),
          ...judgeClaims(policy, issuer, parts.claims, now),
        ]
        const worst = judgements.find((judgement) => judgement.outcome === 'refused')
        if (worst === undefined) return { judgements, claims: parts.claims }
        best = worst
      }
    }
    return best
  }

  /** Steps 4 to 8 of the order: the path, then the credentials, then the right. */
  async function judgePath(uri: string, headers: Headers, now: number): Promise<Verdict> {
    const path = readPath(uri)
    const anonymous = judgeGrant(policy, path, null)
    if (anonymous.outcome !== 'refused' || anonymous.rule === 'paths/no-route') return verdictOf([anonymous])
    const presented = presentedTokens(policy, headers)
    if ('outcome' in presented) return verdictOf([presented])
    const verdicts: Verdict[] = []
    for (const candidate of presented) {
      const token = await judgeToken(candidate, now)
      if ('outcome' in token) verdicts.push(verdictOf([token]))
      else
        verdicts.push(
          verdictOf([...token.judgements, required(policy, token.claims), judgeGrant(policy, path, token.claims)]),
        )
    }
    // Several cookies of the name: whichever is taken, a grant of any leaves it open.
    return verdicts.find((verdict) => verdict.outcome !== 'must-deny') ?? verdicts[0] ?? verdictOf([anonymous])
  }

  return {
    async serve(urls, now) {
      for (const { jwksUri, keys } of issuers) {
        // What is not served when the handler loads is an outage until it is.
        if (!loaded || Object.hasOwn(urls, jwksUri)) await keys.serve(urls[jwksUri], now)
      }
      loaded = true
    },
    setBack(milliseconds) {
      for (const { keys } of issuers) keys.setBack(milliseconds)
    },
    observe(fetches, { sure = true } = {}) {
      for (const { url, at } of fetches) {
        issuers.find(({ jwksUri }) => jwksUri === url)?.keys.fetched(at, sure)
      }
    },
    cutOff(urls) {
      for (const url of urls) issuers.find(({ jwksUri }) => jwksUri === url)?.keys.cutOff()
    },
    keysReachable: (now) => issuers.every(({ keys }) => keys.reachable(now)),
    async judge(event, now) {
      const request = viewerRequestOf(event)
      if (request === null) {
        const reason = 'the event is not one that CloudFront sends at viewer request'
        return verdictOf([hasRequest(event) ? may('order/event', reason) : lax('order/event', reason)])
      }
      if (isPreflight(policy, request)) {
        return { outcome: 'must-allow', rule: 'order/preflight', reason: 'it is a CORS preflight', ours: 'allow' }
      }
      if (!(policy.methods ?? defaults.methods).includes(request.method)) {
        return verdictOf([refused('order/method', 'the method is not one of the policy')])
      }
      return judgePath(request.uri, request.headers, now)
    },
  }
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

function judgeSelection({ header }: TokenParts, key: PublishedKey, keys: IssuerKeys): Judgement {
  const kid = own(header, 'kid')
  if (kid === undefined) {
    const fitting = keys.everPublished().filter((one) => one.algorithms.some((algorithm) => algorithm === header.alg))
    return fitting.length === 1
      ? lax('token/kid', 'the token names no key, and only one fits')
      : refused('token/kid', 'the token names no key, and several fit')
  }
  if (typeof kid !== 'string' || kid !== key.kid) return refused('token/kid', 'kid does not name the key')
  return keys.ambiguous(kid) ? may('token/two-keys', 'two keys of the set have this kid', 'deny') : sound
}

function required(policy: Policy, claims: Claims): Judgement {
  const missing = missingClaim(policy, claims)
  return missing === undefined ? sound : refused('order/required-claim', `the token has no ${missing}`)
}

function judgeGrant(policy: Policy, path: PathReadings, claims: Claims | null): Judgement {
  const granted = (segments: readonly string[]) => ['public', 'granted'].includes(grantOf(policy, segments, claims))
  const all = [...path.readings, ...path.spaceReadings]
  if (!path.wellFormed) {
    return all.every(granted)
      ? may('paths/malformed', `the URI ${path.fault}, yet every reading is granted`, 'deny')
      : refused('paths/malformed', `the URI ${path.fault}, and some reading of it is not granted`)
  }
  if (all.some((segments) => plusIsMatched(policy, path, segments))) {
    return all.every(granted)
      ? may('paths/plus', 'a literal or capture matches a raw "+", and both readings are granted', 'deny')
      : refused('paths/plus', 'a literal or capture matches a raw "+"')
  }
  const [segments = []] = path.readings
  if (granted(segments)) return sound
  return grantOf(policy, segments, claims) === 'no-route'
    ? refused('paths/no-route', 'no route matches')
    : refused('paths/no-right', 'the token does not grant the path')
}

/** Whether a segment with a raw `+` is one that a literal or a capture of the deciding route matches. */
function plusIsMatched(policy: Policy, { plusSegments }: PathReadings, segments: readonly string[]): boolean {
  const parts = bestMatch(policy.routes, segments)?.parts ?? []
  const rest = parts.at(-1)?.kind === 'rest' ? parts.length - 1 : parts.length
  return plusSegments.some((index) => index < rest)
}
