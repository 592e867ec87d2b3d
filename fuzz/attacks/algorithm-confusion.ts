/** A public key taken for an HMAC secret, in every spelling that a verifier may hold it in (RFC 8725 2.1). */
import type { KeyObject } from 'node:crypto'
import type { SigningKey } from '../../testing/issuer.ts'
import { jwksAnswer } from '../world/make-world.ts'
import { tokenAttack } from './token-attack.ts'
import { hmacToken } from './tokens.ts'

type Spelling = (key: SigningKey) => string | Buffer | null

const pem = (key: KeyObject) => key.export({ format: 'pem', type: 'spki' }).toString()
const der = (key: KeyObject) => key.export({ format: 'der', type: 'spki' })
const isRsa = ({ publicKey }: SigningKey) => publicKey.asymmetricKeyType === 'rsa'
const pkcs1Pem = (key: KeyObject) => key.export({ format: 'pem', type: 'pkcs1' }).toString()

const spellings: readonly { name: string; source: string; secret: Spelling }[] = [
  { name: 'spki-pem', source: 'CVE-2015-9235', secret: ({ publicKey }) => pem(publicKey) },
  { name: 'spki-pem-trimmed', source: 'CVE-2016-10555', secret: ({ publicKey }) => pem(publicKey).trim() },
  {
    name: 'spki-pem-crlf',
    source: 'CVE-2023-48223',
    secret: ({ publicKey }) => pem(publicKey).replaceAll('\n', '\r\n'),
  },
  { name: 'spki-pem-leading-newline', source: 'CVE-2026-34950', secret: ({ publicKey }) => `\n${pem(publicKey)}` },
  { name: 'spki-pem-leading-space', source: 'CVE-2026-34950', secret: ({ publicKey }) => ` ${pem(publicKey)}` },
  {
    name: 'spki-pem-one-line',
    source: 'CVE-2022-29217',
    secret: ({ publicKey }) => pem(publicKey).replaceAll('\n', ''),
  },
  {
    name: 'spki-pem-body',
    source: 'CVE-2022-29217',
    secret: ({ publicKey }) => pem(publicKey).replace(/-----.*-----\n/g, ''),
  },
  { name: 'pkcs1-pem', source: 'CVE-2017-11424', secret: (key) => (isRsa(key) ? pkcs1Pem(key.publicKey) : null) },
  {
    name: 'pkcs1-pem-trimmed',
    source: 'CVE-2023-48223',
    secret: (key) => (isRsa(key) ? pkcs1Pem(key.publicKey).trim() : null),
  },
  { name: 'spki-der', source: 'CVE-2022-29217', secret: ({ publicKey }) => der(publicKey) },
  { name: 'spki-der-base64', source: 'CVE-2022-29217', secret: ({ publicKey }) => der(publicKey).toString('base64') },
  {
    name: 'pkcs1-der',
    source: 'CVE-2022-29217',
    secret: ({ publicKey, ...key }) =>
      isRsa({ publicKey, ...key }) ? publicKey.export({ format: 'der', type: 'pkcs1' }) : null,
  },
  { name: 'openssh', source: 'CVE-2024-33663', secret: openSsh },
  { name: 'jwk-published', source: 'RFC 8725 2.1', secret: ({ jwk }) => JSON.stringify(jwk) },
  {
    name: 'jwk-bare',
    source: 'RFC 8725 2.1',
    secret: ({ publicKey }) => JSON.stringify(publicKey.export({ format: 'jwk' })),
  },
  { name: 'jwk-thumbprint-input', source: 'RFC 7638 3', secret: thumbprintInput },
  { name: 'jwks-body', source: 'RFC 8725 2.1', secret: ({ jwk }) => JSON.stringify({ keys: [jwk] }) },
  { name: 'modulus-text', source: 'RFC 8725 2.1', secret: ({ jwk }) => text(jwk.n) },
  { name: 'modulus-octets', source: 'RFC 8725 2.1', secret: ({ jwk }) => octets(jwk.n) },
  { name: 'x-text', source: 'CVE-2024-33663', secret: ({ jwk }) => text(jwk.x) },
  { name: 'x-octets', source: 'CVE-2024-33663', secret: ({ jwk }) => octets(jwk.x) },
  { name: 'key-id', source: 'CWE-1391', secret: ({ kid }) => kid },
  { name: 'empty', source: 'CVE-2019-20933', secret: () => '' },
  { name: 'undefined', source: 'CWE-1391', secret: () => 'undefined' },
  { name: 'null', source: 'CWE-1391', secret: () => 'null' },
  { name: 'object', source: 'CWE-1391', secret: () => '[object Object]' },
  { name: 'key-object', source: 'CWE-1391', secret: () => '[object KeyObject]' },
  { name: 'well-known', source: 'CWE-1391', secret: () => 'secret' },
]

