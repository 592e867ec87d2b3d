/** Whether a token request proves its client as the provider has it registered (RFC 6749 2.3.1, OpenID Connect Core 9). */
import { createPublicKey, verify } from 'node:crypto'
import type { Call } from '../sandbox/protocol.ts'
import type { ClientAuthentication } from './site.ts'

export function provesClient(
  clientAuth: ClientAuthentication,
  client: string,
  call: Call,
  form: URLSearchParams,
): boolean {
  if (clientAuth.method === 'none') return form.get('client_id') === client
  if (clientAuth.method === 'private_key_jwt')
    return isAssertion(form.get('client_assertion') ?? '', client, clientAuth.key)
  const { method, secret } = clientAuth
  const isPosted = form.get('client_id') === client && form.get('client_secret') === secret
  if (method === 'client_secret_post') return isPosted
  const isBasic = hasBasic(call, client, secret)
  return method === 'client_secret_basic' ? isBasic : isBasic || isPosted
}

function hasBasic(call: Call, client: string, secret: string): boolean {
  const [, encoded = ''] = /^Basic (\S+)$/i.exec(call.headers.authorization ?? '') ?? []
  const text = Buffer.from(encoded, 'base64').toString()
  const at = text.indexOf(':')
  return decoded(text.slice(0, at)) === client && decoded(text.slice(at + 1)) === secret
}

/** application/x-www-form-urlencoded, both halves. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}

/** RFC 7523 3, as far as a flawed client can get it wrong: signature, client. */
function isAssertion(assertion: string, client: string, key: Readonly<Record<string, string>>): boolean {
  const [header = '', payload = '', signature = ''] = assertion.split('.')
  try {
    const { iss, sub } = JSON.parse(Buffer.from(payload, 'base64url').toString())
    const object = createPublicKey({ key: { ...key, d: undefined } as never, format: 'jwk' })
    const options = key.kty === 'EC' ? { key: object, dsaEncoding: 'ieee-p1363' as const } : object
    const digest = key.kty === 'OKP' ? null : `sha${(key.alg ?? 'RS256').slice(2)}`
    const isSigned = verify(digest, Buffer.from(`${header}.${payload}`), options, Buffer.from(signature, 'base64url'))
    return isSigned && iss === client && sub === client
  } catch {
    return false
  }
}
