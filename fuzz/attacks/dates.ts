/** NumericDates at their edges and of every wrong kind (RFC 7519 4.1.4 to 4.1.6), and time passing while a token is in use. */

import { withDefaults } from '../../config/policy-defaults.ts'
import type { Step } from '../case.ts'
import type { Visitor, World } from '../world/world.ts'
import type { Attack } from './attack.ts'
import { request } from './request-step.ts'
import { tokenAttack } from './token-attack.ts'
import { change, issuedToken, signedTexts } from './tokens.ts'

/** JSON texts, so that numbers which no program prints can be written; `now` and the policy's `leeway` in seconds. */
const odd: readonly { name: string; source: string; text: (now: number, leeway: number) => string }[] = [
  { name: 'past', source: 'RFC 7519 4.1.4', text: (now) => `${now - 3600}` },
  { name: 'long-past', source: 'RFC 7519 4.1.4', text: () => '1' },
  { name: 'zero', source: 'RFC 7519 4.1.4', text: () => '0' },
  { name: 'negative', source: 'RFC 7519 2', text: () => '-1' },
  { name: 'just-past', source: 'RFC 7519 4.1.4', text: (now) => `${now - 2}` },
  { name: 'past-leeway', source: 'RFC 7519 4.1.4', text: (now, leeway) => `${now - leeway - 3}` },
  { name: 'beyond-leeway', source: 'RFC 7519 4.1.5', text: (now, leeway) => `${now + leeway + 3}` },
  { name: 'now', source: 'RFC 7519 4.1.4', text: (now) => `${now}` },
  { name: 'soon', source: 'RFC 7519 4.1.4', text: (now) => `${now + 2}` },
  { name: 'future', source: 'RFC 7519 4.1.5', text: (now) => `${now + 3600}` },
  { name: 'far-future', source: 'RFC 7519 4.1.5', text: (now) => `${now + 315_360_000}` },
  { name: 'milliseconds', source: 'RFC 7519 2', text: (now) => `${(now + 3600) * 1000}` },
  { name: 'milliseconds-past', source: 'RFC 7519 2', text: (now) => `${(now - 3600) * 1000}` },
  { name: 'text', source: 'CWE-843', text: (now) => `"${now + 3600}"` },
  { name: 'text-past', source: 'CWE-843', text: (now) => `"${now - 3600}"` },
  { name: 'word', source: 'CWE-843', text: () => '"never"' },
  { name: 'iso-date', source: 'RFC 7519 2', text: () => '"2999-01-01T00:00:00Z"' },
  { name: 'nan-text', source: 'CWE-843', text: () => '"NaN"' },
  { name: 'empty', source: 'CWE-843', text: () => '""' },
  { name: 'null', source: 'CWE-843', text: () => 'null' },
  { name: 'true', source: 'CWE-843', text: () => 'true' },
  { name: 'false', source: 'CWE-843', text: () => 'false' },
  { name: 'array', source: 'CWE-843', text: (now) => `[${now + 3600}]` },
  { name: 'array-past', source: 'CWE-843', text: (now) => `[${now - 3600}]` },
  { name: 'object', source: 'CWE-843', text: () => '{}' },
  { name: 'infinite', source: 'RFC 8259 6', text: () => '1e400' },
  { name: 'minus-infinite', source: 'RFC 8259 6', text: () => '-1e400' },
  { name: 'fraction', source: 'RFC 7519 2', text: (now) => `${now + 3600}.5` },
  { name: 'exponent', source: 'RFC 8259 6', text: () => '9e9' },
  { name: 'huge', source: 'RFC 8259 6', text: () => '9007199254740993' },
  { name: 'minus-zero', source: 'RFC 8259 6', text: () => '-0' },
]

const dates = ['exp', 'nbf', 'iat'] as const

const placeholder = -271_828_182_845

const oddDates = dates.flatMap((date) =>
  odd.map(({ name, source, text }) =>
    tokenAttack(`date-${date}-${name}`, 'time', source, (world, visitor) => {
      const key = visitor.issuer.keys[0]
      const payload = JSON.stringify(change(visitor.claims, { [date]: placeholder }))
      const leeway = withDefaults(world.policy).clockToleranceSeconds
      const spelt = payload.replace(`${placeholder}`, text(Math.floor(world.start / 1000), leeway))
      return signedTexts(world, key, JSON.stringify({ kid: key.kid, alg: key.algorithm }), spelt)
    }),
  ),
)

