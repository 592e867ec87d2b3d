/** Judges a payload whose signature is good (SEMANTICS.md, "Claims"; RFC 7519 4.1; Cognito Developer Guide, "Verifying JSON web tokens"). */

import type { Policy } from '../authorizer/policy.ts'
import { type Claims, groupsAreSound, own } from './grants.ts'
import { type Judgement, lax, may, refused, sound } from './judgement.ts'
import { defaults } from './policy-defaults.ts'

/** Everything but the route's right and the required claims. `now` in milliseconds since the epoch. */
export function judgeClaims(policy: Policy, issuer: string, claims: Claims, now: number): Judgement[] {
  return [
    own(claims, 'iss') === issuer ? sound : refused('claims/iss', 'iss is not the issuer that the key belongs to'),
    ...judgeDates(policy, claims, now),
    judgeTokenUse(policy, claims),
    groupsAreSound(own(claims, 'cognito:groups'))
      ? sound
      : may('claims/groups', 'cognito:groups is not an array of strings', 'deny'),
    ...looseTypes(claims),
  ]
}

/** RFC 7519 4.1.4 to 4.1.6: NumericDate is a JSON number of seconds. */
function judgeDates(policy: Policy, claims: Claims, now: number): Judgement[] {
  const tolerance = (policy.clockToleranceSeconds ?? defaults.clockToleranceSeconds) * 1000
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

function judgeTokenUse(policy: Policy, claims: Claims): Judgement {
  const known = (client: unknown) => typeof client === 'string' && policy.clientIds.includes(client)
  const aud = own(claims, 'aud')
  const use = policy.tokenUse === undefined ? defaults.tokenUse : policy.tokenUse
  if (use !== null && own(claims, 'token_use') !== use) {
    return refused('claims/token-use', `token_use is not "${use}"`)
  }
  if (use === 'access') {
    return known(own(claims, 'client_id')) ? sound : refused('claims/client', 'client_id is not one of the clients')
  }
  if (known(aud)) return sound
  if (!Array.isArray(aud) || !aud.some(known)) return refused('claims/client', 'aud is not one of the clients')
  // The array is of the wrong type as a whole (RFC 7519 4.1.3), and yet names the client.
  if (!aud.every((member) => typeof member === 'string')) {
    return lax('claims/client', 'aud names the client beside something that is no string')
  }
  if (use === null) return sound
  return may('claims/aud-array', 'aud of an id token is an array', aud.length === 1 ? 'allow' : 'deny')
}

/** Claims whose types RFC 7519 4.1 or Cognito fixes (Developer Guide, "Understanding the access token"). */
const strings = ['sub', 'jti', 'username', 'client_id', 'token_use', 'scope', 'origin_jti', 'event_id', 'email']

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
  const aud = own(claims, 'aud')
  const soundAud =
    aud === undefined ||
    typeof aud === 'string' ||
    (Array.isArray(aud) && aud.every((member) => typeof member === 'string'))
  if (!soundAud) judgements.push(either('aud is neither a string nor an array of strings'))
  return judgements
}

function either(reason: string): Judgement {
  return { outcome: 'lax', rule: 'claims/types', reason }
}
