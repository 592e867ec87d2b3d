/** A good token is seen first; then comes one that a cache of verified tokens may take for it (CWE-524, CVE-2026-35039). */

import type { Random } from '../../statistics/seeded-random.ts'
import { encode } from '../../testing/mint.ts'
import type { Step } from '../case.ts'
import { groupChanges } from '../world/provider-claims.ts'
import type { Visitor, World } from '../world/world.ts'
import type { Attack } from './attack.ts'
import { advance } from './dates.ts'
import { request } from './request-step.ts'
import { promoted } from './serialization.ts'
import { attackerToken, hmacToken, issuedToken, partsOf, unsigned } from './tokens.ts'

/** What follows the good token, and shares one thing or another with it. */
const twins: readonly {
  name: string
  source: string
  twin: (token: string, world: World, visitor: Visitor, random: Random) => string
}[] = [
  { name: 'same-hash-code', source: 'GHSA-rp9m-7r4c-75qg', twin: sameHashCode },
  {
    name: 'same-payload-other-signature',
    source: 'CWE-347',
    twin: (token, world, visitor) => swap(token, 2, partsOf(attackerToken(world, visitor.claims))[2]),
  },
  { name: 'same-payload-no-signature', source: 'CWE-347', twin: (token) => swap(token, 2, '') },
  {
    name: 'same-signature-other-payload',
    source: 'CWE-347',
    twin: (token, _world, visitor) => swap(token, 1, encode(promoted(visitor))),
  },
  {
    name: 'same-signature-other-header',
    source: 'CWE-347',
    twin: (token, _world, visitor) => swap(token, 0, encode({ kid: visitor.issuer.keys[0].kid, alg: 'none' })),
  },
  {
    name: 'same-payload-unsecured',
    source: 'CWE-347',
    twin: (_token, _world, visitor) => unsigned({ alg: 'none' }, visitor.claims),
  },
  {
    name: 'same-first-half',
    source: 'CWE-187',
    twin: (token) => token.slice(0, token.length / 2) + 'A'.repeat(token.length / 2),
  },
  {
    name: 'same-last-characters',
    source: 'CWE-187',
    twin: (token, _world, visitor) => {
      const [header, , signature] = partsOf(token)
      return `${header}.${encode({ ...promoted(visitor), pad: 1 })}.${'A'.repeat(signature.length - 40)}${signature.slice(-40)}`
    },
  },
  {
    name: 'same-all-but-middle',
    source: 'CWE-187',
    twin: (token) => token.slice(0, 40) + token.slice(40, 48).split('').reverse().join('') + token.slice(48),
  },
  {
    name: 'one-bit',
    source: 'CWE-347',
    twin: (token) => `${token.slice(0, -6)}${token.at(-6) === 'A' ? 'B' : 'A'}${token.slice(-5)}`,
  },
  {
    name: 'same-length',
    source: 'CWE-328',
    twin: (token, _world, _visitor, random) => random.bytes(token.length).toString('base64url').slice(0, token.length),
  },
  {
    name: 'same-token-id',
    source: 'CVE-2026-35039',
    twin: (_token, world, visitor) => attackerToken(world, { ...promoted(visitor), jti: visitor.claims.jti }),
  },
  {
    name: 'same-subject-and-kid',
    source: 'CVE-2026-35039',
    twin: (_token, world, visitor) => attackerToken(world, visitor.claims, { kid: visitor.issuer.keys[0].kid }),
  },
  {
    name: 'same-claims-by-hmac',
    source: 'CWE-347',
    twin: (_token, _world, visitor) =>
      hmacToken('HS256', Buffer.from('x'), { kid: visitor.issuer.keys[0].kid }, visitor.claims),
  },
  {
    name: 'same-letters',
    source: 'GHSA-rp9m-7r4c-75qg',
    // Other octets of equal number and sum.
    twin: (token) =>
      token.replace(/(\w)(\w)(?=\w{4}$)/, (_all, one, other) => (one === other ? `${one}x` : `${other}${one}`)),
  },
  { name: 'upper-case', source: 'CWE-178', twin: (token) => token.toUpperCase() },
  { name: 'lower-case', source: 'CWE-178', twin: (token) => token.toLowerCase() },
  {
    name: 'other-case-of-one-letter',
    source: 'CWE-178',
    // In the signature, so that nothing but it is another.
    twin: (token) => token.replace(/(?<=\.[^.a-z]*)[a-z](?=[^.]*$)/i, swappedCase),
  },
  { name: 'longer', source: 'CWE-187', twin: (token) => `${token}AAAA` },
  { name: 'shorter', source: 'CWE-187', twin: (token) => token.slice(0, -4) },
  { name: 'prototype', source: 'CWE-1321', twin: () => '__proto__' },
  { name: 'constructor', source: 'CWE-1321', twin: () => 'constructor' },
]

