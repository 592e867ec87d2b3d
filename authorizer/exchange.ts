import { postAsClient } from './client-authentication.ts'
import type { EdgeIssuer } from './edge-policy.ts'
import { usesTenants } from './features.ts'
import { pathSegments } from './path-segments.ts'
import { heldIn, lifeOf, putSession, sessionIn, shortHash } from './session.ts'
import { accessPlace, type Changes, guardPlace, type OwnCookies, refreshPlace } from './session-cookies.ts'
import { type Answer, isOutage, type SignInReason } from './sign-in-answers.ts'
import { guardWindow, readGuard, refreshPause, setGuard } from './sign-in-guard.ts'
import { type SignInParts, within } from './sign-in-parts.ts'
import { derived, slotOf } from './sign-in-slot.ts'
import { readTokens } from './token-response.ts'

/** Milliseconds for secret, token request and keys together: a viewer-request function has five seconds. */
const exchangeTimeout = 4000

/**
 * The way back from the provider (RFC 6749 4.1.2), or a new token for a session (6): one request to the token endpoint, never a second
 * one, since a code and a rotated refresh token are good for one.
 *
 * What is wrong with a callback costs no request. A refresh that the provider refuses takes nothing back, since another tab may have
 * been faster; what nobody can tell, an outage, leaves a good token good.
 */
export async function exchange(
  parts: SignInParts,
  own: OwnCookies,
  changes: Changes,
  query: URLSearchParams,
  host: string,
  isRefresh: boolean,
): Promise<Answer> {
  const { signIn, policy, seconds } = parts
  const now = seconds()
  // Whoever reads the first and whoever reads the last of a parameter that is there twice sees two requests (RFC 6749 3.1).
  const isPlain = new Set(query.keys()).size === query.size
  const to = { seed: '', place: -1, path: query.get('to') ?? '' }
  const slot = isPlain && (isRefresh ? to : slotOf(own, query.get('state'), now))
  if (!slot) return isPlain ? 'state' : 'parameters'
  const { seed, place, path } = slot
  const iss = isRefresh ? null : query.get('iss')
  const code = query.get('code')
  if (isRefresh && !own.values[guardPlace]) return 'session-not-kept'
  if (!isRefresh) {
    changes[place] = ['']
    if (iss === null ? signIn.responseIss : !policy.issuers.some((one) => isIssuer(one, iss, signIn.provider)))
      return 'response-issuer'
    if (query.has('error')) return 'provider-error'
    if (!code) return 'parameters'
  }
  const [count, signedInAt, refreshedAt, refused] = readGuard(own)
  let pieces = isRefresh ? sessionIn(own, refreshPlace) : undefined
  // Looked at again: anybody can make a link to a refresh, which harms nobody once in a while; and of many tabs the late ones need none.
  if (pieces && (now - refreshedAt < refreshPause || refused === shortHash(pieces.text))) pieces = undefined
  let fault: SignInReason | undefined = 'secret'
  fault = pieces || !isRefresh ? await within(exchangeTimeout, run()).catch(() => fault) : 'no-session'
  if (!isRefresh) {
    if (fault) return fault
    setGuard(changes, now - signedInAt < guardWindow ? count + 1 : 1, now, 0, '')
  } else if (pieces) {
    const isOut = fault && isOutage(signIn, fault)
    if (isOut) {
      const current = sessionIn(own, accessPlace)
      if (!current || typeof (await parts.verified(current.text)) === 'string') return fault as SignInReason
    }
    const isRefused = fault && !isOut
    setGuard(changes, count, signedInAt, isRefused ? refreshedAt : now, isRefused ? shortHash(pieces.text) : '')
  }
  return [fault ?? (isRefresh ? 'refreshed' : 'signed-in'), `https://${host}${landing()}`]

  /** Undefined: a session. */
  async function run(): Promise<SignInReason | undefined> {
    const secrets = await parts.secrets()
    const held = pieces && heldIn(parts, secrets, host, pieces)
    if (pieces && !held) return 'seal'
    if (held && lifeOf(signIn, held, now) <= 0) return 'limit'
    fault = 'token-endpoint'
    const grant = held
      ? { grant_type: 'refresh_token', refresh_token: held[0] }
      : {
          grant_type: 'authorization_code',
          code: code as string,
          redirect_uri: `https://${host}${signIn.paths[0]}`,
          code_verifier: derived(seed, 'verifier'),
        }
    const tokens = readTokens(await postAsClient(parts, signIn.endpoints.token, secrets, grant, exchangeTimeout))
    if (typeof tokens === 'string') return tokens
    fault = 'no-keys'
    return putSession(
      parts,
      changes,
      secrets,
      host,
      tokens,
      held ? undefined : derived(seed, 'nonce'),
      iss,
      pieces?.id,
      held,
    )
  }

  /**
   * Where a visitor goes back to. It comes out of a cookie, so that it is looked at once more: `//x`, `/\x` and `@x` behind a host are
   * other hosts to a browser.
   */
  function landing(): string {
    let whole = ''
    try {
      whole = decodeURIComponent(path)
    } catch {}
    const [uri = ''] = whole.split('?')
    return !/[^!-~]/.test(whole) && pathSegments(uri) && !signIn.paths.includes(uri) ? whole : signIn.home
  }
}

function isIssuer({ issuer, tenant, provider }: EdgeIssuer, iss: string, place: number): boolean {
  const isSame = usesTenants && tenant ? iss.startsWith(issuer) && iss.endsWith(tenant.after) : iss === issuer
  return isSame && provider === place
}
