import { claimAt, isMet, scopesOf } from './conditions.ts'
import type { ClaimPath, EdgePolicy, EdgeProvider } from './edge-policy.ts'
import {
  usesAudiences,
  usesCapturedClaims,
  usesClientClaims,
  usesConditions,
  usesCookies,
  usesPaths,
  usesSplit,
  usesTolerance,
} from './features.ts'
import type { JsonObject } from './json-object.ts'

/** What routes need of a verified token; held for as long as the token is remembered. */
export interface TokenRights {
  /** Milliseconds since the epoch: valid from `notBefore` on and before `notAfter`, tolerance included. */
  notBefore: number
  notAfter: number
  groups: readonly string[]
  /** What a capture of each of the policy's captured claims may equal: the claim's values. */
  claims: readonly (readonly string[])[]
  /** Whether each of the policy's conditions holds; undefined where it has none. */
  met: readonly boolean[] | undefined
  /** Why no route at all is granted, if so. */
  lack: 'required-claim' | 'claim' | undefined
  /** `iss` and `sub`, where several tokens of one request have to be told apart. */
  subject: readonly unknown[] | undefined
}

export type ClaimFault =
  | 'expired'
  | 'not-yet-valid'
  | 'date'
  | 'token-use'
  | 'client'
  | 'audience'
  | 'confirmation'
  | 'groups'

/**
 * Checks the registered and Cognito claims (RFC 7519 4.1, RFC 9068 4; Cognito Developer Guide, "Verifying JSON web tokens")
 * of a payload whose issuer is already settled, and picks what routes need. The signature is not checked here.
 */
export function readClaims(payload: JsonObject, provider: EdgeProvider, policy: EdgePolicy): TokenRights | ClaimFault {
  const { exp, nbf = 0, iat = 0 } = payload
  if (!Number.isFinite(exp) || !Number.isFinite(nbf) || !Number.isFinite(iat)) return 'date'
  if (provider.tokenUse !== null && payload.token_use !== provider.tokenUse) return 'token-use'
  if (!isForClient(payload, provider)) return 'client'
  if (usesAudiences && provider.audiences && !isAudience(payload.aud, provider.audiences)) return 'audience'
  // RFC 7800 3.1: whoever presents it has to prove that a key is his, which nobody asks for here.
  if (payload.cnf !== undefined && !provider.unbound) return 'confirmation'
  const tolerance = usesTolerance ? policy.clockTolerance : 0
  const groups = groupsOf(payload, provider)
  if (!groups) return 'groups'
  return {
    notBefore: (nbf as number) * 1000 - tolerance,
    notAfter: (exp as number) * 1000 + tolerance,
    groups,
    claims: capturedValues(payload, policy),
    met: usesConditions && policy.conditions.length > 0 ? conditionsMet(payload, policy) : undefined,
    lack: lackOf(payload, provider),
    subject: usesCookies ? subjectOf(payload) : undefined,
  }
}

function claimOf(payload: JsonObject, path: ClaimPath): unknown {
  return usesPaths ? claimAt(payload, path) : payload[path as string]
}

function subjectOf({ iss, sub }: JsonObject): unknown[] {
  return [iss, isString(sub) ? sub : undefined]
}

/** The time limits, checked at each use of a token, remembered or not. */
export function validity({ notBefore, notAfter }: TokenRights, now: number): ClaimFault | undefined {
  return now >= notAfter ? 'expired' : now < notBefore ? 'not-yet-valid' : undefined
}

function isForClient(payload: JsonObject, provider: EdgeProvider): boolean {
  if (usesAudiences && provider.clientClaim === 'aud') {
    const { aud } = payload
    const isOne = provider.tokenUse !== 'id' || !Array.isArray(aud) || aud.length === 1
    return isOne && isAudience(aud, provider.clientIds)
  }
  return provider.clientIds.includes((usesClientClaims ? payload[provider.clientClaim] : payload.client_id) as string)
}

/** RFC 7519 4.1.3: one string, or an array of strings. */
function isAudience(aud: unknown, accepted: readonly string[]): boolean {
  const audience = Array.isArray(aud) ? aud : [aud]
  return audience.every(isString) && audience.some((one) => accepted.includes(one))
}

/** Those that a segment can equal; undefined where the claim is of another type. */
function groupsOf(payload: JsonObject, provider: EdgeProvider): readonly string[] | undefined {
  let claim = claimOf(payload, provider.groupsClaim)
  if (claim === undefined) return []
  if (usesSplit && provider.groupsSplit !== undefined) {
    if (!isString(claim)) return undefined
    claim = claim.split(provider.groupsSplit)
  }
  if (!Array.isArray(claim)) return undefined
  const groups: string[] = []
  for (const group of claim) {
    if (!isString(group)) return undefined
    if (isComparable(group)) groups.push(group)
  }
  return groups
}

function capturedValues(payload: JsonObject, { capturedClaims }: EdgePolicy): (readonly string[])[] {
  // `sub` is a string (RFC 7519 4.1.2).
  return capturedClaims.map((path) =>
    usesCapturedClaims && path !== 'sub' ? texts(claimOf(payload, path)) : [payload.sub].filter(isComparable),
  )
}

/** What a segment can equal of a claim: a string, the decimal text of a safe integer, or either in an array. */
function texts(claim: unknown): string[] {
  const members: unknown[] = Array.isArray(claim) ? claim : [claim]
  return members.map((one) => (Number.isSafeInteger(one) ? String(one) : one)).filter(isComparable)
}

function conditionsMet(payload: JsonObject, { conditions }: EdgePolicy): boolean[] {
  const scopes = scopesOf(payload)
  return conditions.map((condition) =>
    'scope' in condition ? scopes.includes(condition.scope) : isMet(payload, condition),
  )
}

function lackOf(payload: JsonObject, provider: EdgeProvider): TokenRights['lack'] {
  if (provider.requiredClaims.some((path) => claimOf(payload, path) == null)) return 'required-claim'
  return usesConditions && provider.rules?.some((rule) => !isMet(payload, rule)) ? 'claim' : undefined
}

/** A string that a decoded path segment, or its digest, can equal: not empty, and no lone surrogate (it would hash as U+FFFD). */
function isComparable(value: unknown): value is string {
  return isString(value) && value !== '' && value.isWellFormed()
}

function isString(value: unknown): value is string {
  return typeof value === 'string'
}
