/**
 * The same fleet as a discrete-event simulation: requests arrive at random, take a free sandbox (the one used last), start
 * one where none is free, and are refused at the quota. It assumes none of what the closed formulas assume, and checks them.
 */

import { type MeanInterval, meanInterval } from '../statistics/mean-interval.ts'
import { EventQueue } from './event-queue.ts'

export interface Simulation {
  /** Requests per second; arrivals are Poisson. */
  rate: number
  /** Draws one service time, in seconds. */
  serviceSeconds: () => number
  /** Uniform in [0, 1), for the arrivals. */
  random: () => number
  /** Most sandboxes that may be busy at a time. Default: no limit. */
  quota?: number
  /** Added to the service of a request that starts a sandbox. Default 0. */
  initSeconds?: number
  /** An idle sandbox is removed after this. Default: never. */
  idleSeconds?: number
  /** Simulated time, of which `warmUp` is not counted. */
  seconds: number
  warmUp?: number
  /** The time that counts is cut into this many batches, whose means are taken as independent. Default 20. */
  batches?: number
}

export interface SimulatedFleet {
  busy: MeanInterval
  alive: MeanInterval
  /** Of the requests of a batch. */
  refused: MeanInterval
  /** Sandboxes started in a second. */
  starts: MeanInterval
  requests: number
}

interface Batch {
  busySeconds: number
  aliveSeconds: number
  requests: number
  refused: number
  starts: number
}

export function simulateFleet(simulation: Simulation): SimulatedFleet {
  const { seconds, warmUp = 0, batches: count = 20 } = simulation
  const batchSeconds = (seconds - warmUp) / count
  const batches = Array.from({ length: count }, () => ({
    busySeconds: 0,
    aliveSeconds: 0,
    requests: 0,
    refused: 0,
    starts: 0,
  }))
  const batchAt = (time: number) => (time < warmUp ? undefined : batches[Math.floor((time - warmUp) / batchSeconds)])
  run(simulation, batchAt, (from, to, busy, alive) => {
    for (const [index, batch] of batches.entries()) {
      const start = warmUp + index * batchSeconds
      const overlap = Math.min(to, start + batchSeconds) - Math.max(from, start)
      if (overlap <= 0) continue
      batch.busySeconds += overlap * busy
      batch.aliveSeconds += overlap * alive
    }
  })
  const over = (value: (batch: Batch) => number) => meanInterval(batches.map(value))
  return {
    busy: over(({ busySeconds }) => busySeconds / batchSeconds),
    alive: over(({ aliveSeconds }) => aliveSeconds / batchSeconds),
    refused: over(({ refused, requests }) => (requests === 0 ? 0 : refused / requests)),
    starts: over(({ starts }) => starts / batchSeconds),
    requests: batches.reduce((sum, { requests }) => sum + requests, 0),
  }
}

/** `elapse` is told of each stretch of time in which nothing changed. */
function run(
  simulation: Simulation,
  batchAt: (time: number) => Batch | undefined,
  elapse: (from: number, to: number, busy: number, alive: number) => void,
): void {
  const { rate, serviceSeconds, random, quota = Number.POSITIVE_INFINITY, seconds } = simulation
  const { initSeconds = 0, idleSeconds = Number.POSITIVE_INFINITY } = simulation
  /** When each idle sandbox was used last, the longest idle first. */
  const idle: number[] = []
  const completions = new EventQueue()
  let busy = 0
  let time = 0
  let arrival = exponential(rate, random)
  while (time < seconds) {
    const completion = completions.next ?? Number.POSITIVE_INFINITY
    const removal = (idle[0] ?? Number.POSITIVE_INFINITY) + idleSeconds
    const next = Math.min(arrival, completion, removal, seconds)
    elapse(time, next, busy, busy + idle.length)
    time = next
    if (time >= seconds) return
    if (next === completion) {
      completions.take()
      busy--
      idle.push(time)
    } else if (next === removal) {
      idle.shift()
    } else {
      arrival = time + exponential(rate, random)
      const batch = batchAt(time)
      if (batch) batch.requests++
      if (busy >= quota) {
        if (batch) batch.refused++
        continue
      }
      const warm = idle.pop() !== undefined
      if (!warm && batch) batch.starts++
      busy++
      completions.add(time + serviceSeconds() + (warm ? 0 : initSeconds))
    }
  }
}

export function exponential(rate: number, random: () => number): number {
  return -Math.log(1 - random()) / rate
}