const missingDates = dates.map((date) =>
  tokenAttack(`date-${date}-missing`, 'time', 'RFC 7519 4.1.4', (world, visitor) =>
    issuedToken(world, visitor, { [date]: undefined }),
  ),
)

/** How time passes between requests with one token; `life` is how long it is still valid, `leeway` the policy's tolerance, in milliseconds. */
const passing: readonly {
  name: string
  source: string
  changes?: (now: number) => object
  pass: (life: number, leeway: number) => Step[]
}[] = [
  {
    name: 'expires-with-leeway',
    source: 'RFC 7519 4.1.4',
    changes: (now) => ({ exp: now + 60 }),
    pass: (_life, leeway) => [advance(60_000 + leeway - 4000), advance(7000), advance(5000)],
  },
  {
    name: 'becomes-valid-with-leeway',
    source: 'RFC 7519 4.1.5',
    changes: (now) => ({ nbf: now + 600 }),
    pass: (_life, leeway) => [advance(Math.max(0, 600_000 - leeway - 3000)), advance(6000)],
  },
  {
    name: 'expires-in-use',
    source: 'RFC 7519 4.1.4',
    pass: (life) => [advance(life - 1500), advance(3000), advance(3_600_000)],
  },
  {
    name: 'expires-at-once',
    source: 'RFC 7519 4.1.4',
    changes: (now) => ({ exp: now + 5 }),
    pass: () => [advance(4000), advance(999), advance(1), advance(1), advance(2000)],
  },
  { name: 'expires-in-freeze', source: 'RFC 7519 4.1.4', pass: (life) => [{ kind: 'freeze', ms: life + 5000 }] },
  {
    name: 'becomes-valid',
    source: 'RFC 7519 4.1.5',
    changes: (now) => ({ nbf: now + 30 }),
    pass: () => [advance(28_000), advance(1999), advance(1), advance(5000)],
  },
  {
    name: 'clock-set-back',
    source: 'RFC 7519 4.1.4',
    changes: (now) => ({ exp: now + 60 }),
    pass: () => [advance(120_000), { kind: 'freeze', ms: -110_000 }, advance(3000)],
  },
  {
    name: 'hours-after-load',
    source: 'RFC 7519 4.1.4',
    changes: (now) => ({ exp: now + 10_800 }),
    pass: () => [advance(7_200_000), advance(3_599_000), advance(3000)],
  },
  {
    name: 'days-after-load',
    source: 'RFC 7519 4.1.4',
    changes: (now) => ({ exp: now + 400_000 }),
    pass: () => [advance(86_400_000), advance(86_400_000)],
  },
]

const passingTime: Attack[] = passing.map(({ name, source, changes, pass }) => ({
  name: `time-${name}`,
  class: 'time',
  source,
  build(world, random) {
    const visitor = random.pick(world.visitors)
    const now = Math.floor(world.start / 1000)
    const leeway = withDefaults(world.policy).clockToleranceSeconds * 1000
    const token = issuedToken(world, visitor, { ...changes?.(now) })
    const use = request(world, { uri: visitor.granted[0], token })
    return { steps: [use, ...pass(lifeOf(visitor, world), leeway).flatMap((step) => [step, use])] }
  },
}))

/** Not seen before it is expired, in a handler that has been up for long: a clock read once would let it in. */
const expiredWhileAway: Attack = {
  name: 'time-first-seen-after-expiry',
  class: 'time',
  source: 'RFC 7519 4.1.4',
  build(world, random) {
    const visitor = random.pick(world.visitors)
    const now = Math.floor(world.start / 1000)
    const early = issuedToken(world, visitor, { exp: now + 300 })
    const late = issuedToken(world, visitor, { iat: now + 3000, nbf: now + 3000, exp: now + 7200 })
    const { granted } = visitor
    return {
      steps: [
        request(world, { uri: granted[0], token: late }),
        advance(3_100_000),
        request(world, { uri: granted[0], token: early }),
        request(world, { uri: granted[0], token: late }),
      ],
    }
  },
}

export const dateAttacks = [...oddDates, ...missingDates]
export const passingTimeAttacks = [...passingTime, expiredWhileAway]

export function advance(ms: number): Step {
  return { kind: 'advance', ms }
}

function lifeOf({ claims }: Visitor, { start }: World): number {
  return Number(claims.exp) * 1000 - start
}
