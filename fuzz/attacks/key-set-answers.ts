/** Answers to the handler's fetch that are no good key set, or only half of one (RFC 7517 5, SEMANTICS.md: The issuer's keys). */

import type { Served } from '../../oracle/served-urls.ts'
import type { SigningKey } from '../../testing/issuer.ts'
import { jwksAnswer } from '../world/make-world.ts'
import type { World, WorldIssuer } from '../world/world.ts'
import type { Attack } from './attack.ts'
import { advance } from './dates.ts'
import { request } from './request-step.ts'
import { attackerKey, attackerToken, hmacToken, issuedToken, signedBy } from './tokens.ts'

export const keySet: (keys: readonly object[]) => Served = jwksAnswer

/** HTTP ends here: a client may report neither a response nor an error. */
export const switchingProtocols: Served = {
  kind: 'body',
  status: 101,
  body: '',
  headers: { connection: 'Upgrade', upgrade: 'h2c' },
}

/** `good` are the JWKs as published. */
const answers: readonly {
  name: string
  source: string
  answer: (good: Record<string, unknown>[], world: World) => Served
}[] = [
  { name: 'empty-set', source: 'CWE-754', answer: () => keySet([]) },
  { name: 'switching-protocols', source: 'RFC 9110 15.2.2', answer: () => switchingProtocols },
  { name: 'no-keys-member', source: 'RFC 7517 5', answer: () => body({}) },
  { name: 'keys-null', source: 'RFC 7517 5.1', answer: () => body({ keys: null }) },
  { name: 'keys-object', source: 'RFC 7517 5.1', answer: (good) => body({ keys: { ...good } }) },
  { name: 'bare-array', source: 'RFC 7517 5', answer: (good) => body(good) },
  { name: 'single-key', source: 'RFC 7517 5', answer: (good) => body(good[0]) },
  { name: 'null', source: 'RFC 7517 5', answer: () => body(null) },
  { name: 'number', source: 'RFC 7517 5', answer: () => body(1) },
  {
    name: 'html',
    source: 'CWE-754',
    answer: () => ({
      kind: 'body',
      body: '<!doctype html><title>503</title>',
      headers: { 'content-type': 'text/html' },
    }),
  },
  {
    name: 'cut',
    source: 'CWE-754',
    answer: (good) => ({ kind: 'body', body: JSON.stringify({ keys: good }).slice(0, -20) }),
  },
  { name: 'nothing', source: 'CWE-754', answer: () => ({ kind: 'body', body: '' }) },
  {
    name: 'error-500',
    source: 'CWE-754',
    answer: () => ({ kind: 'body', status: 500, body: '{"message":"Internal"}' }),
  },
  { name: 'error-404', source: 'CWE-754', answer: () => ({ kind: 'body', status: 404, body: '{"keys":[]}' }) },
  {
    name: 'error-with-attackers-keys',
    source: 'CWE-754',
    answer: (_good, world) => ({ kind: 'body', status: 500, body: JSON.stringify({ keys: [attackerKey(world).jwk] }) }),
  },
  ...[403, 404].map((status) => ({
    name: `${status}-with-attackers-keys`,
    source: 'CWE-754',
    answer: (_good: object, world: World): Served => ({
      kind: 'body',
      status,
      body: JSON.stringify({ keys: [attackerKey(world).jwk] }),
    }),
  })),
  {
    name: 'too-many-requests',
    source: 'CWE-754',
    answer: () => ({ kind: 'body', status: 429, body: '', headers: { 'retry-after': '9' } }),
  },
  { name: 'no-content', source: 'CWE-754', answer: () => ({ kind: 'body', status: 204, body: '' }) },
  { name: 'not-modified', source: 'CWE-754', answer: () => ({ kind: 'body', status: 304, body: '' }) },
  {
    name: 'redirect',
    source: 'RFC 8725 3.10',
    answer: (_good, world) => ({
      kind: 'body',
      status: 302,
      body: '',
      headers: { location: `${world.attackerOrigin}/.well-known/jwks.json` },
    }),
  },
  { name: 'reset', source: 'CWE-754', answer: () => ({ kind: 'reset' }) },
  { name: 'slow', source: 'CWE-1088', answer: (good) => ({ ...keySet(good), kind: 'body', delayMs: 400 }) as Served },
  {
    name: 'too-slow',
    source: 'CWE-1088',
    answer: (good) => ({ ...keySet(good), kind: 'body', delayMs: 20_000 }) as Served,
  },
  { name: 'never', source: 'CWE-1088', answer: () => ({ kind: 'never' }) },
  ...(['stall', 'drip', 'reset'] as const).map((halfway) => ({
    name: `${halfway}-halfway`,
    source: 'CWE-1088',
    answer: (good: object[]): Served => ({ ...body({ keys: good }), halfway }),
  })),
  {
    name: 'with-charset',
    source: 'RFC 7517 8.5',
    answer: (good) => typed(good, 'application/json; charset=utf-8'),
  },
  { name: 'as-jwk-set', source: 'RFC 7517 8.5', answer: (good) => typed(good, 'application/jwk-set+json') },
  {
    name: 'without-alg',
    source: 'RFC 7517 4.4',
    answer: (good) => keySet(good.map((jwk) => ({ ...jwk, alg: undefined }))),
  },
  {
    name: 'without-use',
    source: 'RFC 7517 4.2',
    answer: (good) => keySet(good.map((jwk) => ({ ...jwk, use: undefined }))),
  },
  { name: 'flood', source: 'CWE-770', answer: () => ({ kind: 'flood', bytes: 4_000_000, prefix: '{"keys":[' }) },
  { name: 'null-member', source: 'RFC 7517 5', answer: (good) => keySet([null as unknown as object, ...good]) },
  { name: 'odd-members', source: 'RFC 7517 5', answer: (good) => body({ keys: [1, 'x', [], {}, ...good, true] }) },
  {
    name: 'malformed-member',
    source: 'RFC 7517 5',
    answer: (good) => keySet([{ kty: 'RSA', kid: 'broken', n: '!', e: '' }, ...good]),
  },
  {
    name: 'unknown-type-member',
    source: 'RFC 7517 5',
    answer: (good) => keySet([{ kty: 'XYZ', kid: 'future', alg: 'ML-DSA-44' }, ...good]),
  },
  {
    name: 'member-without-kid',
    source: 'RFC 7517 4.5',
    answer: (good) => keySet([{ ...good[0], kid: undefined }, ...good]),
  },
  {
    name: 'member-with-number-kid',
    source: 'RFC 7517 4.5',
    answer: (good) => keySet([{ ...good[0], kid: 7 }, ...good]),
  },
  {
    name: 'giant-exponent',
    source: 'CWE-400',
    answer: (good) => keySet([{ kty: 'RSA', kid: 'giant', n: good[0]?.n, e: '_'.repeat(2000) }, ...good]),
  },
  {
    name: 'giant-modulus',
    source: 'CWE-400',
    answer: (good) => keySet([{ kty: 'RSA', kid: 'giant', n: '_'.repeat(20_000), e: 'AQAB' }, ...good]),
  },
  {
    name: 'encryption-key',
    source: 'RFC 7517 4.2',
    answer: (good) => keySet([{ ...good[0], kid: 'enc', use: 'enc' }, ...good]),
  },
  { name: 'proto-kid', source: 'CWE-1321', answer: (good) => keySet([...good, { ...good[0], kid: '__proto__' }]) },
  {
    name: 'many-members',
    source: 'CWE-400',
    answer: (good) => keySet([...Array.from({ length: 50 }, (_, n) => ({ ...good[0], kid: `k${n}` })), ...good]),
  },
  {
    name: 'countless-members',
    source: 'CWE-400',
    answer: (good) => keySet([...Array.from({ length: 100_000 }, () => ({})), ...good]),
  },
  {
    name: 'extra-members',
    source: 'RFC 7517 5',
    answer: (good) => ({
      kind: 'body',
      body: JSON.stringify({
        keys: good.map((jwk) => ({ ...jwk, x: 1 })),
        __proto__: null,
        next: 'https://attacker.example',
      }),
    }),
  },
]

