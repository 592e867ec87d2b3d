import { postAsClient } from './client-authentication.ts'
import type { Headers } from './cloudfront.ts'
import { usesEndSession, usesRevocation } from './features.ts'
import { heldIn, lifeOf, shortHash } from './session.ts'
import {
  accessPlace,
  type Changes,
  joined,
  type OwnCookies,
  refreshPlace,
  signedOutPlace,
  takeBack,
} from './session-cookies.ts'
import type { Answer } from './sign-in-answers.ts'
import { type SignInParts, within } from './sign-in-parts.ts'

/** Longest wait for the revocation, in milliseconds: who signs out has signed out, whether the provider answers or not. */
const revocationTimeout = 1500

/**
 * Ends a session. A foreign page cannot do it with an image, a frame or a link: it takes a step of the visitor's on this site (Fetch
 * Metadata), or the hash of his session's id.
 */
export async function signOut(
  parts: SignInParts,
  own: OwnCookies,
  changes: Changes,
  query: URLSearchParams,
  host: string,
  { 'sec-fetch-site': site, 'sec-fetch-dest': dest }: Headers,
): Promise<Answer> {
  const { signIn, seconds } = parts
  const { endpoints, afterSignOut } = signIn
  const pieces = joined(own, refreshPlace)
  const ids = [joined(own, accessPlace), pieces].flatMap((one) => one?.id ?? [])
  const hashes = ids.map(shortHash)
  const isOwnStep = /^(?:same-origin|none),document$/.test(
    [site, dest].map((entries) => entries?.map(({ value }) => value)).join(),
  )
  if (!isOwnStep && !hashes.includes(query.get('confirm') as string)) return ['confirm', hashes[0] ?? '']
  if (usesRevocation && endpoints.revocation && pieces) {
    const revoke = async (uri: string) => {
      const secrets = await parts.secrets()
      const [token] = heldIn(parts, secrets, host, pieces) ?? []
      const form = { token: token as string, token_type_hint: 'refresh_token' }
      if (token) await postAsClient(parts, uri, secrets, form, revocationTimeout)
    }
    await within(revocationTimeout, revoke(endpoints.revocation)).catch(() => {})
  }
  takeBack(changes, 0, signedOutPlace)
  const out = [...new Set([...ids, ...(own.values[signedOutPlace]?.split('.') ?? [])])]
  const now = seconds()
  // Four of them.
  changes[signedOutPlace] = [out.join('.').slice(0, 91), lifeOf(signIn, ['', '', '', now, now], now)]
  const afterwards = `https://${host}${afterSignOut}`
  if (!usesEndSession || !endpoints.logout) return ['signed-out', afterwards]
  // RP-Initiated Logout 2, or what Cognito has in its place. Without a hint, which would put a token into a URL.
  const { client, logoutParameter = 'post_logout_redirect_uri' } = signIn
  const asked = new URLSearchParams([
    ['client_id', client],
    [logoutParameter, afterwards],
  ])
  return ['signed-out', `${endpoints.logout}?${asked}`]
}
