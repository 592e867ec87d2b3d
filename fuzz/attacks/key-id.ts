/** `kid` that names no key, another key, or something that is no key at all (RFC 7515 4.1.4). */
import { tokenAttack } from './token-attack.ts'
import { attackerKey, attackerToken, hmacToken, issuedToken, signedBy } from './tokens.ts'

const unusual: readonly { name: string; source: string; kid: (kid: string) => unknown }[] = [
  { name: 'missing', source: 'RFC 7515 4.1.4', kid: () => undefined },
  { name: 'empty', source: 'RFC 7515 4.1.4', kid: () => '' },
  { name: 'null', source: 'RFC 7515 4.1.4', kid: () => null },
  { name: 'number', source: 'CWE-843', kid: () => 0 },
  { name: 'true', source: 'CWE-843', kid: () => true },
  { name: 'array', source: 'CWE-843', kid: (kid) => [kid] },
  { name: 'object', source: 'CWE-843', kid: (kid) => ({ kid }) },
  { name: 'proto', source: 'CWE-1321', kid: () => '__proto__' },
  { name: 'constructor', source: 'CWE-1321', kid: () => 'constructor' },
  { name: 'to-string', source: 'CWE-1321', kid: () => 'toString' },
  { name: 'has-own-property', source: 'CWE-1321', kid: () => 'hasOwnProperty' },
  { name: 'length', source: 'CWE-1321', kid: () => 'length' },
  { name: 'index', source: 'CWE-843', kid: () => '0' },
  { name: 'undefined', source: 'CWE-843', kid: () => 'undefined' },
  { name: 'first-letter', source: 'CWE-187', kid: (kid) => kid.slice(0, 1) },
  { name: 'prefix', source: 'CWE-187', kid: (kid) => kid.slice(0, -1) },
  { name: 'longer', source: 'CWE-187', kid: (kid) => `${kid}0` },
  { name: 'space', source: 'RFC 7515 4.1.4', kid: (kid) => `${kid} ` },
  { name: 'upper-case', source: 'RFC 7515 4.1.4', kid: (kid) => kid.toUpperCase() },
  { name: 'nul', source: 'CWE-158', kid: (kid) => `${kid}\u0000` },
  { name: 'base64url', source: 'RFC 7515 4.1.4', kid: (kid) => Buffer.from(kid, 'base64').toString('base64url') },
  { name: 'wildcard', source: 'CWE-625', kid: () => '.*' },
  { name: 'sql', source: 'CWE-89', kid: () => "' OR '1'='1" },
  { name: 'path', source: 'CWE-22', kid: () => '../../../../../../dev/null' },
  { name: 'url', source: 'CWE-918', kid: () => 'https://attacker.example/key' },
  { name: 'long', source: 'CWE-400', kid: () => 'k'.repeat(4000) },
  { name: 'surrogate', source: 'RFC 8259 8.2', kid: () => '\ud800' },
]

const oddIds = unusual.map(({ name, source, kid }) =>
  tokenAttack(`kid-${name}`, 'key-selection', source, (world, visitor) => {
    const spelt = kid(visitor.issuer.keys[0].kid)
    return [
      issuedToken(world, visitor, {}, { kid: spelt }),
      attackerToken(world, visitor.claims, { kid: spelt }),
      // A look-up that finds nothing leaves an empty secret behind.
      hmacToken('HS256', Buffer.alloc(0), { kid: spelt }, visitor.claims),
    ]
  }),
)

const wrongKeys = [
  tokenAttack('kid-of-issuer-key-of-attacker', 'key-selection', 'RFC 7515 4.1.4', (world, { issuer, claims }) =>
    issuer.keys.map(({ kid }) => attackerToken(world, claims, { kid })),
  ),
  tokenAttack('kid-of-attacker', 'key-selection', 'RFC 7515 4.1.4', (world, { claims }) => [
    attackerToken(world, claims),
    attackerToken(world, claims, { kid: attackerKey(world).kid.slice(1) }),
  ]),
  tokenAttack('kid-of-sibling-key', 'key-selection', 'RFC 7515 4.1.4', (world, { issuer, claims }) => {
    const [first, second] = issuer.keys
    return second
      ? [signedBy(world, first, claims, { kid: second.kid }), signedBy(world, second, claims, { kid: first.kid })]
      : null
  }),
  tokenAttack('unpublished-key-of-issuer', 'key-selection', 'RFC 7517 5', (world, { issuer, claims }) => [
    signedBy(world, issuer.spareKeys[0], claims),
    signedBy(world, issuer.spareKeys[0], claims, { kid: issuer.keys[0].kid }),
  ]),
  tokenAttack('second-published-key', 'benign', 'RFC 7517 5', (world, { issuer, claims }) =>
    issuer.keys.map((key) => signedBy(world, key, claims)),
  ),
]

export const keyIdAttacks = [...oddIds, ...wrongKeys]
