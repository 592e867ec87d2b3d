/** `iss` that is not, or not quite, one of the policy's issuers (RFC 7519 4.1.1, RFC 8725 3.8). */

import type { World, WorldIssuer } from '../world/world.ts'
import type { Attack } from './attack.ts'
import { attackerJwks, servedAt } from './key-injection.ts'
import { tokenAttack } from './token-attack.ts'
import { attackerKey, attackerToken, change, issuedToken, signedBy } from './tokens.ts'

/** An issuer that is no URL is read as a host (RFC 7519 4.1.1 allows any string). */
function urlOf(issuer: string): URL {
  return new URL(urlTextOf(issuer))
}

function urlTextOf(issuer: string): string {
  return URL.canParse(issuer) ? issuer : `https://${issuer}`
}

type Spell = (issuer: string, attacker: string) => unknown

/** Issuers that an attacker can play, because the name is a URL of theirs or of a tenant of the same provider. */
const foreign: readonly { name: string; source: string; iss: (issuer: string, attacker: string) => string }[] = [
  { name: 'attacker', source: 'RFC 8725 3.8', iss: (_issuer, attacker) => attacker },
  {
    name: 'attacker-same-path',
    source: 'RFC 8725 3.8',
    iss: (issuer, attacker) => `${attacker}${urlOf(issuer).pathname}`,
  },
  { name: 'sister-pool', source: 'RFC 8725 3.8', iss: (issuer) => `${urlOf(issuer).origin}/us-east-1_ATTACKER1` },
  { name: 'true-as-path', source: 'RFC 8725 3.8', iss: (issuer, attacker) => `${attacker}/${issuer}` },
  { name: 'true-as-query', source: 'RFC 8725 3.8', iss: (issuer, attacker) => `${attacker}/?${issuer}` },
  {
    name: 'true-as-sub-domain',
    source: 'RFC 8725 3.8',
    iss: (issuer, attacker) => `${issuer}.${new URL(attacker).host}`,
  },
  {
    name: 'true-host-as-sub-domain',
    source: 'RFC 8725 3.8',
    iss: (issuer, attacker) => `https://${urlOf(issuer).host}.${new URL(attacker).host}${urlOf(issuer).pathname}`,
  },
  {
    name: 'true-host-as-user',
    source: 'RFC 3986 7.6',
    iss: (issuer, attacker) => `https://${urlOf(issuer).host}@${new URL(attacker).host}${urlOf(issuer).pathname}`,
  },
  { name: 'dot-segments', source: 'RFC 3986 5.2.4', iss: (issuer) => `${issuer}/../us-east-1_ATTACKER1` },
  { name: 'longer', source: 'CVE-2024-53861', iss: (issuer) => `${issuer}0` },
]

const discovered: Attack[] = foreign.map(({ name, source, iss }) =>
  tokenAttack(
    `issuer-${name}`,
    'key-selection',
    source,
    (world, { issuer, claims }) => {
      const spelt = iss(issuer.issuer, world.attackerOrigin)
      const kids = [undefined, issuer.keys[0].kid, attackerKey(world).kid]
      return [
        ...kids.map((kid) => attackerToken(world, change(claims, { iss: spelt }), { kid })),
        // The true key under another name: what a shared signing service would hand to another tenant.
        signedBy(world, issuer.keys[0], change(claims, { iss: spelt })),
      ]
    },
    (world, { issuer }) => playedIssuer(world, iss(issuer.issuer, world.attackerOrigin)),
  ),
)

/** Discovery (OpenID Connect Discovery 1.0 4, RFC 8414 3) and key set of an issuer that the attacker plays. */
function playedIssuer(world: World, name: string) {
  const issuer = urlTextOf(name)
  const jwksUri = `${issuer}/.well-known/jwks.json`
  const discovery = { kind: 'body' as const, body: JSON.stringify({ issuer, jwks_uri: jwksUri }) }
  return {
    ...servedAt(jwksUri, attackerJwks(world)),
    ...servedAt(`${issuer}/.well-known/openid-configuration`, discovery),
    ...servedAt(`${issuer}/.well-known/oauth-authorization-server`, discovery),
    ...servedAt(`${issuer}/jwks.json`, attackerJwks(world)),
  }
}

