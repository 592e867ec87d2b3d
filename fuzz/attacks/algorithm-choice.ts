/** The token names an algorithm that the policy does not allow, or that is not what its key is for (RFC 8725 3.1, RFC 7518 3.1). */
import { constants, sign } from 'node:crypto'
import type { Algorithm } from '../../authorizer/policy.ts'
import type { SigningKey } from '../../testing/issuer.ts'
import { tokenAttack } from './token-attack.ts'
import { issuedToken, partsOf, signedBy, signedTexts, unsigned } from './tokens.ts'

const rsaAlgorithms: readonly Algorithm[] = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']
const ecAlgorithms: readonly Algorithm[] = ['ES256', 'ES384', 'ES512']

/** What a key of this type can compute, whether its curve or its JWK's `alg` allows it or not. */
function computable({ publicKey }: SigningKey): readonly Algorithm[] {
  if (publicKey.asymmetricKeyType === 'rsa') return rsaAlgorithms
  return publicKey.asymmetricKeyType === 'ec' ? ecAlgorithms : ['EdDSA']
}

const issuerSigned = [...rsaAlgorithms, ...ecAlgorithms].map((alg) =>
  tokenAttack(`issuer-signs-${alg.toLowerCase()}`, 'algorithm', 'RFC 8725 3.1', (world, { issuer, claims }) => {
    const tokens = issuer.keys
      .filter((key) => key.algorithm !== alg && computable(key).includes(alg))
      .map((key) => signedBy(world, { ...key, algorithm: alg }, claims))
    return tokens.length === 0 ? null : tokens
  }),
)

const odd: readonly { name: string; alg: unknown }[] = [
  { name: 'lower-case', alg: 'rs256' },
  { name: 'array', alg: ['RS256'] },
  { name: 'object', alg: { alg: 'RS256' } },
  { name: 'number', alg: 256 },
  { name: 'prototype', alg: '__proto__' },
  { name: 'constructor', alg: 'constructor' },
  { name: 'to-string', alg: 'toString' },
  { name: 'unknown', alg: 'RS257' },
  { name: 'secp256k1', alg: 'ES256K' },
  { name: 'ed25519', alg: 'Ed25519' },
  { name: 'direct', alg: 'dir' },
  { name: 'key-wrap', alg: 'A128KW' },
  { name: 'rsa1-5', alg: 'RSA1_5' },
  { name: 'sha1', alg: 'RS1' },
  { name: 'injected', alg: 'RS256\u0000' },
]

const oddNames = odd.map(({ name, alg }) =>
  tokenAttack(`alg-${name}`, 'algorithm', 'RFC 7515 4.1.1', (world, visitor) => {
    const [, payload, signature] = partsOf(issuedToken(world, visitor))
    const key = visitor.issuer.keys[0]
    const header = { kid: key.kid, alg }
    return [
      // Truly signed, so that a verifier that does not look at the name accepts it.
      signedTexts(world, key, JSON.stringify(header), JSON.stringify(visitor.claims)),
      `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${payload}.${signature}`,
    ]
  }),
)

const otherKinds = (['RS256', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const).map((alg) =>
  tokenAttack(`other-kind-${alg.toLowerCase()}`, 'algorithm', 'RFC 8725 3.1', (_world, { issuer, claims }, random) =>
    issuer.keys.map(({ kid }) => unsigned({ alg, kid }, claims, random.bytes(256).toString('base64url'))),
  ),
)

/** The header says one RSA scheme or hash, the issuer's key signed with another. */
const crossed = [
  { name: 'pss-under-rs', hash: 'sha256', padding: constants.RSA_PKCS1_PSS_PADDING },
  { name: 'sha1-under-rs', hash: 'sha1', padding: constants.RSA_PKCS1_PADDING },
  { name: 'sha512-under-rs', hash: 'sha512', padding: constants.RSA_PKCS1_PADDING },
].map(({ name, hash, padding }) =>
  tokenAttack(`issuer-${name}`, 'algorithm', 'RFC 8017 8.2.2', (_world, { issuer, claims }) => {
    const key = issuer.keys[0]
    if (key.algorithm !== 'RS256') return null
    const input = unsigned({ kid: key.kid, alg: 'RS256' }, claims).slice(0, -1)
    return `${input}.${sign(hash, Buffer.from(input), { key: key.privateKey, padding }).toString('base64url')}`
  }),
)

export const algorithmChoiceAttacks = [...issuerSigned, ...oddNames, ...otherKinds, ...crossed]
