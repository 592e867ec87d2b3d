import type { EdgeSignIn } from './edge-policy.ts'
import { usesClientAssertions, usesClientSecrets } from './features.ts'
import { nodeCrypto } from './node-crypto.ts'
import type { SignInSecrets } from './policy.ts'

/** What a request to the token or revocation endpoint says of the client: parameters of the form, and headers. */
export interface ClientProof {
  form: Record<string, string>
  headers: Record<string, string>
}

/** RFC 6749 2.3.1, OpenID Connect Core 9. `id` is new for each request, `now` in seconds. */
export function clientProof(
  { client, endpoints, authMethod }: EdgeSignIn,
  { clientSecret = '', privateKey = {} }: Partial<SignInSecrets>,
  id: string,
  now: number,
): ClientProof {
  if (usesClientSecrets && authMethod === 'client_secret_basic') {
    const pair = `${formEncoded(client)}:${formEncoded(clientSecret)}`
    return { form: {}, headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } }
  }
  const form: Record<string, string> = { client_id: client }
  if (usesClientSecrets && authMethod === 'client_secret_post') form.client_secret = clientSecret
  if (usesClientAssertions && authMethod === 'private_key_jwt') {
    form.client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
    form.client_assertion = signedJwt(privateKey, {
      iss: client,
      sub: client,
      aud: endpoints.token,
      jti: id,
      iat: now,
      exp: now + 60,
    })
  }
  return { form, headers: {} }
}

function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1)
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
