/** JSON that parsers read differently, or should not read at all (RFC 8259, RFC 7515 4 and 10.12, RFC 7519 7.2). */
import { groupChanges, groupsOf } from '../world/provider-claims.ts'
import type { Visitor } from '../world/world.ts'
import { promoted } from './serialization.ts'
import { claimsAttack, tokenAttack } from './token-attack.ts'
import { change, partsOf, signedTexts, unsigned } from './tokens.ts'

type Text = string | Buffer
type Write = (claims: Record<string, unknown>, visitor: Visitor) => Text

const members = (object: object) => JSON.stringify(object).slice(1, -1)

/** 1,600 with those of the visitor, or nearly. */
const shortGroups = Array.from({ length: 1598 }, (_, index) => (index + 1296).toString(36))

const payloads: readonly { name: string; source: string; write: Write }[] = [
  {
    name: 'duplicate-first-better',
    source: 'RFC 7515 4',
    write: (claims, visitor) => `{${members(promoted(visitor))},${members(claims)}}`,
  },
  {
    name: 'duplicate-last-better',
    source: 'RFC 7515 4',
    write: (claims, visitor) => `{${members(claims)},${members(promoted(visitor))}}`,
  },
  {
    name: 'duplicate-issuer',
    source: 'RFC 7519 4',
    write: (claims) => `{"iss":"https://attacker.example",${members(claims)},"iss":"https://attacker.example"}`,
  },
  {
    name: 'nested-before-better',
    source: 'CWE-20',
    write: (claims, visitor) => `{"nested":{${members(promoted(visitor))}},${members(claims)}}`,
  },
  {
    name: 'nested-after-better',
    source: 'CWE-20',
    write: (claims, visitor) => `{${members(claims)},"nested":[{${members(promoted(visitor))}}]}`,
  },
  { name: 'duplicate-expiry', source: 'RFC 7519 4', write: (claims) => `{${members(claims)},"exp":1}` },
  { name: 'duplicate-expiry-first', source: 'RFC 7519 4', write: (claims) => `{"exp":1,${members(claims)}}` },
  {
    name: 'escaped-names',
    source: 'RFC 8259 8.3',
    write: (claims) => JSON.stringify(claims).replace('"sub"', '"\\u0073ub"').replace('"exp"', '"\\u0065xp"'),
  },
  {
    name: 'proto-member',
    source: 'CWE-1321',
    write: (claims, visitor) => `{${members(claims)},"__proto__":${JSON.stringify(promoted(visitor))}}`,
  },
  {
    name: 'proto-only',
    source: 'CWE-1321',
    write: (claims) => `{"iss":${JSON.stringify(claims.iss)},"__proto__":${JSON.stringify(claims)}}`,
  },
  {
    name: 'constructor-member',
    source: 'CWE-1321',
    write: (claims) =>
      `{${members(claims)},"constructor":{"prototype":{"public":true}},"toString":1,"hasOwnProperty":1}`,
  },
  {
    name: 'name-in-other-case',
    source: 'RFC 7519 4',
    write: (claims) => JSON.stringify(claims).replace('"exp"', '"Exp"'),
  },
  {
    name: 'name-with-nul',
    source: 'CWE-158',
    write: (claims) => JSON.stringify(claims).replace('"exp"', '"exp\\u0000"'),
  },
  { name: 'byte-order-mark', source: 'RFC 8259 8.1', write: (claims) => `\ufeff${JSON.stringify(claims)}` },
  { name: 'utf-16', source: 'RFC 8259 8.1', write: (claims) => Buffer.from(JSON.stringify(claims), 'utf16le') },
  {
    name: 'invalid-utf-8',
    source: 'RFC 8259 8.1',
    write: (claims) => Buffer.from(JSON.stringify(change(claims, { note: '\u00ff\u00fe' })), 'latin1'),
  },
  {
    name: 'overlong-utf-8',
    source: 'RFC 3629 10',
    write: (claims) =>
      Buffer.concat([Buffer.from(`{${members(claims)},"note":"`), Buffer.of(0xc0, 0xae), Buffer.from('"}')]),
  },
  { name: 'white-space', source: 'RFC 8259 2', write: (claims) => ` \r\n\t${JSON.stringify(claims, null, 2)}\n` },
  { name: 'odd-white-space', source: 'RFC 8259 2', write: (claims) => `\u00a0${JSON.stringify(claims)}` },
  { name: 'comment', source: 'RFC 8259 2', write: (claims) => `/* */${JSON.stringify(claims)}` },
  { name: 'trailing-comma', source: 'RFC 8259 4', write: (claims) => `{${members(claims)},}` },
  { name: 'trailing-text', source: 'RFC 8259 2', write: (claims) => `${JSON.stringify(claims)}x` },
  {
    name: 'two-objects',
    source: 'RFC 8259 2',
    write: (claims) => `${JSON.stringify(claims)}${JSON.stringify(claims)}`,
  },
  { name: 'single-quotes', source: 'RFC 8259 7', write: (claims) => JSON.stringify(claims).replaceAll('"', "'") },
  { name: 'array', source: 'CVE-2026-107723', write: (claims) => JSON.stringify([claims]) },
  { name: 'string', source: 'RFC 7519 7.2', write: (claims) => JSON.stringify(JSON.stringify(claims)) },
  { name: 'null', source: 'RFC 7519 7.2', write: () => 'null' },
  { name: 'number', source: 'RFC 7519 7.2', write: () => '1' },
  { name: 'true', source: 'RFC 7519 7.2', write: () => 'true' },
  { name: 'empty-object', source: 'RFC 7519 7.2', write: () => '{}' },
  { name: 'empty-array', source: 'RFC 7519 7.2', write: () => '[]' },
  { name: 'empty', source: 'RFC 7519 7.2', write: () => '' },
  { name: 'half', source: 'RFC 7519 7.2', write: (claims) => JSON.stringify(claims).slice(0, -9) },
  {
    name: 'deep-array',
    source: 'CWE-674',
    write: (claims) => `{${members(claims)},"x":${'['.repeat(3000)}${']'.repeat(3000)}}`,
  },
  {
    name: 'deep-object',
    source: 'CWE-674',
    write: (claims) => `{${members(claims)},"x":${'{"x":'.repeat(1500)}1${'}'.repeat(1500)}}`,
  },
  {
    name: 'deepest-array',
    source: 'CWE-674',
    write: (claims) => `{${members(claims)},"x":${'['.repeat(6500)}${']'.repeat(6500)}}`,
  },
  ...[15, 16].map((levels): { name: string; source: string; write: Write } => ({
    // One level is the claims' own.
    name: `nested-in-${levels + 1}-levels`,
    source: 'CWE-674',
    write: (claims) => `{${members(claims)},"x":${'['.repeat(levels)}${']'.repeat(levels)}}`,
  })),
  {
    name: 'brackets-in-strings',
    source: 'CWE-674',
    write: (claims) => JSON.stringify({ ...claims, x: '[{'.repeat(40), y: '",:\\'.repeat(20) }),
  },
  {
    // The longest list of groups that a credential of 16,384 characters holds.
    name: 'groups-that-fit',
    source: 'CWE-407',
    write: (claims, visitor) =>
      JSON.stringify(change(claims, groupChanges(visitor, [...groupsOf(visitor), ...shortGroups]))),
  },
  {
    name: 'many-members',
    source: 'CWE-407',
    write: (claims) =>
      `{${members(claims)},${members(Object.fromEntries(Array.from({ length: 400 }, (_, n) => [`m${n}`, n])))}}`,
  },
  {
    // As many as CloudFront's 20,480 bytes of headers hold.
    name: 'members-that-fit',
    source: 'CWE-407',
    write: (claims) => `{${members(claims)},${Array.from({ length: 1600 }, (_, n) => `"${n.toString(36)}":0`).join()}}`,
  },
  { name: 'long-number', source: 'CWE-1284', write: (claims) => `{${members(claims)},"x":${'9'.repeat(2000)}}` },
  { name: 'long-string', source: 'CWE-400', write: (claims) => JSON.stringify({ ...claims, x: 'x'.repeat(4000) }) },
]

