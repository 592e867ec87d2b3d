/** Judges a payload whose signature is good (SEMANTICS.md, "Claims"; RFC 7519 4.1; Cognito Developer Guide, "Verifying JSON web tokens"). */

import { type Claims, own } from './claim-reference.ts'
import { groupsAreSound } from './grants.ts'
import { type Judgement, lax, may, refused, sound } from './judgement.ts'
import type { JudgedProvider } from './policy-defaults.ts'

/**
 * Everything but what forbids. `issuers`: whose keys the key was found among; `now` and `toleranceMs` in milliseconds, the
 * former since the epoch.
 */
export function judgeClaims(
  provider: JudgedProvider,
  issuers: readonly string[],
  claims: Claims,
  { now, toleranceMs }: { now: number; toleranceMs: number },
): Judgement[] {
  return [
    judgeIssuer(provider, issuers, claims),
    ...judgeDates(toleranceMs, claims, now),
    judgeTokenUse(provider, claims),
    judgeClient(provider, claims),
    judgeAudience(provider, claims),
    judgeConfirmation(provider, claims),
    groupsAreSound(provider, claims)
      ? sound
      : may('claims/groups', `${provider.groupsClaim.claim} is not what groups are written as`, 'deny'),
    ...looseTypes(claims),
  ]
}

const placeholder = '{tid}'

/** Whether `iss` is this issuer; of one with `{tid}`, whoever the tenant is. */
export function isIssuer(issuer: string, claims: Claims): boolean {
  const tenant = own(claims, 'tid')
  if (!issuer.includes(placeholder)) return own(claims, 'iss') === issuer
  return isTenant(tenant) && own(claims, 'iss') === issuer.split(placeholder).join(tenant)
}

function isTenant(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.isWellFormed()
}

function judgeIssuer({ tenants }: JudgedProvider, issuers: readonly string[], claims: Claims): Judgement {
  const accepted = issuers.filter((issuer) => isIssuer(issuer, claims))
  if (accepted.some((issuer) => !issuer.includes(placeholder))) return sound
  if (accepted.length > 0) {
    const isListed = tenants === 'any' || tenants.some((tenant) => tenant === own(claims, 'tid'))
    return isListed ? sound : refused('claims/tenant', 'tid is not one of the tenants')
  }
  return issuers.every((issuer) => issuer.includes(placeholder)) && !isTenant(own(claims, 'tid'))
    ? refused('claims/tenant', 'tid is not a text')
    : refused('claims/iss', 'iss is not the issuer that the key belongs to')
}

/** RFC 7519 4.1.4 to 4.1.6: NumericDate is a JSON number of seconds. */
function judgeDates(tolerance: number, claims: Claims, now: number): Judgement[] {
  const exp = own(claims, 'exp')
  const nbf = own(claims, 'nbf')
  const iat = own(claims, 'iat')
  const judgements: Judgement[] = []
  if (typeof exp !== 'number') judgements.push(refused('claims/exp', 'exp is absent or not a number'))
  else {
    const end = exp * 1000 + tolerance
    if (now >= end) judgements.push(edge(now - end, 'deny') ?? refused('claims/exp', 'the token has expired'))
    else judgements.push(edge(end - now - 1, 'allow') ?? sound)
  }
  if (nbf !== undefined) {
    if (typeof nbf !== 'number') judgements.push(refused('claims/nbf', 'nbf is not a number'))
    else {
      const begin = nbf * 1000 - tolerance
      if (now < begin)
        judgements.push(edge(begin - now - 1, 'deny') ?? refused('claims/nbf', 'the token is not valid yet'))
      else judgements.push(edge(now - begin, 'allow') ?? sound)
    }
  }
  if (iat !== undefined && typeof iat !== 'number') judgements.push(lax('claims/iat', 'iat is not a number'))
  for (const [name, date] of [
    ['exp', exp],
    ['nbf', nbf],
    ['iat', iat],
  ] as const) {
    if (typeof date !== 'number' || Number.isInteger(date)) continue
    // JSON's 1e400 is Infinity by the time anybody sees it.
    if (Number.isFinite(date)) judgements.push(lax(`claims/${name}`, `${name} is a fraction`, 'allow'))
    else judgements.push(lax(`claims/${name}`, `${name} is not finite`))
  }
  return judgements
}

