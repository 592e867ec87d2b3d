import { areSingle, exchangeTimeout } from './callback.ts'
import { heldIn, lifeOf, sessionCookies, sessionIn, sessionTokenOf, shortHash } from './session.ts'
import { type OwnCookies, place, setCookie } from './session-cookies.ts'
import type { Answer, SignInReason } from './sign-in-answers.ts'
import { guardCookie, readGuard } from './sign-in-guard.ts'
import { landing } from './sign-in-landing.ts'
import { proofOf, type SignInParts, seconds, within } from './sign-in-parts.ts'
import { slotOf } from './sign-in-slot.ts'
import { requestTokens } from './token-request.ts'

/**
 * A new token for a session (RFC 6749 6). What the provider refuses takes nothing back, since another tab may have been faster; what
 * nobody can tell, an outage, leaves a good token good.
 */
export async function refresh(
  parts: SignInParts,
  cookies: OwnCookies,
  querystring: string,
  host: string,
): Promise<Answer> {
  const { signIn } = parts
  const parameters = new URLSearchParams(querystring)
  const now = seconds(parts)
  const slot = areSingle(parameters) ? slotOf(cookies, 'r', parameters.get('state'), now) : undefined
  if (!slot) return { status: 400, reason: 'state', link: [signIn.home, 'Try again'] }
  const guard = readGuard(cookies)
  const back = (reason: SignInReason, set: readonly string[]): Answer => ({
    status: 303,
    reason,
    location: landing(signIn, host, slot.path),
    cookies: [...set, setCookie(slot.index)],
  })
  const pieces = sessionIn(cookies, place.refresh)
  if (!pieces) return back('no-session', [])
  const refused = (reason: SignInReason) => back(reason, [guardCookie({ ...guard, refused: shortHash(pieces.text) })])
  let fault: SignInReason = 'secret'
  const done = await within(exchangeTimeout, exchange(pieces)).catch(() => fault)
  if (typeof done !== 'string') return done
  if (done !== 'secret' && done !== 'token-endpoint' && done !== 'token-response' && done !== 'no-keys')
    return refused(done)
  const current = sessionIn(cookies, place.access)
  return current && typeof (await parts.verified(current.text)) !== 'string'
    ? back(done, [guardCookie({ ...guard, refreshedAt: now })])
    : { status: 503, reason: done }

  async function exchange(pieces: { id: string; text: string }): Promise<Answer | SignInReason> {
    const secrets = await parts.secrets()
    const held = heldIn(parts, secrets, host, pieces)
    if (!held) return 'seal'
    if (lifeOf(parts, held, now) <= 0) return 'limit'
    fault = 'token-endpoint'
    const grant = { grant_type: 'refresh_token', refresh_token: held[0] }
    const tokens = await requestTokens(
      parts.post,
      signIn.endpoints.token,
      proofOf(parts, secrets),
      grant,
      exchangeTimeout,
    )
    if (typeof tokens === 'string') return tokens
    fault = 'no-keys'
    const token = await sessionTokenOf(parts, tokens, undefined, [held[1], held[2]])
    if (typeof token === 'string') return token
    const used = seconds(parts)
    const next = [tokens.refresh_token ?? held[0], held[1], held[2], held[3], used] as const
    const session = sessionCookies(parts, cookies, secrets, host, pieces.id, token, next)
    if (!session) return 'session-size'
    return back('refreshed', [...session, guardCookie({ ...guard, refreshedAt: used, refused: '' })])
  }
}