/** The bad answer at load, or in the place of a good one; and back to the good one. */
const badAnswers: Attack[] = answers.flatMap(
  ({ name, source, answer }) =>
    ([false, true] as const).map((atLoad) => ({
      name: `jwks-${name}${atLoad ? '-at-load' : ''}`,
      class: 'outage' as const,
      source,
      build(world, random) {
        const visitor = random.pick(world.visitors)
        const { issuer, granted } = visitor
        const good = issuer.keys.map(({ jwk }) => jwk)
        const bad = { [issuer.jwksUri]: answer(good, world) }
        const uri = granted[0]
        const claims = { ...visitor.claims, exp: Math.floor(world.start / 1000) + 864_000 }
        const use = request(world, { uri, token: signedBy(world, issuer.keys[0], claims) })
        const { maxAge = 3600 } = world.policy.jwks ?? {}
        const forged = request(world, { uri, token: attackerToken(world, claims) })
        const recovered = { kind: 'serve' as const, urls: { [issuer.jwksUri]: keySet(good) } }
        const later = [advance(maxAge * 1000 + 60_000), use, advance(1000), use, forged]
        const meanwhile = atLoad
          ? [use, advance(1000), use, forged]
          : [use, { kind: 'serve' as const, urls: bad }, ...later]
        return { serve: atLoad ? bad : {}, steps: [...meanwhile, recovered, advance(120_000), use, advance(1000), use] }
      },
    })) satisfies Attack[],
)

