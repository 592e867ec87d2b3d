import type { EdgePolicy } from './edge-policy.ts'
import type { JsonObject } from './json-object.ts'

/** What routes need of a verified token; held for as long as the token is remembered. */
export interface TokenRights {
  /** Milliseconds since the epoch: valid from `notBefore` on and before `notAfter`, tolerance included. */
  notBefore: number
  notAfter: number
  groups: readonly string[]
  /** What a capture of each of the policy's captured claims may equal: the claim's value, or nothing. */
  claims: readonly (readonly string[])[]
  /** Whether every required claim is present and not null. */
  complete: boolean
}

export type ClaimFault = 'expired' | 'not-yet-valid' | 'date' | 'token-use' | 'client' | 'groups'

/**
 * Checks the registered and Cognito claims (RFC 7519 4.1, RFC 9068 4; Cognito Developer Guide, "Verifying JSON web tokens")
 * of a payload whose issuer is already settled, and picks what routes need. The signature is not checked here.
 */
export function readClaims(payload: JsonObject, policy: EdgePolicy): TokenRights | ClaimFault {
  const { exp, nbf = 0, iat = 0, 'cognito:groups': groups = [] } = payload
  if (![exp, nbf, iat].every(Number.isFinite)) return 'date'
  if (policy.tokenUse !== null && payload.token_use !== policy.tokenUse) return 'token-use'
  if (!isForClient(payload, policy)) return 'client'
  if (!Array.isArray(groups) || !groups.every(isString)) return 'groups'
  return {
    notBefore: (nbf as number) * 1000 - policy.clockTolerance,
    notAfter: (exp as number) * 1000 + policy.clockTolerance,
    groups: groups.filter(comparable),
    claims: policy.capturedClaims.map((name) => [payload[name]].filter(comparable)),
    complete: policy.requiredClaims.every((name) => payload[name] != null),
  }
}

/** The time limits, checked at each use of a token, remembered or not. */
export function validity({ notBefore, notAfter }: TokenRights, now: number): ClaimFault | undefined {
  return now >= notAfter ? 'expired' : now < notBefore ? 'not-yet-valid' : undefined
}

function isForClient({ aud, client_id }: JsonObject, { tokenUse, clientIds }: EdgePolicy): boolean {
  const isClient = (value: unknown) => clientIds.includes(value as string)
  if (tokenUse === 'access') return isClient(client_id)
  const audience = Array.isArray(aud) ? aud : [aud]
  return audience.every(isString) && audience.some(isClient) && (tokenUse === null || audience.length === 1)
}

/** A string that a decoded path segment, or its digest, can equal: not empty, and no lone surrogate (it would hash as U+FFFD). */
function comparable(value: unknown): value is string {
  return isString(value) && value !== '' && value.isWellFormed()
}

function isString(value: unknown): value is string {
  return typeof value === 'string'
}