const hashes = ['HS256', 'HS384', 'HS512'] as const

const publicKeyAttacks = spellings.map(({ name, source, secret }) =>
  tokenAttack(`public-key-as-secret-${name}`, 'algorithm', source, (_world, { issuer, claims }) => {
    const tokens = issuer.keys.flatMap((key) => {
      const spelt = secret(key)
      return spelt === null
        ? []
        : hashes.map((alg) => hmacToken(alg, Buffer.from(spelt as string), { kid: key.kid }, claims))
    })
    return tokens.length === 0 ? null : tokens
  }),
)

const configurationAttack = tokenAttack(
  'configuration-as-secret',
  'algorithm',
  'CWE-1391',
  (_world, { issuer, claims }) =>
    [issuer.issuer, issuer.jwksUri, ...issuer.provider.clientIds].map((secret) =>
      hmacToken('HS256', Buffer.from(secret), { kid: issuer.keys[0].kid }, claims),
    ),
)

/** A published key that says nothing of its algorithm, so that a verifier may ask the token for it. */
const withoutAlgorithm = tokenAttack(
  'key-without-algorithm-as-secret',
  'algorithm',
  'CVE-2026-22817, CVE-2026-22818, CVE-2026-44699',
  (_world, { issuer, claims }) => {
    const [key] = issuer.keys
    const secrets = ['spki-pem', 'spki-der', 'jwk-bare', 'jwk-published', 'modulus-text', 'x-text', 'empty']
    const spelt = spellings.filter(({ name }) => secrets.includes(name)).map(({ secret }) => secret(key))
    const bare = JSON.stringify({ ...key.jwk, alg: undefined })
    return [...spelt, bare].flatMap((secret) =>
      secret === null
        ? []
        : hashes.slice(0, 2).map((alg) => hmacToken(alg, Buffer.from(secret as string), { kid: key.kid }, claims)),
    )
  },
  (_world, { issuer }) => ({
    [issuer.jwksUri]: jwksAnswer(issuer.keys.map(({ jwk }) => ({ ...jwk, alg: undefined }))),
  }),
)

export const algorithmConfusionAttacks = [withoutAlgorithm, ...publicKeyAttacks, configurationAttack]

function text(member: unknown): string | null {
  return typeof member === 'string' ? member : null
}

function octets(member: unknown): Buffer | null {
  return typeof member === 'string' ? Buffer.from(member, 'base64url') : null
}

/** The members that RFC 7638 hashes, in its order. */
function thumbprintInput({ jwk: { e, kty, n, crv, x, y } }: SigningKey): string {
  const members = kty === 'RSA' ? { e, kty, n } : { crv, kty, x, y }
  return JSON.stringify(members)
}

const sshCurves: Record<string, string> = { 'P-256': 'nistp256', 'P-384': 'nistp384', 'P-521': 'nistp521' }

/** One line of an authorized_keys file (RFC 4253 6.6, RFC 5656 3.1, RFC 8709 4). */
function openSsh({ jwk }: SigningKey): string | null {
  const member = (name: string) => octets(jwk[name]) ?? Buffer.alloc(0)
  if (jwk.kty === 'RSA') return sshLine('ssh-rsa', [unsignedInteger(member('e')), unsignedInteger(member('n'))])
  if (jwk.kty === 'OKP') return sshLine('ssh-ed25519', [member('x')])
  const curve = sshCurves[String(jwk.crv)]
  if (curve === undefined) return null
  return sshLine(`ecdsa-sha2-${curve}`, [Buffer.from(curve), Buffer.concat([Buffer.of(4), member('x'), member('y')])])
}

function sshLine(type: string, fields: Buffer[]): string {
  const blob = [Buffer.from(type), ...fields].flatMap((field) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(field.length)
    return [length, field]
  })
  return `${type} ${Buffer.concat(blob).toString('base64')}`
}

function unsignedInteger(octets: Buffer): Buffer {
  return (octets[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), octets]) : octets
}
