import type { EdgeIssuer } from './edge-policy.ts'
import { usesSeal, usesSessionLimits } from './features.ts'
import { claimsOf, isIdTokenFor } from './id-token.ts'
import type { JsonObject } from './json-object.ts'
import { nodeCrypto } from './node-crypto.ts'
import type { SignInSecrets } from './policy.ts'
import { opened, sealed } from './seal.ts'
import { hasRoom, inPieces, joined, type OwnCookies, type Pieces, place, setCookie } from './session-cookies.ts'
import type { SignInReason } from './sign-in-answers.ts'
import { type SignInParts, seconds } from './sign-in-parts.ts'
import type { Tokens } from './token-request.ts'

/** What the refresh token's cookie holds: the token, whose it is, and in seconds when he signed in and when it was used last. */
export type Held = readonly [token: string, iss: unknown, sub: unknown, signedInAt: number, usedAt: number]

/** The token that the policy verifies, and what it says. */
export interface SessionToken {
  text: string
  claims: JsonObject
}

/** Longest Max-Age that browsers keep to, in seconds (RFC 6265bis 5.5). */
const longest = 34_560_000

/** Found in the place of a text that must not be repeated. */
export function shortHash(text: string): string {
  return nodeCrypto().hash('sha256', text, 'base64url').slice(0, 16)
}

function isSignedOut({ values }: OwnCookies, id: string): boolean {
  return values[place.signedOut]?.split('.').includes(id) === true
}

/** What is in `a` and `r`, unless that session was signed out. */
export function sessionIn(cookies: OwnCookies, first: number): Pieces | undefined {
  const found = joined(cookies, first)
  return found && !isSignedOut(cookies, found.id) ? found : undefined
}

/**
 * The session's token out of an answer of the token endpoint. With a nonce an ID token has to be there (OpenID Connect Core 3.1.3.3);
 * after a refresh it need not be, but all tokens are of the same person as before (12.2): `owner`.
 */
export async function sessionTokenOf(
  { signIn, policy, verified, verifiedId }: SignInParts,
  { access_token: access, id_token: id }: Tokens,
  nonce: string | undefined,
  owner?: readonly unknown[],
): Promise<SessionToken | SignInReason> {
  const isIdSession = signIn.token === 'id'
  let whose = owner
  if (id !== undefined) {
    const token = await verifiedId(id)
    if (typeof token === 'string') return token === 'no-keys' ? token : 'id-token'
    const claims = claimsOf(id)
    if (!isIdTokenFor(id, claims, signIn.client, access, nonce)) return 'id-token'
    whose ??= [claims.iss, claims.sub]
    if (!isOf(claims, whose)) return 'subject'
  } else if (nonce !== undefined || isIdSession) return 'token-response'
  const text = isIdSession ? (id as string) : access
  const token = await verified(text)
  if (typeof token === 'string') return token === 'no-keys' ? token : 'access-token'
  if ((policy.issuers[token.issuer] as EdgeIssuer).provider !== signIn.provider) return 'access-token'
  const claims = claimsOf(text)
  return isOf(claims, whose as unknown[]) ? { text, claims } : 'subject'
}

function isOf({ iss, sub }: JsonObject, [issuer, subject]: readonly unknown[]): boolean {
  return iss === issuer && sub === subject
}

/** Sets `a`, and `r` or takes it back; undefined where they take too much room. */
export function sessionCookies(
  parts: SignInParts,
  cookies: OwnCookies,
  secrets: Partial<SignInSecrets>,
  host: string,
  id: string,
  { text, claims }: SessionToken,
  held: Held | undefined,
): string[] | undefined {
  const now = seconds(parts)
  const whole = held && holding(parts, secrets, host, id, held)
  if (!hasRoom(text.length, whole?.length ?? 0)) return undefined
  const left = Math.min(longest, Math.ceil(claims.exp as number) - now)
  return [
    ...inPieces(cookies, place.access, { id, text }, left),
    ...(held && whole
      ? inPieces(cookies, place.refresh, { id, text: whole }, lifeOf(parts, held, now))
      : [place.refresh, place.refresh + 1].flatMap((index) => (cookies.values[index] ? setCookie(index) : []))),
  ]
}

/** Seconds that are left of a session's limits. */
export function lifeOf(
  { signIn: { idle = longest, absolute = longest } }: SignInParts,
  held: Held,
  now: number,
): number {
  return usesSessionLimits ? Math.min(held[4] + idle - now, held[3] + absolute - now) : longest
}

function holding(parts: SignInParts, { seal }: Partial<SignInSecrets>, host: string, id: string, held: Held): string {
  const text = JSON.stringify(held)
  return usesSeal && seal
    ? sealed(text, seal[0] as string, parts.random(16), binding(parts, host, id))
    : Buffer.from(text).toString('base64url')
}

export function heldIn(
  parts: SignInParts,
  { seal }: Partial<SignInSecrets>,
  host: string,
  { id, text }: Pieces,
): Held | undefined {
  try {
    const json =
      usesSeal && seal ? opened(text, seal, binding(parts, host, id)) : Buffer.from(text, 'base64url').toString()
    return json && JSON.parse(json)
  } catch {
    return undefined
  }
}

function binding({ policy, signIn }: SignInParts, host: string, id: string): string {
  const issuer = policy.issuers.find(({ provider }) => provider === signIn.provider)?.issuer
  return JSON.stringify(['refresh', issuer, signIn.client, host, id])
}
