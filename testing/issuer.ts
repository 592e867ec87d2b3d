/** A token issuer that exists only in this process: real keys, a JWK Set, and access tokens as a Cognito user pool writes them. */
import { generateKeyPair, type KeyObject, randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import type { Jwk } from '../authorizer/configuration.ts'
import type { Algorithm } from '../authorizer/policy.ts'

/** Every algorithm that a policy may allow. */
export const algorithms: readonly Algorithm[] = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
]

export interface SigningKey {
  kid: string
  algorithm: Algorithm
  privateKey: KeyObject
  publicKey: KeyObject
  /** The public JWK with `kid`, `alg` and `use`, as the issuer publishes it. */
  jwk: Jwk
}

/** A new key pair, RSA with 2048 bits as Cognito's by default; `kid` is random by default. */
export async function createSigningKey(algorithm: Algorithm = 'RS256', kid?: string): Promise<SigningKey> {
  return signingKey(await keyPair(algorithm), algorithm, kid)
}

/** The key pair with its JWK. */
export function signingKey(
  { privateKey, publicKey }: Pick<SigningKey, 'privateKey' | 'publicKey'>,
  algorithm: Algorithm,
  kid: string = Buffer.from(randomUUID()).toString('base64'),
): SigningKey {
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, alg: algorithm, use: 'sig' }
  return { kid, algorithm, privateKey, publicKey, jwk }
}

const curves: Partial<Record<Algorithm, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }

function keyPair(algorithm: Algorithm): Promise<Pick<SigningKey, 'privateKey' | 'publicKey'>> {
  const namedCurve = curves[algorithm]
  if (namedCurve) return promisify(generateKeyPair)('ec', { namedCurve })
  if (algorithm.startsWith('Ed')) return promisify(generateKeyPair)('ed25519')
  return promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
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
