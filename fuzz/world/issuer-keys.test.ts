/** SEMANTICS.md, "The issuer's keys": stories of rotations and outages, and what a good token is worth at their end. */
import { beforeAll, expect, test } from 'vitest'
import type { Policy } from '../../authorizer/policy.ts'
import { createOracle } from '../../oracle/oracle.ts'
import type { Served } from '../../oracle/served-urls.ts'
import type { Verdict } from '../../oracle/verdict.ts'
import type { SigningKey } from '../../testing/issuer.ts'
import { mint } from '../../testing/mint.ts'
import { request } from '../attacks/request-step.ts'
import { createWorld, jwksAnswer, servedByIssuers } from './make-world.ts'
import type { World } from './world.ts'

const start = Date.UTC(2026, 0, 15, 12)
const seconds = start / 1000
const policy: Policy = {
  issuer: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_EXAMPLE01',
  clientIds: ['exampleclient'],
  jwks: { maxAge: 600, maxStale: 3600, cooldown: 10 },
  routes: [{ path: '/files/*' }],
}

let world: World
let key: SigningKey
beforeAll(async () => {
  world = await createWorld(policy, start)
  key = world.issuers[0].keys[0]
})

const second = 1000
/** Serves one answer after another at times in seconds, tells what the handler fetched, and judges a good token. */
async function outcomeAfter(
  story: (served: {
    keys(...all: SigningKey[]): Served
    down: Served
  }) => { at: number; serve?: Served; fetched?: true | 'perhaps'; cutOff?: true; setBack?: number }[],
  at: number,
  { by, changes, whose }: { by?: SigningKey; changes?: Partial<Policy>; whose?: 'ours' } = {},
): Promise<Verdict['outcome']> {
  const { jwksUri, issuer } = world.issuers[0]
  const oracle = createOracle({ ...policy, ...changes }, whose ?? 'foreign')
  await oracle.serve(servedByIssuers(world.issuers), start)
  const events = story({ keys: (...all) => jwksAnswer(all.map(({ jwk }) => jwk)), down: { kind: 'reset' } })
  for (const event of events) {
    const now = start + event.at * second
    if (event.setBack) oracle.setBack(event.setBack * second)
    if (event.serve) await oracle.serve({ [jwksUri]: event.serve }, now)
    const fetch = { url: jwksUri, at: now, via: 'http/1.1' } as const
    if (event.fetched) oracle.observe([fetch], { sure: event.fetched === true })
    if (event.cutOff) oracle.cutOff([jwksUri])
  }
  const token = mint(by ?? key, { ...world.visitors[0].claims, iss: issuer, exp: seconds + 10 * 86_400 })
  const step = request(world, { uri: '/files/a', token })
  return (await oracle.judge(step.kind === 'request' ? step.event : null, start + at * second)).outcome
}
const spare = () => world.issuers[0].spareKeys[0]

