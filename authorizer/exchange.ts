import { postAsClient } from './client-authentication.ts'
import type { EdgeIssuer, EdgeSignIn } from './edge-policy.ts'
import { usesTenants } from './features.ts'
import { pathSegments } from './path-segments.ts'
import { type Held, heldIn, lifeOf, putSession, sessionIn, shortHash } from './session.ts'
import { accessPlace, type Changes, type OwnCookies, refreshPlace, takeBack } from './session-cookies.ts'
import { type Answer, isOutage, type SignInReason } from './sign-in-answers.ts'
import { guardWindow, readGuard, setGuard } from './sign-in-guard.ts'
import { type SignInParts, within } from './sign-in-parts.ts'
import { derived, type Slot, slotOf } from './sign-in-slot.ts'
import { readTokens } from './token-response.ts'

/** Milliseconds for secret, token request and keys together: a viewer-request function has five seconds. */
const exchangeTimeout = 4000

/** What is asked of the token endpoint, and what the answer has to belong to. */
interface Grant {
  form: Record<string, string>
  nonce?: string
  iss?: string | null
  id?: string
  held?: Held
}

/** The query's slot. Whoever reads the first and whoever reads the last of a parameter that is there twice sees two requests (RFC 6749 3.1). */
function slotIn(own: OwnCookies, kind: 's' | 'r', query: URLSearchParams, now: number): Slot | undefined {
  return new Set(query.keys()).size < query.size ? undefined : slotOf(own, kind, query.get('state'), now)
}

/** The way back from the provider (RFC 6749 4.1.2): one exchange, and a session. What is refused before it costs no request. */
export async function callback(
  parts: SignInParts,
  own: OwnCookies,
  changes: Changes,
  query: URLSearchParams,
  host: string,
): Promise<Answer> {
  const { signIn, policy, seconds } = parts
  const slot = slotIn(own, 's', query, seconds())
  if (!slot) return 'state'
  takeBack(changes, slot.place, slot.place + 1)
  const [iss = null, code] = [query.get('iss'), query.get('code')]
  if (iss === null ? signIn.responseIss : !policy.issuers.some((one) => isIssuer(one, iss, signIn.provider)))
    return 'response-issuer'
  if (query.has('error')) return 'provider-error'
  if (!code) return 'parameters'
  const fault = await exchanged(parts, changes, host, async () => ({
    form: {
      grant_type: 'authorization_code',
      code,
      redirect_uri: `https://${host}${signIn.paths.callback}`,
      code_verifier: derived(slot.seed, 'verifier'),
    },
    nonce: derived(slot.seed, 'nonce'),
    iss,
  }))
  if (fault) return fault
  const [count, signedInAt] = readGuard(own)
  const now = seconds()
  setGuard(changes, now - signedInAt < guardWindow ? count + 1 : 1, now, 0, '')
  return ['signed-in', landing(signIn, host, slot.path)]
}

/**
 * A new token for a session (RFC 6749 6). What the provider refuses takes nothing back, since another tab may have been faster; what
 * nobody can tell, an outage, leaves a good token good.
 */
export async function refresh(
  parts: SignInParts,
  own: OwnCookies,
  changes: Changes,
  query: URLSearchParams,
  host: string,
): Promise<Answer> {
  const { signIn, seconds, verified } = parts
  const now = seconds()
  const slot = slotIn(own, 'r', query, now)
  if (!slot) return 'state'
  const pieces = sessionIn(own, refreshPlace)
  let reason: SignInReason = 'no-session'
  if (pieces) {
    const fault = await exchanged(parts, changes, host, async (secrets) => {
      const held = heldIn(parts, secrets, host, pieces)
      if (!held) return 'seal'
      if (lifeOf(signIn, held, now) <= 0) return 'limit'
      return { form: { grant_type: 'refresh_token', refresh_token: held[0] }, id: pieces.id, held }
    })
    reason = fault ?? 'refreshed'
    const [count, signedInAt, refreshedAt] = readGuard(own)
    if (isOutage(signIn, reason)) {
      const current = sessionIn(own, accessPlace)
      if (!current || typeof (await verified(current.value)) === 'string') return reason
      setGuard(changes, count, signedInAt, now, '')
    } else if (fault) setGuard(changes, count, signedInAt, refreshedAt, shortHash(pieces.value))
    else setGuard(changes, count, signedInAt, now, '')
  }
  takeBack(changes, slot.place, slot.place + 1)
  return [reason, landing(signIn, host, slot.path)]
}

/** One request to the token endpoint, never a second one: a code and a rotated refresh token are good for one. Undefined: a session. */
function exchanged(
  parts: SignInParts,
  changes: Changes,
  host: string,
  grantOf: (secrets: Awaited<ReturnType<SignInParts['secrets']>>) => Promise<Grant | SignInReason>,
): Promise<SignInReason | undefined> {
  const { signIn, post, seconds } = parts
  let fault: SignInReason = 'secret'
  const exchange = async () => {
    const secrets = await parts.secrets()
    const grant = await grantOf(secrets)
    if (typeof grant === 'string') return grant
    fault = 'token-endpoint'
    const { form, nonce, iss = null, id, held } = grant
    const tokens = readTokens(
      await postAsClient(post, signIn.endpoints.token, signIn, secrets, form, seconds(), exchangeTimeout),
    )
    if (typeof tokens === 'string') return tokens
    fault = 'no-keys'
    return putSession(parts, changes, secrets, host, tokens, nonce, iss, id, held)
  }
  return within(exchangeTimeout, exchange()).catch(() => fault)
}

function isIssuer({ issuer, tenant, provider }: EdgeIssuer, iss: string, place: number): boolean {
  const isSame = usesTenants && tenant ? iss.startsWith(issuer) && iss.endsWith(tenant.after) : iss === issuer
  return isSame && provider === place
}

/**
 * Where a visitor goes back to: a path of the same host. It comes out of a cookie, so that it is looked at once more: `//x`, `/\x` and
 * `@x` behind a host are other hosts to a browser.
 */
function landing(signIn: EdgeSignIn, host: string, stored: string): string {
  let path = ''
  try {
    path = decodeURIComponent(stored)
  } catch {}
  const [uri = ''] = path.split('?')
  const isGood = !/[^!-~]/.test(path) && pathSegments(uri) && !isOwnPath(signIn, uri)
  return `https://${host}${isGood ? path : signIn.home}`
}

export function isOwnPath({ paths: { callback, refresh, signOut } }: EdgeSignIn, uri: string): boolean {
  return uri === callback || uri === refresh || uri === signOut
}