const payloadTexts = payloads.map(({ name, source, write }) =>
  claimsAttack(`json-${name}`, 'json', source, (world, visitor) => {
    const key = visitor.issuer.keys[0]
    const header = JSON.stringify({ kid: key.kid, alg: key.algorithm })
    return signedTexts(world, key, header, write(visitor.claims, visitor))
  }),
)

type WriteHeader = (header: { kid: string; alg: string }) => string

const headers: readonly { name: string; source: string; write: WriteHeader }[] = [
  { name: 'duplicate-alg-first-none', source: 'RFC 7515 4', write: (header) => `{"alg":"none",${members(header)}}` },
  { name: 'duplicate-alg-last-none', source: 'RFC 7515 4', write: (header) => `{${members(header)},"alg":"none"}` },
  { name: 'duplicate-kid', source: 'RFC 7515 4', write: (header) => `{"kid":"other",${members(header)}}` },
  { name: 'duplicate-kid-last', source: 'RFC 7515 4', write: (header) => `{${members(header)},"kid":"other"}` },
  {
    name: 'escaped-names',
    source: 'RFC 8259 8.3',
    write: ({ alg, kid }) => `{"\\u0061lg":"${alg}","\\u006bid":${JSON.stringify(kid)}}`,
  },
  { name: 'proto', source: 'CWE-1321', write: (header) => `{"__proto__":${JSON.stringify(header)}}` },
  { name: 'byte-order-mark', source: 'RFC 8259 8.1', write: (header) => `\ufeff${JSON.stringify(header)}` },
  { name: 'array', source: 'RFC 7515 4', write: (header) => JSON.stringify([header]) },
  { name: 'null', source: 'RFC 7515 4', write: () => 'null' },
  { name: 'string', source: 'RFC 7515 4', write: () => '"RS256"' },
  { name: 'number', source: 'RFC 7515 4', write: () => '0' },
  { name: 'empty-object', source: 'RFC 7515 4', write: () => '{}' },
  { name: 'empty', source: 'RFC 7515 4', write: () => '' },
  { name: 'broken', source: 'RFC 7515 4', write: (header) => JSON.stringify(header).slice(0, -3) },
  { name: 'trailing-text', source: 'RFC 7515 4', write: (header) => `${JSON.stringify(header)}}` },
  {
    name: 'deep',
    source: 'CWE-674',
    write: (header) => `{${members(header)},"x":${'['.repeat(3000)}${']'.repeat(3000)}}`,
  },
]

