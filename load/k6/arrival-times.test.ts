import { describe, expect, it } from 'vitest'
import { scenarioNamed } from '../scenarios/catalogue.ts'
import { type ArrivalExecutor, arrivalTimes, milliseconds } from './arrival-times.ts'
import { runDescription } from './k6-options.ts'

/** When each whole request is due, by adding up the rate in steps of a hundredth of a millisecond. */
function bySumming(rateAt: (ms: number) => number, lengthMs: number): number[] {
  const step = 0.01
  const due: number[] = []
  let sum = 0
  for (let time = 0; time < lengthMs; time += step) {
    sum += rateAt(time + step / 2) * step
    if (sum >= due.length + 1) due.push(time + step)
  }
  return due
}

describe('the intended starts of an arrival rate', () => {
  it('are as far apart as a constant rate says, and begin with its start', () => {
    const at = arrivalTimes({ executor: 'constant-arrival-rate', rate: 3, timeUnit: '2s' })
    expect([0, 1, 30].map(at)).toEqual([0, 2000 / 3, 20_000])
  })

  it('are where the area under a ramping rate reaches each whole request', () => {
    const executor: ArrivalExecutor = {
      executor: 'ramping-arrival-rate',
      startRate: 10,
      timeUnit: '1s',
      stages: [
        { duration: '500ms', target: 100 },
        { duration: '0s', target: 40 },
        { duration: '1s', target: 40 },
        { duration: '1s', target: 0 },
      ],
    }
    const rate = (ms: number) => {
      if (ms < 500) return 10 + (90 * ms) / 500
      return ms < 1500 ? 40 : 40 * (1 - (ms - 1500) / 1000)
    }
    const expected = bySumming((ms) => rate(ms) / 1000, 2500)
    const at = arrivalTimes(executor)
    expect(expected).toHaveLength(87)
    for (const [iteration, time] of expected.entries()) expect(Math.abs(at(iteration) - time)).toBeLessThan(1.1)
  })

  it('of the scenarios last as long as these do', () => {
    for (const [name, seconds, length] of [
      ['steady', 30, 35_000],
      ['spike', 30, 30_000],
      ['smoke', 8, 8000],
    ] as const) {
      const { about, lengthMs } = runDescription({ scenario: scenarioNamed(name), rate: 100, seconds })
      expect(lengthMs).toBe(length)
      expect(about).toMatchObject({ scenario: name, seconds })
    }
  })

  it("read Go's durations", () => {
    expect(['1m30s', '250ms', '0.5s', '1500'].map(milliseconds)).toEqual([90_000, 250, 500, 1500])
  })
})
