import type { ViewerRequest } from './cloudfront.ts'
import { usesEndSession, usesRevocation } from './features.ts'
import { heldIn, shortHash } from './session.ts'
import { joined, type OwnCookies, place, setCookie, takenBack } from './session-cookies.ts'
import type { Answer } from './sign-in-answers.ts'
import { proofOf, type SignInParts, within } from './sign-in-parts.ts'
import { postForm } from './token-request.ts'

/** Longest wait for the revocation, in milliseconds: who signs out has signed out, whether the provider answers or not. */
const revocationTimeout = 1500
const mostRemembered = 4
const longest = 34_560_000

/**
 * Ends a session. A foreign page cannot do it with an image, a frame or a link: it takes a step of the visitor's on this site (Fetch
 * Metadata), or the hash of his session's id.
 */
export async function signOut(
  parts: SignInParts,
  cookies: OwnCookies,
  { querystring, headers }: ViewerRequest,
  host: string,
): Promise<Answer> {
  const { signIn } = parts
  const refreshPieces = joined(cookies, place.refresh)
  const ids = [joined(cookies, place.access), refreshPieces].flatMap((pieces) => pieces?.id ?? [])
  const confirmed = ids.map(shortHash)
  const [site, dest] = ['sec-fetch-site', 'sec-fetch-dest'].map((name) =>
    headers[name]?.map(({ value }) => value).join(),
  )
  const isOwnStep = (site === 'same-origin' || site === 'none') && dest === 'document'
  if (!isOwnStep && !confirmed.includes(new URLSearchParams(querystring).get('confirm') ?? '')) {
    const query = confirmed.length > 0 ? `?confirm=${confirmed[0]}` : ''
    return { status: 403, reason: 'confirm', link: [signIn.paths.signOut + query, 'Sign out'] }
  }
  if (usesRevocation && signIn.endpoints.revocation && refreshPieces) {
    await within(revocationTimeout, revoke(signIn.endpoints.revocation, refreshPieces)).catch(() => undefined)
  }
  const { idle = longest, absolute = longest } = signIn
  const earlier = cookies.values[place.signedOut]?.split('.') ?? []
  const out = [...new Set([...ids, ...earlier])].filter((id) => /^[\w-]{22}$/.test(id)).slice(0, mostRemembered)
  const afterwards = `https://${host}${signIn.afterSignOut}`
  return {
    status: 303,
    reason: 'signed-out',
    location: usesEndSession && signIn.endpoints.logout ? endSession(signIn.endpoints.logout, afterwards) : afterwards,
    cookies: [
      ...takenBack(cookies, 0, place.signedOut),
      ...(out.length > 0 ? [setCookie(place.signedOut, out.join('.'), Math.min(idle, absolute))] : []),
    ],
    clears: true,
  }

  async function revoke(uri: string, pieces: { id: string; text: string }): Promise<void> {
    const secrets = await parts.secrets()
    const held = heldIn(parts, secrets, host, pieces)
    if (!held) return
    const { form, headers } = proofOf(parts, secrets)
    const revoked = { token: held[0], token_type_hint: 'refresh_token', ...form }
    await postForm(parts.post, uri, { form: revoked, headers }, revocationTimeout)
  }

  /** RP-Initiated Logout 2, or what Cognito has in its place. Without a hint, which would put a token into a URL. */
  function endSession(uri: string, afterwards: string): string {
    return `${uri}?${new URLSearchParams([
      ['client_id', signIn.client],
      [signIn.logoutParameter ?? 'post_logout_redirect_uri', afterwards],
    ])}`
  }
}
