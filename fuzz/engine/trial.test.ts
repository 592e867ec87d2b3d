/** What the judge makes of steps between requests. */
import { expect, test } from 'vitest'
import type { Policy } from '../../authorizer/policy.ts'
import { mint } from '../../testing/mint.ts'
import { request } from '../attacks/request-step.ts'
import type { Step } from '../case.ts'
import type { Effects, StepOutcome } from '../sandbox/protocol.ts'
import { createWorld, servedByIssuers } from '../world/make-world.ts'
import { Trial } from './trial.ts'

const start = Date.UTC(2026, 0, 15, 12)
const policy: Policy = {
  issuer: 'https://idp.example.com',
  clientIds: ['exampleclient'],
  jwks: { maxAge: 600, maxStale: 3600, cooldown: 10 },
  routes: [{ path: '/files/*' }],
}

/** A handler that asks for keys at these times, in seconds, whatever is going on, and lets a good token pass at the end. */
async function findingsOf(fetchedAt: readonly number[], steps: (url: string) => Step[]): Promise<string[]> {
  const world = await createWorld(policy, start)
  const [issuer] = world.issuers
  const claims = { ...world.visitors[0].claims, iss: issuer.issuer, exp: start / 1000 + 10 * 86_400 }
  const asked = request(world, { uri: '/files/a', token: mint(issuer.keys[0], claims) })
  const all = [...steps(issuer.jwksUri), asked]
  let clock = start
  const effects = (milliseconds = 0): Effects => {
    const from = clock
    clock += milliseconds
    const within = (at: number) => at >= from && at < clock
    const times = fetchedAt.map((second) => start + second * 1000).filter(within)
    return {
      fetches: times.map((at) => ({ url: issuer.jwksUri, at, via: 'http/1.1' })),
      // As if none had an answer yet.
      underWay: times.map(() => issuer.jwksUri),
      logs: [],
      clock,
      polluted: [],
    }
  }
  const outcomes = all.map((step): StepOutcome => {
    if (step.kind !== 'request') return { effects: effects(step.kind === 'serve' ? 0 : step.ms), realMs: 0 }
    const { cf } = (step.event as { Records: [{ cf: { request: object } }] }).Records[0]
    return { effects: effects(), result: { kind: 'value', json: JSON.stringify(cf.request) }, realMs: 0 }
  })
  const tested = { name: 'any', whose: 'foreign', file: '', policy, runtime: 'nodejs24.x' } as const
  const sandbox = { load: async () => ({ fetches: [], underWay: [], logs: [], clock: start, polluted: [] }) }
  const trial = await Trial.open(sandbox, tested, start, servedByIssuers(world.issuers))
  const judged = await trial.judge(all, outcomes)
  return judged.flatMap(({ observations }) => observations.map(({ rule }) => rule))
}

const outage = (url: string): Step[] => [
  { kind: 'advance', ms: 500_000 },
  { kind: 'serve', urls: { [url]: { kind: 'reset' } } },
  { kind: 'advance', ms: 4_100_000 },
]

test('keys that a handler renewed between requests are as young as that', async () => {
  expect(await findingsOf([0, 450], outage)).toEqual([])
  expect(await findingsOf([0], outage)).toEqual(['keys/too-old'])
})
test('one whose freeze cut that off got no answer', async () => {
  const cut = (url: string): Step[] => [
    { kind: 'advance', ms: 100_000 },
    { kind: 'freeze', ms: 400_000, cuts: 'silence' },
    { kind: 'serve', urls: { [url]: { kind: 'reset' } } },
    { kind: 'advance', ms: 4_100_000 },
  ]
  expect(await findingsOf([0, 450], cut)).toEqual(['keys/too-old'])
})
test('one that was frozen while it asked may have got its answer or not', async () => {
  const frozen = (url: string): Step[] => [
    { kind: 'advance', ms: 100_000 },
    { kind: 'freeze', ms: 400_000 },
    { kind: 'serve', urls: { [url]: { kind: 'reset' } } },
    { kind: 'advance', ms: 4_100_000 },
  ]
  expect(await findingsOf([0, 450], frozen)).toEqual([])
  expect(await findingsOf([0], frozen)).toEqual(['keys/too-old'])
})
