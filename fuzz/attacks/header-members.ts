/** JOSE header members that change, or seem to change, how a token is read (RFC 7515 4.1.11, RFC 7797, RFC 7516 4.1.3). */
import { deflateRawSync } from 'node:zlib'
import { encode, rawToken, signedToken } from '../../testing/mint.ts'
import { tokenAttack } from './token-attack.ts'
import { issuedToken } from './tokens.ts'

const members: readonly { name: string; source: string; header: Record<string, unknown> }[] = [
  { name: 'crit-unknown', source: 'CVE-2025-59420', header: { crit: ['bork'], bork: true } },
  { name: 'crit-absent-member', source: 'RFC 7515 4.1.11', header: { crit: ['bork'] } },
  { name: 'crit-registered', source: 'RFC 7515 4.1.11', header: { crit: ['alg'] } },
  { name: 'crit-exp', source: 'CVE-2025-59420', header: { crit: ['exp'], exp: 1 } },
  { name: 'crit-empty', source: 'RFC 7515 4.1.11', header: { crit: [] } },
  { name: 'crit-string', source: 'RFC 7515 4.1.11', header: { crit: 'b64', b64: true } },
  { name: 'crit-null', source: 'RFC 7515 4.1.11', header: { crit: null } },
  { name: 'crit-proto', source: 'CWE-1321', header: { crit: ['__proto__', 'toString'] } },
  { name: 'crit-repeated', source: 'RFC 7515 4.1.11', header: { crit: ['b64', 'b64'], b64: true } },
  { name: 'crit-and-more', source: 'CVE-2025-59420', header: { crit: ['b64', 'bork'], b64: true, bork: 1 } },
  { name: 'b64-true', source: 'RFC 7797 3', header: { crit: ['b64'], b64: true } },
  { name: 'b64-true-not-critical', source: 'RFC 7797 6', header: { b64: true } },
  { name: 'b64-false-encoded', source: 'RFC 7797 3', header: { crit: ['b64'], b64: false } },
  { name: 'b64-false-not-critical', source: 'RFC 7797 6', header: { b64: false } },
  { name: 'zip', source: 'RFC 7516 4.1.3', header: { zip: 'DEF' } },
  { name: 'typ-at-jwt', source: 'RFC 9068 2.1', header: { typ: 'at+jwt' } },
  { name: 'typ-odd', source: 'RFC 8725 3.11', header: { typ: 'JOSE+JSON' } },
  { name: 'typ-number', source: 'RFC 7515 4.1.9', header: { typ: 1 } },
  { name: 'cty-jwt', source: 'RFC 7519 5.2', header: { cty: 'JWT' } },
  { name: 'encryption-members', source: 'CVE-2022-36083', header: { enc: 'A256GCM', p2c: 2_147_483_647, p2s: 'AAAA' } },
  { name: 'thumbprints', source: 'RFC 7515 4.1.7', header: { x5t: 'AAAA', 'x5t#S256': 'AAAA' } },
  {
    name: 'claims-in-header',
    source: 'RFC 7519 5.3',
    header: { iss: 'https://attacker.example', sub: 'other', exp: 9e9 },
  },
  { name: 'unknown', source: 'RFC 7515 4', header: { 'https://example.com/x': { a: [1] } } },
]

const memberAttacks = members.map(({ name, source, header }) =>
  tokenAttack(`header-${name}`, 'serialization', source, (world, visitor) => issuedToken(world, visitor, {}, header)),
)

const unencodedPayload = tokenAttack(
  'header-b64-false-raw',
  'serialization',
  'RFC 7797 3',
  (_world, { issuer, claims }) => {
    const key = issuer.keys[0]
    const header = encode({ alg: key.algorithm, kid: key.kid, crit: ['b64'], b64: false })
    // Signed over the payload's own octets; sent encoded, because raw claims have dots.
    const text = JSON.stringify(claims)
    const signature = signedToken(key, `${header}.${text}`).split('.').at(-1)
    return `${header}.${encode(text)}.${signature}`
  },
)

const compressed = tokenAttack(
  'header-zip-deflated',
  'serialization',
  'CVE-2024-28176',
  (_world, { issuer, claims }) => {
    const key = issuer.keys[0]
    const header = JSON.stringify({ alg: key.algorithm, kid: key.kid, zip: 'DEF' })
    return rawToken(key, deflateRawSync(JSON.stringify(claims)), header)
  },
)

/** Other kinds of JWT that the same issuer signs for the same client, and the kinds that a provider may ask for. */
const kinds: readonly { name: string; types: readonly unknown[] }[] = [
  { name: 'logout', types: ['logout+jwt', 'LOGOUT+JWT', 'application/logout+jwt'] },
  { name: 'event', types: ['secevent+jwt', 'dpop+jwt', 'token-introspection+jwt', 'x+jwt', '+jwt'] },
  { name: 'absent', types: [undefined, null, ''] },
  { name: 'plain', types: ['JWT', 'jwt', 'application/jwt'] },
  { name: 'access', types: ['at+jwt', 'AT+JWT', 'application/at+jwt', 'at+jwt ', 'xat+jwt', ['at+jwt']] },
]

const otherKinds = kinds.map(({ name, types }) =>
  tokenAttack(`type-${name}`, 'claims', 'RFC 8725 3.11', (world, visitor) =>
    types.map((typ) => issuedToken(world, visitor, {}, { typ })),
  ),
)

export const headerMemberAttacks = [...memberAttacks, unencodedPayload, compressed]
export const tokenTypeAttacks = otherKinds
