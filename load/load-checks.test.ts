import { describe, expect, it } from 'vitest'
import { objectivesOf } from '../config/objectives-schema.ts'
import { type Check, worst } from '../result/result.ts'
import type { Sample } from './k6/sample.ts'
import { sampleFixture } from './k6/sample-fixture.ts'
import { loadChecks } from './load-checks.ts'
import type { LoadRun } from './load-run.ts'
import { Measurement } from './measurement/measurement.ts'
import { scenarioNamed } from './scenarios/catalogue.ts'

const sample = sampleFixture({ intendedMs: 6, lateMs: 1 })

const noJoin = {
  joined: 100,
  disagreements: 0,
  example: null,
  onlyK6: 0,
  onlyEdge: 0,
  k6Hits: 100,
  edgeHits: 100,
  withoutId: 0,
}

/** The checks of a hundred samples, which all are as given, and the verdict over all. */
function judged(changes: Partial<Sample> = {}, run: Partial<LoadRun> = {}) {
  const measured = new Measurement()
  for (let count = 0; count < 100; count++) measured.add({ ...sample, ...changes }, false)
  const checks = loadChecks({
    run: {
      measured,
      join: noJoin,
      series: { bucketSeconds: 1, warmUpSeconds: 0, buckets: [] },
      machine: { foreign: 0, steal: 0, ownSeconds: 0, k6Seconds: 0 },
      memory: { held: [], k6: [] },
      ends: [{ code: 0, signal: null, said: '' }],
      seconds: 8,
      interrupted: false,
      ...run,
    },
    scenario: scenarioNamed('smoke'),
    objectives: objectivesOf(undefined),
    seconds: 8,
  })
  const named = (id: string): Check | undefined => checks.find((each) => each.id === id)
  return { checks, named, verdict: worst(checks.map(({ verdict }) => verdict)) }
}

describe('the verdict on a run', () => {
  it('is pass where all is well', () => expect(judged().verdict).toBe('pass'))

  it('is fail where the edge was slow and k6 in time', () => {
    const { named, verdict } = judged({ durationMs: 90, intendedMs: 110, lateMs: 20 })
    expect(named('load.allowed.p99')?.verdict).toBe('pass')
    expect(named('load.intended.allowed.p99')?.verdict).toBe('fail')
    expect(verdict).toBe('fail')
  })

  it('is inconclusive where k6 was late, whatever its own times say', () => {
    const { named, verdict } = judged({ durationMs: 5, intendedMs: 405, lateMs: 400 })
    expect(named('load.late.p99')).toMatchObject({
      verdict: 'inconclusive',
      detail: expect.stringMatching(/for the rate: lower it/),
    })
    expect(named('load.intended.allowed.p99')).toMatchObject({ verdict: 'inconclusive' })
    expect(verdict).toBe('inconclusive')
  })

  it('is not measured on a busy machine, and says what to do', () => {
    const busy = { machine: { foreign: 0.5, steal: 0, ownSeconds: 0, k6Seconds: 0 } }
    const { checks, verdict } = judged({}, busy)
    expect(verdict).toBe('not-measured')
    for (const { detail } of checks.filter((each) => each.verdict !== 'pass')) {
      expect(detail).toBe(
        'other programs used 50 % of the CPU time: end them and run again, or raise objectives.foreignLoad (0.2)',
      )
    }
  })

  it('of an interrupted run is inconclusive where figures fall short, and fail where an answer was wrong', () => {
    const cold = { cache: 'Miss', intendedMs: 500, durationMs: 500 }
    expect(judged(cold).verdict).toBe('fail')
    expect(judged(cold, { interrupted: true }).verdict).toBe('inconclusive')
    expect(judged({ fault: 'wrongly-allowed: 200' }, { interrupted: true }).verdict).toBe('fail')
  })

  it('fails for answers that the edge did not log, and is inconclusive for records that k6 left off', () => {
    expect(judged({}, { join: { ...noJoin, onlyK6: 1 } }).verdict).toBe('fail')
    expect(judged({}, { join: { ...noJoin, onlyEdge: 2, withoutId: 2 } }).verdict).toBe('pass')
    expect(judged({}, { join: { ...noJoin, onlyEdge: 3, withoutId: 2 } }).verdict).toBe('inconclusive')
  })

  it('gives a reason for everything that was not measured', () => {
    const { checks } = judged({ cache: 'LambdaGeneratedResponse' })
    const open = checks.filter(({ verdict }) => verdict === 'not-measured')
    expect(open.length).toBeGreaterThan(2)
    for (const { detail } of open) expect(detail).toMatch(/: run longer/)
  })
})
