import type { EdgeIssuer } from './edge-policy.ts'
import { usesSeal, usesSessionLimits } from './features.ts'
import { claimsOf, isIdTokenFor } from './id-token.ts'
import type { JsonObject } from './json-object.ts'
import { sha256 } from './node-crypto.ts'
import type { SignInSecrets } from './policy.ts'
import { opened, sealed } from './seal.ts'
import {
  accessPlace,
  type Changes,
  joined,
  mostText,
  type OwnCookies,
  type Pieces,
  putPieces,
  refreshPlace,
  signedOutPlace,
  takeBack,
} from './session-cookies.ts'
import type { SignInReason } from './sign-in-answers.ts'
import type { SignInParts } from './sign-in-parts.ts'
import type { Tokens } from './token-response.ts'

/** What the refresh token's cookie holds: the token, whose it is, and in seconds when he signed in and when it was used last. */
export type Held = readonly [token: string, iss: unknown, sub: unknown, signedInAt: number, usedAt: number]

/** Longest Max-Age that browsers keep to, in seconds (RFC 6265bis 5.5). */
const longest = 34_560_000

/** Stands for a text that must not be repeated. */
export function shortHash(text: string): string {
  return sha256(text).slice(0, 16)
}

/** What is in `a` or `r`, unless that session was signed out. */
export function sessionIn(own: OwnCookies, first: number): Pieces | undefined {
  const pieces = joined(own, first)
  return pieces && own.values[signedOutPlace]?.includes(pieces.id) ? undefined : pieces
}

/**
 * Begins a session, or goes on with one, by an answer of the token endpoint; undefined where it did. With a nonce an ID token has to be
 * there (OpenID Connect Core 3.1.3.3); after a refresh it need not be, but all tokens are of the same person as before (12.2): `held`.
 */
export async function putSession(
  parts: SignInParts,
  changes: Changes,
  secrets: Partial<SignInSecrets>,
  host: string,
  { access_token, id_token, refresh_token }: Tokens,
  nonce: string | undefined,
  iss: string | null,
  id: string = parts.randomText(16),
  held?: Held,
): Promise<SignInReason | undefined> {
  const { signIn, policy, verified, randomText, seconds } = parts
  const isIdSession = signIn.token === 'id'
  let owner = held
  const isOf = ({ iss, sub }: JsonObject) => iss === owner?.[1] && sub === owner?.[2]
  const now = seconds()
  if (id_token) {
    const token = await verified(id_token, true)
    if (token === 'no-keys') return token
    if (typeof token === 'string' || !isIdTokenFor(id_token, signIn.client, access_token, nonce)) return 'id-token'
    const claims = claimsOf(id_token)
    owner ??= ['', claims.iss, claims.sub, now, now]
    if (!isOf(claims)) return 'subject'
    if (iss !== null && iss !== claims.iss) return 'response-issuer'
  } else if (nonce || isIdSession) return 'token-response'
  const chosen = isIdSession ? (id_token as string) : access_token
  const token = await verified(chosen)
  if (token === 'no-keys') return token
  if (typeof token === 'string' || (policy.issuers[token.issuer] as EdgeIssuer).provider !== signIn.provider)
    return 'access-token'
  const claims = claimsOf(chosen)
  if (!isOf(claims)) return 'subject'
  const [last, , , signedInAt] = owner as Held
  const refreshToken = refresh_token ?? last
  const next: Held = [refreshToken, claims.iss, claims.sub, signedInAt, now]
  const text = JSON.stringify(next)
  const [key] = secrets.seal ?? []
  const kept =
    refreshToken &&
    (usesSeal && key
      ? sealed(text, key, randomText(16), binding(parts, host, id))
      : Buffer.from(text).toString('base64url'))
  if (chosen.length + kept.length > mostText) return 'session-size'
  putPieces(changes, accessPlace, id, chosen, Math.min(longest, Math.ceil(claims.exp as number) - now))
  if (kept) putPieces(changes, refreshPlace, id, kept, lifeOf(signIn, next, now))
  else takeBack(changes, refreshPlace, refreshPlace + 2)
  return undefined
}

/** Seconds that are left of a session's limits. */
export function lifeOf({ idle = longest, absolute = longest }: SignInParts['signIn'], held: Held, now: number): number {
  return usesSessionLimits ? Math.min(held[4] + idle, held[3] + absolute) - now : longest
}

/** What `r` holds; undefined where nothing opens it. */
export function heldIn(
  parts: SignInParts,
  { seal }: Partial<SignInSecrets>,
  host: string,
  { id, text }: Pieces,
): Held | undefined {
  try {
    return JSON.parse(
      usesSeal && seal ? opened(text, seal, binding(parts, host, id)) : String(Buffer.from(text, 'base64url')),
    )
  } catch {
    return undefined
  }
}

/** What a seal is good for: this provider, client, host and session. */
function binding({ policy: { issuers }, signIn: { provider, client } }: SignInParts, host: string, id: string): string {
  return JSON.stringify([issuers.find((one) => one.provider === provider)?.issuer, client, host, id])
}