/** Equal by the hash codes that multiply by 31 or 33, as two letters of the signature make up for each other. */
function sameHashCode(token: string): string {
  const [, , signature] = partsOf(token)
  const from = token.length - signature.length
  for (const factor of [31, 33]) {
    for (let at = from; at < token.length - 1; at++) {
      const pair = String.fromCharCode(token.charCodeAt(at) + 1, token.charCodeAt(at + 1) - factor)
      if (/^[A-Za-z0-9_-]{2}$/.test(pair)) return `${token.slice(0, at)}${pair}${token.slice(at + 2)}`
    }
  }
  return `${token}A`
}

function swappedCase(letter: string): string {
  return letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()
}

const twinAttacks: Attack[] = twins.map(({ name, source, twin }) => ({
  name: `reuse-${name}`,
  class: 'cache',
  source,
  build(world, random) {
    const visitor = random.pick(world.visitors)
    const token = issuedToken(world, visitor)
    const other = twin(token, world, visitor, random)
    const use = (uri: string, text: string) => request(world, { uri, token: text })
    const [uri] = visitor.granted
    return {
      steps: [use(uri, token), use(uri, other), ...visitor.denied.map((path) => use(path, other)), use(uri, token)],
    }
  },
}))

/** The decision itself remembered: by path, by token, or by nothing at all. */
const repeats: readonly { name: string; source: string; steps: (world: World, visitor: Visitor) => Step[] }[] = [
  {
    name: 'same-token-other-path',
    source: 'CWE-524',
    steps: (world, visitor) => {
      const token = issuedToken(world, visitor)
      const elsewhere = world.visitors.filter(({ route }) => route !== visitor.route).flatMap(({ denied }) => denied)
      return [...visitor.granted, ...visitor.denied, ...elsewhere, visitor.granted[0]].map((uri) =>
        request(world, { uri, token }),
      )
    },
  },
  {
    name: 'same-path-without-token',
    source: 'CWE-524',
    steps: (world, visitor) => {
      const [uri] = visitor.granted
      const token = issuedToken(world, visitor)
      return [
        request(world, { uri, token }),
        request(world, { uri }),
        request(world, { uri, token: 'x.y.z' }),
        request(world, { uri, token }),
      ]
    },
  },
  {
    name: 'denied-first',
    source: 'CWE-524',
    steps: (world, visitor) => {
      const [uri] = visitor.granted
      const token = issuedToken(world, visitor)
      return [
        request(world, { uri }),
        ...visitor.denied.map((path) => request(world, { uri: path, token })),
        request(world, { uri, token }),
      ]
    },
  },
  {
    name: 'same-event-again',
    source: 'CWE-524',
    steps: (world, visitor) =>
      Array.from({ length: 5 }, () => request(world, { uri: visitor.granted[0], token: issuedToken(world, visitor) })),
  },
  {
    name: 'two-visitors-in-turn',
    source: 'CWE-488',
    steps: (world, visitor) => {
      const other = {
        ...visitor,
        claims: {
          ...visitor.claims,
          sub: 'other',
          username: 'other',
          jti: 'other',
          ...groupChanges(visitor, ['other']),
        },
      }
      const pairs = [visitor, other].map((one) => issuedToken(world, one))
      return [...pairs, ...pairs].flatMap((token) => visitor.granted.map((uri) => request(world, { uri, token })))
    },
  },
  {
    name: 'same-id-other-rights',
    source: 'CVE-2026-35039',
    steps: (world, visitor) => {
      const better = issuedToken(world, visitor)
      const worse = issuedToken(world, visitor, groupChanges(visitor, ['other']))
      return [better, worse, better].flatMap((token) =>
        world.visitors.map(({ granted }) => request(world, { uri: granted[0], token })),
      )
    },
  },
  {
    name: 'expired-after-reuse',
    source: 'CWE-613',
    steps: (world, visitor) => {
      const use = request(world, { uri: visitor.granted[0], token: issuedToken(world, visitor) })
      return [use, advance(60_000), use, advance(1_800_000), use, advance(3_600_000), use]
    },
  },
]

const repeatAttacks: Attack[] = repeats.map(({ name, source, steps }) => ({
  name: `reuse-${name}`,
  class: 'cache',
  source,
  build: (world, random) => ({ steps: steps(world, random.pick(world.visitors)) }),
}))

export const tokenReuseAttacks = [...twinAttacks, ...repeatAttacks]

function swap(token: string, part: 0 | 1 | 2, text: string): string {
  return partsOf(token).with(part, text).join('.')
}
