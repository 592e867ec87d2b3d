/** What a provider's token endpoint may answer besides what it should, as data. */
import type { Served } from '../../oracle/served-urls.ts'

type Claims = Record<string, unknown>

export interface TokenAnswer {
  name: string
  /** What it does, as the end of a sentence that begins with "the token endpoint". */
  says: string
  /** Why no session may come of it; left out where one may, or where no token comes at all. */
  bad?: string
  /** Of the ID token; null: there is none. */
  id?: (claims: Claims) => Claims | null
  /** Of both tokens. */
  both?: (claims: Claims) => Claims
  /** Of the token that the session holds. */
  held?: (claims: Claims) => Claims
  /** Tokens of this person instead. */
  person?: 'attacker'
  /** Signed by a key that the provider does not publish. */
  by?: 'stranger'
  body?: (body: Claims) => Claims
  /** In the place of the good answer's text. */
  serve?: (text: string) => Served
}

const without = (name: string) => (claims: Claims) => {
  const { [name]: _, ...others } = claims
  return others
}
const json = { 'content-type': 'application/json', 'cache-control': 'no-store' }

const tokenAnswers: readonly TokenAnswer[] = [
  { name: 'good', says: 'answers as it should' },
  { name: 'down', says: 'breaks connections off', serve: () => ({ kind: 'reset' }) },
  { name: 'silent', says: 'never answers', serve: () => ({ kind: 'never' }) },
  {
    name: 'slow',
    says: 'takes a second and a half',
    serve: (body) => ({ kind: 'body', body, headers: json, delayMs: 1500 }),
  },
  {
    name: 'late',
    says: 'takes a minute',
    serve: (body) => ({ kind: 'body', body, headers: json, delayMs: 60_000 }),
  },
  {
    name: 'drips',
    says: 'sends half of its answer and then an octet a second',
    serve: (body) => ({ kind: 'body', body, headers: json, halfway: 'drip' }),
  },
  {
    name: 'failing',
    says: 'answers 500',
    serve: () => ({ kind: 'body', status: 500, body: '{"error":"server_error"}', headers: json }),
  },
  {
    name: 'busy',
    says: 'answers 429',
    serve: () => ({
      kind: 'body',
      status: 429,
      body: '{"error":"slow_down"}',
      headers: { ...json, 'retry-after': '5' },
    }),
  },
  {
    name: 'redirects',
    says: 'answers 307 to the attacker',
    serve: () => ({
      kind: 'body',
      status: 307,
      body: '',
      headers: { location: 'https://attacker.example/token' },
    }),
  },
  {
    name: 'huge',
    says: 'answers with five megabytes',
    bad: 'the answer was five megabytes long',
    serve: (body) => ({ kind: 'flood', bytes: 5_000_000, prefix: body }),
  },
  {
    name: 'html',
    says: 'answers with a page of HTML',
    serve: () => ({
      kind: 'body',
      body: '<!doctype html><title>Sign in</title>',
      headers: { 'content-type': 'text/html' },
    }),
  },
  {
    name: 'mac',
    says: 'answers with tokens that are no bearer tokens',
    bad: 'its token_type was "mac" (RFC 6749 7.1)',
    body: (body) => ({ ...body, token_type: 'mac' }),
  },
  {
    name: 'no-nonce',
    says: 'answers with an ID token without nonce',
    bad: 'its ID token had no nonce',
    id: without('nonce'),
  },
  {
    name: 'other-nonce',
    says: 'answers with an ID token with another nonce',
    bad: 'its ID token had the nonce of another sign-in',
    id: (claims) => ({ ...claims, nonce: 'another-nonce-than-what-was-asked-for-000000' }),
  },
  { name: 'no-id-token', says: 'answers without an ID token', bad: 'it had no ID token', id: () => null },
  {
    name: 'other-audience',
    says: "answers with another client's ID token",
    bad: 'its ID token was for another client (aud)',
    id: (claims) => ({ ...claims, aud: 'another-client' }),
  },
  {
    name: 'other-party',
    says: 'answers with an ID token for several, given to another client',
    bad: 'its ID token was given to another client (azp)',
    id: (claims) => ({ ...claims, aud: [claims.aud, 'another-client'], azp: 'another-client' }),
  },
  {
    name: 'other-issuer',
    says: "answers with another issuer's ID token",
    bad: 'its ID token was of another issuer',
    id: (claims) => ({ ...claims, iss: 'https://attacker.example' }),
  },
  {
    name: 'other-access-subject',
    says: 'answers with an ID token of one person and an access token of another',
    bad: 'its access token was of another person than its ID token',
    id: (claims) => ({ ...claims, sub: 'somebody-else' }),
  },
  {
    name: 'other-hash',
    says: 'answers with an ID token for another access token',
    bad: "its ID token's at_hash was of another access token",
    id: (claims) => ({ ...claims, at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }),
  },
  {
    name: 'expired',
    says: 'answers with tokens that have expired',
    bad: 'its tokens had expired',
    both: (claims) => ({ ...claims, iat: Number(claims.iat) - 90_000, exp: Number(claims.iat) - 86_400 }),
  },
  {
    name: 'future',
    says: 'answers with tokens that hold from tomorrow on',
    bad: 'its tokens were not valid yet (nbf)',
    both: (claims) => ({ ...claims, nbf: Number(claims.iat) + 86_400 }),
  },
  {
    name: 'stranger-key',
    says: 'answers with tokens under a key that is not published',
    bad: 'its tokens were signed by a stranger',
    by: 'stranger',
  },
  {
    name: 'other-person',
    says: "answers with the attacker's tokens",
    bad: 'its tokens were of another person than before',
    person: 'attacker',
  },
]

export function tokenAnswer(name: string): TokenAnswer {
  const answer = tokenAnswers.find((one) => one.name === name)
  if (!answer) throw new Error(`no token answer ${name}`)
  return answer
}
