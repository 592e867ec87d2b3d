/** Which habits of logging hide a denial behind a flood of others, and which are anybody's good right. */
import { expect, test } from 'vitest'
import type { Policy } from '../../authorizer/policy.ts'
import type { Verdict } from '../../oracle/verdict.ts'
import type { Answer } from '../answer.ts'
import { request } from '../attacks/request-step.ts'
import type { Step } from '../case.ts'
import { noVerdict } from '../finding.ts'
import { createWorld } from '../world/make-world.ts'
import { LogWatch } from './log-watch.ts'

const policy: Policy = { issuer: 'https://idp.example.com', clientIds: ['c'], routes: [{ path: '/files/*' }] }
const world = await createWorld(policy, Date.UTC(2026, 0, 15, 12))
const minute: Step = { kind: 'advance', ms: 60_000 }
const rare = request(world, { uri: '/files/a', token: 'forged' })
const common = request(world, { uri: '/nowhere' })
const flooded = [rare, minute, rare, minute, ...Array<Step>(30).fill(common), rare, minute, common]

/** Called at each denial with its reason, and with none when nothing is asked; gives the lines that are written then. */
type Log = (now: number, reason?: string) => string[]

const denied: Answer['result'] = { kind: 'response', response: { status: '403' } }
const none: Answer['result'] = { kind: 'invalid', value: '', why: '' }
const verdicts = new Map<Step, Verdict>([
  [rare, { outcome: 'must-deny', rule: 'token/signature', reason: '' }],
  [common, { outcome: 'must-deny', rule: 'paths/no-route', reason: '' }],
])

function findings(log: Log, steps: readonly Step[] = flooded, judged = verdicts): string[] {
  const watch = new LogWatch()
  let clock = 0
  return steps.flatMap((step) => {
    const now = clock
    if (step.kind === 'advance' || step.kind === 'freeze') clock += step.ms
    const logs = log(clock, step.kind === 'request' ? judged.get(step)?.rule : undefined)
    const result = step.kind === 'request' ? denied : none
    return watch.examine(step, { result, logs }, judged.get(step) ?? noVerdict, now).map(({ rule }) => rule)
  })
}

/** At most 20 lines in ten seconds, for each value of `budget`; `line` is what a denial's line says. */
function counted(budget: (reason: string) => string, line = (reason: string) => `denied: ${reason}`): Log {
  const lines = new Map<string, number>()
  let since = 0
  return (now, reason) => {
    if (now >= since + 10_000) {
      lines.clear()
      since = now
    }
    if (reason === undefined) return []
    const used = lines.get(budget(reason)) ?? 0
    lines.set(budget(reason), used + 1)
    return used < 20 ? [line(reason)] : []
  }
}

test('a budget that all denials share hides the one that matters', () => {
  expect(findings(counted(() => 'all'))).toEqual(['resources/log'])
})

test.each<[string, Log]>([
  ['logs nothing', () => []],
  ['logs everything', (_now, reason) => (reason ? [reason] : [])],
  ['has a budget for each reason', counted((reason) => reason)],
  [
    'shares a budget, and tells no denial from another',
    counted(
      () => 'all',
      () => 'denied',
    ),
  ],
  ['has a line for the first denial only', (now, reason) => (reason && now === 0 ? [reason] : [])],
])('nothing is found in a handler that %s', (_title, log) => {
  expect(findings(log)).toEqual([])
})

test('a count that follows within a minute makes up for a missing line', () => {
  const left = new Set<string>()
  const shared = counted(() => 'all')
  const telling: Log = (now, reason) => {
    const lines = shared(now, reason)
    if (reason !== undefined && lines.length === 0) left.add(reason)
    if (reason !== undefined || left.size === 0) return lines
    const counts = [...left].map((one) => `left out: ${one}`)
    left.clear()
    return counts
  }
  expect(findings(telling)).toEqual([])
})

test('denials of one kind may share a budget, whatever their rules', () => {
  const alike = new Map(verdicts).set(common, { outcome: 'must-deny', rule: 'credentials/absent', reason: '' })
  expect(
    findings(
      counted(() => 'all'),
      flooded,
      alike,
    ),
  ).toEqual([])
})

test('one line about a denial that came alone may be chance', () => {
  expect(
    findings(
      counted(() => 'all'),
      flooded.slice(2),
    ),
  ).toEqual([])
})

test('a sandbox that was frozen could not write', () => {
  const frozen = [...flooded.slice(0, -2), { kind: 'freeze', ms: 60_000 } as const, common]
  expect(
    findings(
      counted(() => 'all'),
      frozen,
    ),
  ).toEqual([])
})