const headerTexts = headers.map(({ name, source, write }) =>
  tokenAttack(`json-header-${name}`, 'json', source, (world, visitor) => {
    const key = visitor.issuer.keys[0]
    const token = signedTexts(world, key, write({ kid: key.kid, alg: key.algorithm }), JSON.stringify(visitor.claims))
    const [header, payload] = partsOf(token)
    return [token, `${header}.${payload}.`]
  }),
)

/** Nothing here is signed: what happens before any signature is looked at. */
const unsignedTexts = [
  tokenAttack('json-unsigned-deep', 'resources', 'CWE-674', (_world, { issuer }) =>
    ['[', '{"a":'].map((open) => unsigned({ alg: 'RS256', kid: issuer.keys[0].kid }, open.repeat(2500), 'AAAA')),
  ),
  // As deep as CloudFront's 20,480 bytes of headers allow.
  tokenAttack('json-unsigned-deepest', 'resources', 'CWE-674', (_world, { issuer }) =>
    [`${'['.repeat(7000)}${']'.repeat(7000)}`, `${'{"a":'.repeat(2300)}1${'}'.repeat(2300)}`].map((text) =>
      unsigned({ alg: 'RS256', kid: issuer.keys[0].kid }, `{"x":${text}}`, 'AAAA'),
    ),
  ),
  tokenAttack('json-unsigned-header-deep', 'resources', 'CWE-674', (_world, { claims }) =>
    unsigned(`{"alg":"RS256","x":${'['.repeat(4000)}${']'.repeat(4000)}}`, claims, 'AAAA'),
  ),
]

export const jsonTextAttacks = [...payloadTexts, ...headerTexts, ...unsignedTexts]
