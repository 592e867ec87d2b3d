import { expect, it } from 'vitest'
import { IterationLateness } from './iteration-lateness.ts'

const arrival = { executor: 'constant-arrival-rate', rate: 100, timeUnit: '1s' } as const

/** Of a scenario that begins 3 s after the run and is stopped for the last 0.4 s of each second. */
function starts(count: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    const due = index * 10
    return 3000 + (due % 1000 >= 600 ? Math.ceil((due + 1) / 1000) * 1000 : due)
  })
}

it('finds by their order how late iterations began, in whatever order they ended', () => {
  const lateness = new IterationLateness(new Map([['load', arrival]]), 1)
  for (const start of starts(200).reverse()) lateness.addIteration('load', 0, start, 5)
  const times = [...lateness.times()]
  expect(times).toHaveLength(200)
  expect(times[59]).toEqual({ lateMs: 0, intendedMs: 5 })
  expect(times[60]).toEqual({ lateMs: 400, intendedMs: 405 })
  expect(times[99]?.lateMs).toBe(10)
})

it('shares arrivals among the processes of a run, and passes over dropped ones', () => {
  const lateness = new IterationLateness(new Map([['load', arrival]]), 2)
  // The second process has every other arrival; of its five, the third was dropped.
  for (const due of [10, 30, 70, 90]) lateness.addIteration('load', 1, due, 1)
  lateness.addDropped('load', 1, 50)
  expect([...lateness.times()].map(({ lateMs }) => lateMs)).toEqual([0, 0, 0, 0])
})

it('knows nothing of a scenario without an arrival rate', () => {
  const lateness = new IterationLateness(new Map([['closed', null]]), 1)
  lateness.addIteration('closed', 0, 0, 1)
  expect([...lateness.times()]).toEqual([])
})
