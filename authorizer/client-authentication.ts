import { usesClientAssertions, usesClientSecrets } from './features.ts'
import type { HttpsAnswer } from './https-exchange.ts'
import { nodeCrypto } from './node-crypto.ts'
import type { SignInSecrets } from './policy.ts'
import type { SignInParts } from './sign-in-parts.ts'

/**
 * A form to the token or revocation endpoint, with the client's proof (RFC 6749 2.3.1, OpenID Connect Core 9). `timeout` in milliseconds.
 */
export function postAsClient(
  { post, seconds, signIn: { client, endpoints, authMethod } }: SignInParts,
  uri: string,
  { clientSecret = '', privateKey = {} }: Partial<SignInSecrets>,
  grant: Record<string, string>,
  timeout: number,
): Promise<HttpsAnswer> {
  const headers: Record<string, string> = {
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
  }
  const form = new URLSearchParams(grant)
  if (usesClientSecrets && authMethod === 'client_secret_basic') {
    // Both halves are form-encoded: a colon or a percent sign in a secret would be read as something else.
    const pair = [client, clientSecret].map((text) => String(new URLSearchParams([['', text]])).slice(1)).join(':')
    headers.authorization = `Basic ${Buffer.from(pair).toString('base64')}`
  } else form.set('client_id', client)
  if (usesClientSecrets && authMethod === 'client_secret_post') form.set('client_secret', clientSecret)
  if (usesClientAssertions && authMethod === 'private_key_jwt') {
    form.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
    const jti = nodeCrypto().randomUUID()
    const now = seconds()
    form.set(
      'client_assertion',
      signedJwt(privateKey, { iss: client, sub: client, aud: endpoints.token, jti, iat: now, exp: now + 60 }),
    )
  }
  return post(uri, headers, String(form), timeout)
}

/** RFC 7523 2.2, RFC 7518 3. */
function signedJwt(jwk: Readonly<Record<string, string>>, payload: object): string {
  const { createPrivateKey, sign } = nodeCrypto()
  const { alg = '', kid } = jwk
  const input = [{ alg, kid, typ: 'JWT' }, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  const key = createPrivateKey({ key: jwk, format: 'jwk' })
  const form =
    alg[0] === 'P'
      ? { key, padding: 6, saltLength: -1 } // RSA_PKCS1_PSS_PADDING, RSA_PSS_SALTLEN_DIGEST
      : { key, dsaEncoding: 'ieee-p1363' as const }
  const digest = alg[1] === 'd' ? null : `sha${alg.slice(2)}`
  return `${input}.${sign(digest, Buffer.from(input), form).toString('base64url')}`
}
