/** A token issuer that exists only in this process: real keys, a JWK Set, and access tokens as a Cognito user pool writes them. */
import { randomUUID } from 'node:crypto'
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { Jwk } from '../authorizer/configuration.ts'
import type { Algorithm } from '../authorizer/policy.ts'

export interface SigningKey {
  kid: string
  algorithm: Algorithm
  privateKey: CryptoKey
  /** The public JWK with `kid`, `alg` and `use`, as the issuer publishes it. */
  jwk: Jwk
}

/** A new key pair; RSA keys have `modulusLength` bits (default 2048, as Cognito's). */
export async function createSigningKey(algorithm: Algorithm = 'RS256', modulusLength = 2048): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { modulusLength, extractable: true })
  const kid = Buffer.from(randomUUID()).toString('base64')
  return { kid, algorithm, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: algorithm, use: 'sig' } }
}

/** Signs any payload with any header over `alg` and `kid`; the payload's members keep their order. */
export function sign(key: SigningKey, payload: object, header: object = {}): Promise<string> {
  return new SignJWT(payload as Record<string, unknown>)
    .setProtectedHeader({ kid: key.kid, alg: key.algorithm, ...header })
    .sign(key.privateKey)
}

export interface AccessTokenClaims {
  iss: string
  client_id: string
  /** Default: a new UUID. */
  sub?: string
  'cognito:groups'?: readonly string[]
  /** Seconds since the epoch; default now. */
  iat?: number
  /** Default one hour after `iat`. */
  exp?: number
  [claim: string]: unknown
}

/** The payload of a Cognito access token (Cognito Developer Guide, "Understanding the access token"): about 1 kB once signed with RS256. */
export function accessTokenPayload(claims: AccessTokenClaims): Record<string, unknown> {
  const sub = claims.sub ?? randomUUID()
  const iat = claims.iat ?? Math.floor(Date.now() / 1000)
  const { iss, client_id, 'cognito:groups': groups, exp = iat + 3600, ...rest } = claims
  return {
    sub,
    ...(groups === undefined ? {} : { 'cognito:groups': groups }),
    iss,
    version: 2,
    client_id,
    origin_jti: randomUUID(),
    event_id: randomUUID(),
    token_use: 'access',
    scope: 'openid profile email',
    auth_time: iat,
    exp,
    iat,
    jti: randomUUID(),
    username: sub,
    ...rest,
  }
}