/** Members that nobody may verify with, whatever a token says (RFC 7518 6.4, SEMANTICS.md: Token). */
const symmetricMember: Attack = {
  name: 'jwks-symmetric-member',
  class: 'key-selection',
  source: 'RFC 7518 6.4',
  build(world, random) {
    const visitor = random.pick(world.visitors)
    const secret = Buffer.from('a secret that was published')
    const k = secret.toString('base64url')
    const { issuer, claims, granted } = visitor
    const members = [
      { kty: 'oct', kid: 'shared', k },
      { kty: 'oct', kid: 'shared-hs', k, alg: 'HS256', use: 'sig' },
      { kty: 'oct', kid: 'shared-rs', k, alg: issuer.keys[0].algorithm },
    ]
    const tokens = members.map(({ kid }) => hmacToken('HS256', secret, { kid }, claims))
    return {
      serve: { [issuer.jwksUri]: keySet([...members, ...issuer.keys.map(({ jwk }) => jwk)]) },
      steps: [...tokens, issuedToken(world, visitor)].map((token) => request(world, { uri: granted[0], token })),
    }
  },
}

/** The attacker's key is in the set, but not for this: another use, another algorithm, a second key of one name. */
const unfitMembers: Attack[] = [
  { name: 'for-encryption', source: 'RFC 7517 4.2', member: { use: 'enc' } },
  { name: 'for-other-operations', source: 'RFC 7517 4.3', member: { use: undefined, key_ops: ['encrypt'] } },
  { name: 'for-another-algorithm', source: 'RFC 7517 4.4', member: { alg: 'RS512' } },
  { name: 'second-of-one-name', source: 'RFC 7517 4.5', member: {} },
].map(({ name, source, member }) => ({
  name: `jwks-member-${name}`,
  class: 'key-selection' as const,
  source,
  build(world: World) {
    const [visitor] = world.visitors
    const { issuer, claims, granted } = visitor
    const spare = issuer.spareKeys[0]
    const kid = name === 'second-of-one-name' ? issuer.keys[0].kid : spare.kid
    const use = request(world, { uri: granted[0], token: signedBy(world, spare, claims, { kid }) })
    return {
      serve: { [issuer.jwksUri]: keySet([...issuer.keys.map(({ jwk }) => jwk), { ...spare.jwk, kid, ...member }]) },
      steps: [use, request(world, { uri: granted[0], token: issuedToken(world, visitor) })],
    }
  },
}))