/** Within a second of an edge others may decide either way; ours decides to the millisecond. */
function edge(distanceMs: number, ours: 'allow' | 'deny'): Judgement | null {
  return distanceMs < 1000 ? may('claims/edge', 'the clock is within one second of an edge', ours) : null
}

function judgeTokenUse({ tokenUse }: JudgedProvider, claims: Claims): Judgement {
  return tokenUse === null || own(claims, 'token_use') === tokenUse
    ? sound
    : refused('claims/token-use', `token_use is not "${tokenUse}"`)
}

function judgeClient({ tokenUse, clientClaim, clientIds }: JudgedProvider, claims: Claims): Judgement {
  const client = own(claims, clientClaim)
  if (clientClaim !== 'aud') {
    return isOneOf(clientIds, client)
      ? sound
      : refused('claims/client', `${clientClaim} is not one of the provider's clients`)
  }
  const judgement = judgeMembers('claims/client', clientIds, client)
  if (judgement.outcome !== 'sound' || tokenUse !== 'id' || !Array.isArray(client)) return judgement
  return may('claims/aud-array', 'aud of an id token is an array', client.length === 1 ? 'allow' : 'deny')
}

function judgeAudience({ audiences }: JudgedProvider, claims: Claims): Judgement {
  return audiences === null ? sound : judgeMembers('claims/audience', audiences, own(claims, 'aud'))
}

/** RFC 7519 4.1.3: a string, or an array of strings of which one is enough. */
function judgeMembers(rule: 'claims/client' | 'claims/audience', wanted: readonly string[], aud: unknown): Judgement {
  if (isOneOf(wanted, aud)) return sound
  if (!Array.isArray(aud) || !aud.some((member) => isOneOf(wanted, member))) {
    return rule === 'claims/client'
      ? refused('claims/client', "aud does not name one of the provider's clients")
      : refused('claims/audience', 'aud does not name one of the audiences')
  }
  // The array is of the wrong type as a whole, and yet names one.
  return aud.every((member) => typeof member === 'string')
    ? sound
    : lax(rule, 'aud names what is wanted beside something that is no string')
}

function isOneOf(wanted: readonly string[], value: unknown): boolean {
  return wanted.some((one) => one === value)
}

/** RFC 7800 3.1: whoever presents it has to prove possession of a key, which a bearer does not. */
function judgeConfirmation({ isConfirmationIgnored }: JudgedProvider, claims: Claims): Judgement {
  const confirmation = own(claims, 'cnf')
  if (isConfirmationIgnored || confirmation === undefined) return sound
  return confirmation === null
    ? may('claims/cnf', 'cnf is null', 'deny')
    : refused('claims/cnf', 'the token is bound to a key')
}

/** Claims whose types RFC 7519 4.1 or Cognito fixes (Developer Guide, "Understanding the access token"). */
const strings = ['sub', 'jti', 'username', 'client_id', 'token_use', 'origin_jti', 'event_id', 'email']

const numbers = ['auth_time', 'version']

/** A wrong type of a claim that the decision does not use is only loose. */
function looseTypes(claims: Claims): Judgement[] {
  const judgements: Judgement[] = []
  const expect = (names: readonly string[], type: string) => {
    for (const name of names) {
      const value = own(claims, name)
      if (value !== undefined && typeof value !== type) judgements.push(either(`${name} is not a ${type}`))
    }
  }
  expect(strings, 'string')
  expect(numbers, 'number')
  for (const name of ['aud', 'scope']) {
    const value = own(claims, name)
    const members: unknown[] = Array.isArray(value) ? value : [value]
    if (value !== undefined && !members.every((member) => typeof member === 'string')) {
      judgements.push(either(`${name} is neither a string nor an array of strings`))
    }
  }
  return judgements
}

function either(reason: string): Judgement {
  return { outcome: 'lax', rule: 'claims/types', reason }
}
