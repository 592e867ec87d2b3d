import { expect, test } from 'vitest'
import { objectivesOf } from '../../config/objectives-schema.ts'
import { mixedQuantile } from '../../statistics/quantile.ts'
import { fitEdgeModel, predict } from './edge-model.ts'
import type { ObservedLoad } from './observe-load.ts'
import { validationChecks } from './validation-checks.ts'

const load = (fields: Partial<ObservedLoad>): ObservedLoad => ({
  rate: 100,
  busy: 3,
  warm: [30, 40],
  cold: [],
  dropped: 0,
  faults: [],
  foreign: 0.01,
  steal: 0,
  ...fields,
})

const compared = (errors: readonly number[]) =>
  errors.map((error) => ({
    predicted: { rate: 200, concurrency: 6, p99Ms: 50 },
    busy: 6 * (1 + error),
    p99Ms: 50 * (1 + error),
    requests: 900,
    coldStarts: 0,
  }))

const verdicts = (errors: readonly number[], loads = [load({})]) =>
  validationChecks(compared(errors), loads, objectivesOf(undefined)).map(({ verdict }) => verdict)

test('the model carries what was seen at low loads to others: busy sandboxes by rate, response times as they are', () => {
  const model = fitEdgeModel([
    load({ rate: 50, busy: 1.5, warm: Array.from({ length: 100 }, (_, index) => 100 - index) }),
    load({ rate: 100, busy: 3, warm: [], cold: [400] }),
  ])
  const { concurrency, p99Ms } = predict(model, 300, 600)
  expect(concurrency).toBeCloseTo(9, 10)
  expect([99, 100]).toContain(p99Ms)
  // Where one request in ten starts a sandbox, those are what is slow.
  expect(mixedQuantile(model.warm, model.cold, 0.1, 0.99)).toBe(400)
})

test('an error holds, fails or stays open by its whole interval', () => {
  expect(verdicts([0.01, -0.02, 0.015, 0.0, 0.01])).toEqual(['pass', 'pass'])
  expect(verdicts([0.3, 0.31, 0.29, 0.3, 0.3])).toEqual(['fail', 'fail'])
  expect(verdicts([0.11, 0.12, 0.11, 0.12, 0.115])).toEqual(['fail', 'pass'])
  expect(verdicts([0.3, -0.2, 0.1, 0, 0.2])).toEqual(['inconclusive', 'inconclusive'])
})

test('runs that were disturbed decide nothing', () => {
  const good = [0.01, -0.02, 0.015, 0.0, 0.01]
  const bad = [0.3, 0.31, 0.29, 0.3, 0.3]
  for (const disturbance of [
    { foreign: 0.5 },
    { steal: 0.2 },
    { dropped: 1 },
    { faults: [{ count: 1, example: 'wrong-status: 500' }] },
  ]) {
    expect(verdicts(good, [load({}), load(disturbance)])).toEqual(['inconclusive', 'inconclusive'])
    expect(verdicts(bad, [load({}), load(disturbance)])).toEqual(['inconclusive', 'inconclusive'])
  }
  expect(verdicts([Number.NaN, Number.NaN], [load({ warm: [] })])).toEqual(['not-measured', 'not-measured'])
})
