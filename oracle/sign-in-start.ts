/** What a start of sign-in sends to the provider, and what it keeps (SEMANTICS.md, "Sign-in", "Start"; RFC 7636 4.2). */
import { createHash, createHmac } from 'node:crypto'
import type { ViewerRequest } from '../authorizer/cloudfront.ts'
import type { Policy } from '../authorizer/policy.ts'
import type { Slot } from './session-cookies.ts'
import { ownPathsOf } from './sign-in.ts'

const maxPathOctets = 512

/** The way back, as a slot has it (`sign-in/return-path`). */
export function slotPathOf({ uri, querystring = '' }: ViewerRequest): string {
  const whole = encoded(querystring === '' ? uri : `${uri}?${querystring}`)
  if (whole.length <= maxPathOctets) return whole
  const path = encoded(uri)
  return path.length <= maxPathOctets ? path : '/'
}

/** All but cookie-octets (RFC 6265 4.1.1), `%` and the vertical bar. */
function encoded(text: string): string {
  return [...text]
    .map((character) =>
      /[\x21\x23\x24\x26-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7b\x7d\x7e]/.test(character)
        ? character
        : [...Buffer.from(character)].map((octet) => `%${octet.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
    )
    .join('')
}

/** The parameters of the authorization request from this seed, each once. */
export function authorizationParameters(
  { signIn }: Policy,
  host: string,
  slot: number,
  { seed }: Slot,
): Map<string, string> {
  const of = (purpose: string) => createHmac('sha256', seed).update(purpose).digest('base64url')
  const policy = { signIn } as Policy
  return new Map([
    ['response_type', 'code'],
    ['client_id', signIn?.client ?? ''],
    ['redirect_uri', `https://${host}${ownPathsOf(policy).callback}`],
    ['scope', (signIn?.scopes ?? ['openid']).join(' ')],
    ['state', `${slot}${of('state')}`],
    ['nonce', of('nonce')],
    ['code_challenge', createHash('sha256').update(of('verifier')).digest('base64url')],
    ['code_challenge_method', 'S256'],
    ...Object.entries(signIn?.parameters ?? {}),
  ])
}