test('a new key must be known after the cooldown: a minute for others, its own for ours', async () => {
  const rotation = ({ keys }: { keys(...all: SigningKey[]): Served }) => [{ at: 100, serve: keys(key, spare()) }]
  expect(await outcomeAfter(rotation, 150, { by: spare() })).toBe('may')
  expect(await outcomeAfter(rotation, 161, { by: spare() })).toBe('must-allow')
  expect(await outcomeAfter(rotation, 111, { by: spare(), whose: 'ours' })).toBe('must-allow')
})
test('an outage takes no good keys away until maxAge and maxStale are over', async () => {
  const outage = ({ down }: { down: Served }) => [
    { at: 0, fetched: true as const },
    { at: 100, serve: down },
  ]
  expect(await outcomeAfter(outage, 4199)).toBe('must-allow')
  expect(await outcomeAfter(outage, 4200)).toBe('may')
  expect(await outcomeAfter(outage, 4200.001)).toBe('must-deny')
  expect(await outcomeAfter(outage, 4000, { changes: { jwks: {} } })).toBe('may')
})
test('an answer that the handler may have made use of makes its keys so much younger, and obliges it to nothing', async () => {
  const outage = ({ down }: { down: Served }) => [
    { at: 0, fetched: true as const },
    { at: 90, fetched: 'perhaps' as const },
    { at: 100, serve: down },
  ]
  expect(await outcomeAfter(outage, 4199)).toBe('must-allow')
  expect(await outcomeAfter(outage, 4201)).toBe('may')
  expect(await outcomeAfter(outage, 4291)).toBe('must-deny')
})
test('a fetch that a freeze cut off brought no keys, and excuses nothing', async () => {
  const outage = ({ down }: { down: Served }) => [
    { at: 0, fetched: true as const },
    { at: 90, fetched: 'perhaps' as const },
    { at: 95, cutOff: true as const },
    { at: 100, serve: down },
  ]
  expect(await outcomeAfter(outage, 4199)).toBe('must-allow')
  expect(await outcomeAfter(outage, 4201)).toBe('must-deny')
  const atLoad = () => [
    { at: 0, fetched: 'perhaps' as const },
    { at: 1, cutOff: true as const },
  ]
  expect(await outcomeAfter(atLoad, 1)).toBe('must-allow')
})
test('an outage from the start leaves it open', async () => {
  expect(await outcomeAfter(({ down }) => [{ at: -1, serve: down }], 100)).toBe('may')
})
test('a fetch after the clock was set back is answered by what is served then', async () => {
  const failing = ({ down }: { down: Served }) => [
    { at: 100, serve: down },
    { at: 95, fetched: true as const },
  ]
  expect(await outcomeAfter(failing, 95)).toBe('may')
})
test('a withdrawn key may live as much longer as the clock was set back', async () => {
  const withdrawal = ({ keys }: { keys(...all: SigningKey[]): Served }) => [
    { at: 0, fetched: true as const },
    { at: 95, setBack: 5, serve: keys(spare()) },
  ]
  expect(await outcomeAfter(withdrawal, 699)).toBe('may')
  expect(await outcomeAfter(withdrawal, 700)).toBe('must-deny')
})
test('a key that was published for encryption before it was for signing may be refused or not', async () => {
  const republished = ({ keys }: { keys(...all: SigningKey[]): Served }) => [
    { at: 0, serve: keys({ ...key, jwk: { ...key.jwk, use: 'enc' } }, spare()) },
    { at: 100, serve: keys(key, spare()) },
  ]
  expect(await outcomeAfter(republished, 800, { whose: 'ours' })).toBe('may')
})
test('an answer from the future, since the clock was set back, may be taken for none', async () => {
  const outage = ({ down }: { down: Served }) => [
    { at: 100, fetched: true as const },
    { at: 100, serve: down },
  ]
  expect(await outcomeAfter(outage, 95)).toBe('may')
  expect(await outcomeAfter(outage, 100)).toBe('must-allow')
})
test('a withdrawn key must go after maxAge, and may before', async () => {
  const withdrawal = ({ keys }: { keys(...all: SigningKey[]): Served }) => [
    { at: 0, fetched: true as const },
    { at: 100, serve: keys(spare()) },
  ]
  expect(await outcomeAfter(withdrawal, 699)).toBe('may')
  expect(await outcomeAfter(withdrawal, 700)).toBe('must-deny')
  expect(await outcomeAfter(withdrawal, 9999, { changes: { jwks: {} } })).toBe('may')
})
test('two keys of one kid may be refused', async () => {
  const twins = ({ keys }: { keys(...all: SigningKey[]): Served }) => [
    { at: 0, serve: keys(key, { ...spare(), jwk: { ...spare().jwk, kid: key.kid } }) },
  ]
  expect(await outcomeAfter(twins, 100)).toBe('may')
  const outage = (served: Parameters<typeof twins>[0] & { down: Served }) => [
    ...twins(served),
    { at: 1, fetched: true as const },
    { at: 100, serve: served.down },
  ]
  expect(await outcomeAfter(outage, 800)).toBe('may')
})
test('a handler that holds the key while it is served must use it', async () => {
  expect(await outcomeAfter(() => [{ at: 0, fetched: true }], 100)).toBe('must-allow')
})
test('a handler that may hold another key of the kid has no reason to ask again', async () => {
  const corrected = ({ keys }: { keys(...all: SigningKey[]): Served }) => [
    { at: 0, serve: keys({ ...spare(), jwk: { ...spare().jwk, kid: key.kid } }) },
    { at: 1, fetched: 'perhaps' as const },
    { at: 2, serve: keys(key) },
  ]
  expect(await outcomeAfter(corrected, 100)).toBe('may')
})