/** Spellings that only a loose comparison accepts; all signed by the true key. */
const misspelt: readonly { name: string; source: string; iss: Spell }[] = [
  { name: 'trailing-slash', source: 'RFC 7519 4.1.1', iss: (issuer) => `${issuer}/` },
  { name: 'prefix', source: 'CVE-2024-53861', iss: (issuer) => issuer.slice(0, -1) },
  { name: 'origin', source: 'CVE-2024-53861', iss: (issuer) => urlOf(issuer).origin },
  { name: 'scheme', source: 'CVE-2024-53861', iss: () => 'https://' },
  { name: 'one-letter', source: 'CVE-2024-53861', iss: () => 'h' },
  { name: 'empty', source: 'CVE-2024-53861', iss: () => '' },
  { name: 'prototype', source: 'CWE-1321', iss: () => '__proto__' },
  { name: 'constructor', source: 'CWE-1321', iss: () => 'constructor' },
  { name: 'missing', source: 'RFC 8725 3.8', iss: () => undefined },
  { name: 'null', source: 'RFC 7519 2', iss: () => null },
  { name: 'array', source: 'CVE-2025-30144', iss: (issuer) => [issuer] },
  { name: 'array-with-attacker', source: 'CVE-2025-30144', iss: (issuer, attacker) => [attacker, issuer] },
  { name: 'object', source: 'CWE-843', iss: (issuer) => ({ [issuer]: true }) },
  { name: 'upper-case', source: 'RFC 7519 4.1.1', iss: (issuer) => issuer.toUpperCase() },
  {
    name: 'upper-case-host',
    source: 'RFC 7519 4.1.1',
    iss: (issuer) => issuer.replace(urlOf(issuer).host, (host) => host.toUpperCase()),
  },
  { name: 'http', source: 'RFC 7519 4.1.1', iss: (issuer) => issuer.replace('https:', 'http:') },
  { name: 'no-scheme', source: 'RFC 7519 4.1.1', iss: (issuer) => issuer.replace('https://', '') },
  {
    name: 'port',
    source: 'RFC 3986 6.2.3',
    iss: (issuer) => issuer.replace(urlOf(issuer).host, (host) => `${host}:443`),
  },
  { name: 'fragment', source: 'RFC 7519 4.1.1', iss: (issuer) => `${issuer}#` },
  { name: 'query', source: 'RFC 7519 4.1.1', iss: (issuer) => `${issuer}?` },
  { name: 'space', source: 'RFC 7519 4.1.1', iss: (issuer) => `${issuer} ` },
  {
    name: 'dot-as-any',
    source: 'CWE-625',
    iss: (issuer) => issuer.replace(urlOf(issuer).host, (host) => host.replace('.', 'x')),
  },
  { name: 'list', source: 'RFC 7519 4.1.1', iss: (issuer, attacker) => `${attacker},${issuer}` },
]

const loose = misspelt.map(({ name, source, iss }) =>
  tokenAttack(`issuer-spelt-${name}`, 'claims', source, (world, visitor) =>
    issuedToken(world, visitor, { iss: iss(visitor.issuer.issuer, world.attackerOrigin) }),
  ),
)

const otherIssuersKey = tokenAttack(
  'issuer-signed-by-another',
  'key-selection',
  'RFC 8725 3.8',
  (world, { issuer, claims }) => {
    const others = world.issuers.filter((other: WorldIssuer) => other.issuer !== issuer.issuer)
    if (others.length === 0) return null
    return others.flatMap(({ keys }) => [
      signedBy(world, keys[0], claims),
      signedBy(world, keys[0], claims, { kid: issuer.keys[0].kid }),
    ])
  },
)

export const issuerClaimAttacks = [...discovered, ...loose, otherIssuersKey]