/** Sets in which a name alone does not tell which key is meant, and yet each token's key can be told (RFC 7517 4.5). */
const sharedNames: readonly { name: string; source: string; set: (issuer: WorldIssuer) => SharedName }[] = [
  {
    name: 'listed-twice',
    source: 'RFC 7517 5',
    set: ({ keys }) => ({ members: [...keys, ...keys].map(({ jwk }) => jwk), signers: keys }),
  },
  {
    name: 'beside-encryption-key',
    source: 'RFC 7517 4.2',
    set: ({ keys, spareKeys }) => ({
      members: [{ ...spareKeys[0].jwk, kid: keys[0].kid, use: 'enc' }, keys[0].jwk],
      signers: keys.slice(0, 1),
    }),
  },
  {
    // As RFC 7517 4.5 has it: one name, keys for different algorithms.
    name: 'for-other-algorithms',
    source: 'RFC 7517 4.5',
    set({ keys }) {
      // The first of each algorithm.
      const each = [...new Map(keys.toReversed().map((key) => [key.algorithm, { ...key, kid: keys[0].kid }])).values()]
      return { members: each.map(({ jwk, kid }) => ({ ...jwk, kid })), signers: each }
    },
  },
  {
    name: 'one-key-for-two-algorithms',
    source: 'RFC 7517 4.4',
    set({ keys: [key], provider }) {
      const family = provider.algorithms.filter((one) => /^[RP]S/.test(one) && /^[RP]S/.test(key.algorithm))
      const each = family.map((algorithm) => ({ ...key, algorithm }))
      return { members: each.map(({ jwk, algorithm }) => ({ ...jwk, alg: algorithm })), signers: each }
    },
  },
]

interface SharedName {
  members: readonly object[]
  signers: readonly SigningKey[]
}

const sharedNameAttacks: Attack[] = sharedNames.map(({ name, source, set }) => ({
  name: `jwks-name-${name}`,
  class: 'benign',
  source,
  build(world) {
    const [{ issuer, claims, granted }] = world.visitors
    const { members, signers } = set(issuer)
    if (signers.length === 0) return null
    const tokens = signers.map((key) => signedBy(world, key, claims))
    const forged = attackerToken(world, claims, { kid: issuer.keys[0].kid })
    return {
      serve: { [issuer.jwksUri]: keySet(members) },
      steps: [...tokens, forged].map((token) => request(world, { uri: granted[0], token })),
    }
  },
}))

/** Names left out by the set, the token or both, where one key fits and where several do (RFC 7515 4.1.4). */
const namelessAttacks: Attack[] = (['alone', 'among-others'] as const).map((name) => ({
  name: `jwks-nameless-${name}`,
  class: 'key-selection',
  source: 'RFC 7515 4.1.4',
  build(world) {
    const visitor = world.visitors.find((one) => one.issuer.provider.kid === 'optional')
    if (!visitor) return null
    const { issuer, claims, granted } = visitor
    const [key] = issuer.keys
    const others = name === 'alone' ? [] : issuer.spareKeys
    const jwks = [{ ...key.jwk, kid: undefined }, ...others.map(({ jwk }) => jwk)]
    const named = keySet([key, ...others].map(({ jwk }) => jwk))
    const tokens = [key, ...others].flatMap((signer) => [
      signedBy(world, signer, claims, { kid: undefined }),
      signedBy(world, signer, claims),
      signedBy(world, signer, claims, { kid: 'unheard-of' }),
    ])
    const forged = [undefined, key.kid].map((kid) => attackerToken(world, claims, { kid }))
    const uses = [...tokens, ...forged].map((token) => request(world, { uri: granted[0], token }))
    const republished = { kind: 'serve' as const, urls: { [issuer.jwksUri]: named } }
    const { maxAge = 3600 } = world.policy.jwks ?? {}
    return {
      serve: { [issuer.jwksUri]: keySet(jwks) },
      steps: [...uses, republished, advance(maxAge * 1000 + 60_000), ...uses.slice(0, 3)],
    }
  },
}))

export const sharedKeyNameAttacks = [...sharedNameAttacks, ...namelessAttacks]
export const keySetAnswerAttacks = [...badAnswers, symmetricMember, ...unfitMembers]

function body(value: unknown) {
  return { kind: 'body', body: JSON.stringify(value), headers: { 'content-type': 'application/json' } } as const
}

function typed(keys: readonly object[], type: string): Served {
  return { ...body({ keys }), headers: { 'content-type': type } }
}
