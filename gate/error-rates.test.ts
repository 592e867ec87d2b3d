import { expect, test } from 'vitest'
import { environment } from '../result/environment.ts'
import type { Calibration, CpuSample, EditOutcome } from './calibration-file.ts'
import { biases, editRate, gateRates } from './error-rates.ts'
import { quoteCpu } from './noise-line.ts'

const limit = Math.log(1.02)
const limits = { warm: limit, hot: limit, deny: limit, routes: limit }

/** Processes that scatter by a per cent about `ratio`. */
function processes(count: number, ratio = 1): CpuSample[] {
  return Array.from({ length: count }, (_, index) => {
    const at = (phase: number) => Math.log(ratio) + 0.01 * Math.sin(index * 2.4 + phase)
    return { warm: at(0), hot: at(1), deny: at(2), routes: at(3) }
  })
}

function calibration(fields: Partial<Calibration>): Calibration {
  return {
    schema: 'edgeproof/gate-calibration@1',
    environment: environment(),
    updatedAt: '2026-01-01T00:00:00.000Z',
    program: '',
    same: [],
    slowed: [],
    neutral: [],
    mutants: [],
    ...fields,
  }
}

test('gates share no process, and a rate without events keeps the bound that their number allows', () => {
  const [falseAlarms] = gateRates(calibration({ same: processes(50) }), 15, limits, 0.01)
  expect(falseAlarms).toMatchObject({ slowdown: 0, suite: 'any', processes: 50, resampled: 0 })
  expect(falseAlarms?.independent).toMatchObject({ events: 0, trials: 3, low: 0 })
  expect(falseAlarms?.independent.high).toBeCloseTo(1 - 0.025 ** (1 / 3), 9)
})

test('power is told for each suite alone: the others stay as in A/A', () => {
  const rates = gateRates(
    calibration({ same: processes(30), slowed: [{ slowdown: 0.1, samples: processes(30, 1.1) }] }),
    15,
    limits,
    0.01,
  )
  const found = rates.filter(({ slowdown }) => slowdown === 0.1)
  expect(found.map(({ suite }) => suite)).toEqual(['warm', 'hot', 'deny', 'routes'])
  for (const { independent, resampled } of found) {
    expect(independent).toMatchObject({ events: 2, trials: 2 })
    expect(resampled).toBe(1)
  }
})

test('a bias that A/A shows moves the limit, in either direction', () => {
  expect(biases(null)).toEqual({ warm: 0, hot: 0, deny: 0, routes: 0 })
  expect(biases(calibration({ same: processes(30, 1.03) })).warm).toBeCloseTo(Math.log(1.03), 2)
  expect(biases(calibration({ same: processes(30, 0.97) })).hot).toBeCloseTo(Math.log(0.97), 2)
})

test('edits that left the same program are no evidence', () => {
  const outcome = (verdict: EditOutcome['verdict']): EditOutcome => ({
    place: 'a.ts#f',
    form: 'x',
    suite: 'hot',
    injected: 0,
    growth: 0,
    difference: 0,
    verdict,
  })
  expect(editRate([outcome('identical'), outcome('pass'), outcome('fail'), outcome('inconclusive')])).toMatchObject({
    events: 1,
    trials: 3,
  })
})

test('a verdict on a machine without a calibration says that its error rates are unknown', () => {
  const context = { processes: 15, limits, errorRate: 0.01 }
  expect(quoteCpu(null, context)).toMatch(/not calibrated on this machine/)
  expect(quoteCpu(calibration({ same: processes(10) }), context)).toMatch(/too few A\/A processes \(10\)/)
  expect(quoteCpu(calibration({ same: processes(45) }), context)).toMatch(/false alarms 0 of 3 \(at most 71 %\)/)
})
