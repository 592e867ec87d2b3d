import type { EdgeIssuer } from './edge-policy.ts'
import { sessionCookies, sessionTokenOf } from './session.ts'
import { type OwnCookies, setCookie } from './session-cookies.ts'
import type { Answer, SignInReason } from './sign-in-answers.ts'
import { guardCookie, readGuard, signedInOnceMore } from './sign-in-guard.ts'
import { landing } from './sign-in-landing.ts'
import { proofOf, randomText, type SignInParts, seconds, within } from './sign-in-parts.ts'
import { derived, type Slot, slotOf } from './sign-in-slot.ts'
import { requestTokens } from './token-request.ts'

/** Milliseconds for secret, token request and keys together: a viewer-request function has five seconds. */
export const exchangeTimeout = 4000

/** Whether no parameter is there twice (RFC 6749 3.1): whoever reads the first and whoever reads the last would see two requests. */
export function areSingle(parameters: URLSearchParams): boolean {
  return new Set(parameters.keys()).size === parameters.size
}

/** The way back from the provider (RFC 6749 4.1.2): one exchange, and a session. What is refused before it costs no request. */
export async function callback(
  parts: SignInParts,
  cookies: OwnCookies,
  querystring: string,
  host: string,
): Promise<Answer> {
  const { policy, signIn } = parts
  const parameters = new URLSearchParams(querystring)
  const again = [signIn.home, 'Try again'] as const
  if (!areSingle(parameters)) return { status: 400, reason: 'parameters', link: again }
  const slot = slotOf(cookies, 's', parameters.get('state'), seconds(parts))
  if (!slot) return { status: 400, reason: 'state', link: again }
  const refused = (status: number, reason: SignInReason, detail?: string): Answer => ({
    status,
    reason,
    cookies: [setCookie(slot.index)],
    link: again,
    ...(detail === undefined ? {} : { detail }),
  })
  const [iss, error, code] = ['iss', 'error', 'code'].map((name) => parameters.get(name))
  if (iss === null ? signIn.responseIss : !policy.issuers.some((one) => isIssuer(one, iss as string, signIn.provider)))
    return refused(403, 'response-issuer')
  if (error !== null) return refused(403, 'provider-error', /^[a-z_]{1,40}$/.test(error as string) ? error : undefined)
  if (!code) return refused(400, 'parameters')
  let fault: SignInReason = 'secret'
  try {
    const found = await within(exchangeTimeout, exchange())
    return typeof found === 'string'
      ? refused(found === 'no-keys' || found === 'token-endpoint' ? 503 : 403, found)
      : found
  } catch {
    return refused(503, fault)
  }

  async function exchange(): Promise<Answer | SignInReason> {
    const { index, seed, path } = slot as Slot
    const secrets = await parts.secrets()
    fault = 'token-endpoint'
    const grant = {
      grant_type: 'authorization_code',
      code: code as string,
      redirect_uri: `https://${host}${signIn.paths.callback}`,
      code_verifier: derived(seed, 'verifier'),
    }
    const tokens = await requestTokens(
      parts.post,
      signIn.endpoints.token,
      proofOf(parts, secrets),
      grant,
      exchangeTimeout,
    )
    if (typeof tokens === 'string') return tokens
    fault = 'no-keys'
    const token = await sessionTokenOf(parts, tokens, derived(seed, 'nonce'))
    if (typeof token === 'string') return token
    if (iss !== null && iss !== token.claims.iss) return 'response-issuer'
    const now = seconds(parts)
    const { refresh_token: refreshToken } = tokens
    const session = sessionCookies(
      parts,
      cookies,
      secrets,
      host,
      randomText(parts, 16),
      token,
      refreshToken === undefined ? undefined : [refreshToken, token.claims.iss, token.claims.sub, now, now],
    )
    if (!session) return 'session-size'
    return {
      status: 303,
      reason: 'signed-in',
      location: landing(signIn, host, path),
      cookies: [...session, guardCookie(signedInOnceMore(readGuard(cookies), now)), setCookie(index)],
    }
  }
}

function isIssuer({ issuer, tenant, provider }: EdgeIssuer, iss: string, place: number): boolean {
  if (provider !== place) return false
  return tenant ? iss.startsWith(issuer) && iss.endsWith(tenant.after) : iss === issuer
}
