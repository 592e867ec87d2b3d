/**
 * Programs slowed down by a known share of their CPU time: a loop before the handler, of as many turns as two pilots say.
 * The loop has a function of its own that is never inlined, so that it does not decide when V8 compiles the handler, and is
 * run hot before the first request, so that a few turns cost as much each as many do. Both sides have it, and each suite has
 * a file of its own on both: what V8 learnt of one file in an earlier suite would favour the side that had it (by 4 %).
 */

import { signedRank } from '../../statistics/signed-rank.ts'
import type { PairedSides } from '../measure/pairs.ts'
import { samplePair } from '../measure/pairs.ts'
import type { Workbench } from '../measure/workbench.ts'
import { neverInlined } from '../mutants/slow-forms.ts'
import type { Deployment } from '../requests.ts'
import { type CalibratedSuite, calibratedSuites } from '../suites.ts'

export const slowdowns = [0.02, 0.03, 0.05, 0.1, 0.2] as const

/** Turns that slow each suite down by about a third, so that a few processes say what one turn costs. */
const manyTurns: Record<CalibratedSuite, number> = { warm: 8000, hot: 700, deny: 1800, routes: 900 }
const manyTurnsProcesses = 12

/**
 * A short loop runs beside the handler's own instructions and costs less for each turn than a long one (a third less in
 * `hot`), so a second pilot measures a delay of this size, in so many processes at most.
 */
const smallDelay = 0.04
const smallDelayProcesses = 240

type Deployables = Record<Deployment, string>

interface PilotOptions {
  /** What A/A shows, as logarithms: no part of a slow-down. */
  bias: Record<CalibratedSuite, number>
  signal: AbortSignal
  enough(): boolean
}

interface Slowed {
  slowdown: number
  /** As they are now: `lengthen` makes new ones. */
  sides: PairedSides
}

export interface SlowedSides {
  all: readonly Slowed[]
  /** Makes every delay of a suite so many times as long. */
  lengthen(factors: Record<CalibratedSuite, number>): void
}

/**
 * Sides for each slow-down; base has the same wrapper with no turn, so that only the loop differs. `enough` ends the pilot
 * once a process for each order of loading is there.
 */
export async function slowedSides(
  bench: Workbench,
  deployables: Deployables,
  wanted: readonly number[],
  { bias, signal, enough }: PilotOptions,
): Promise<SlowedSides> {
  let deployed = 1000
  // Names of one length: a path's length is visible to the program.
  const deploy = (turns: Record<CalibratedSuite, number>) =>
    bySuite((suite) => bench.deploy(delayed(deployables, Math.round(turns[suite])), `delay-${deployed++}`))
  const base = deploy(bySuite(() => 0))
  const sides = (turns: Record<CalibratedSuite, number>): PairedSides => {
    const head = deploy(turns)
    return {
      base: (suite: CalibratedSuite, deployment: Deployment) => base[suite][deployment],
      head: (suite: CalibratedSuite, deployment: Deployment) => head[suite][deployment],
    }
  }
  const costs = async (turns: Record<CalibratedSuite, number>, processes: number) => {
    const pilot = sides(turns)
    const samples: Record<CalibratedSuite, number[]> = { warm: [], hot: [], deny: [], routes: [] }
    for (let index = 0; index < processes && !(index >= 2 && enough()); index++) {
      const report = await samplePair(bench, pilot, index % 2 === 0, signal)
      for (const suite of calibratedSuites) samples[suite].push(report.logRatios[suite] ?? Number.NaN)
    }
    return bySuite((suite) => Math.expm1(signedRank(samples[suite]).estimate - bias[suite]))
  }
  const many = await costs(manyTurns, manyTurnsProcesses)
  const fewTurns = bySuite((suite) => Math.round((smallDelay * manyTurns[suite]) / many[suite]))
  const few = await costs(fewTurns, smallDelayProcesses)
  const turnsFor = (suite: CalibratedSuite, slowdown: number) => {
    const turnsPerShare = (manyTurns[suite] - fewTurns[suite]) / (many[suite] - few[suite])
    return Math.max(1, fewTurns[suite] + (slowdown - few[suite]) * turnsPerShare)
  }
  const all = wanted.map((slowdown) => {
    const turns = bySuite((suite) => turnsFor(suite, slowdown))
    return { slowdown, turns, sides: sides(turns) }
  })
  return {
    all,
    lengthen(factors) {
      for (const one of all) {
        one.turns = bySuite((suite) => one.turns[suite] * factors[suite])
        one.sides = sides(one.turns)
      }
    },
  }
}

export function bySuite<Value>(value: (suite: CalibratedSuite) => Value): Record<CalibratedSuite, Value> {
  return { warm: value('warm'), hot: value('hot'), deny: value('deny'), routes: value('routes') }
}

function delayed(deployables: Deployables, turns: number): Deployables {
  const wrapper = `
;{
  const { handler } = module.exports
  let state = 1
  const delay = (turns) => {
    for (let turn = 0; turn < turns; turn++) state = (Math.imul(state, 31) + turn) | 0
    ${neverInlined('turns < 0', 'state')}
  }
  for (let call = 0; call < 3000; call++) delay(300)
  module.exports = {
    handler: (event) => {
      delay(${turns})
      return handler(event)
    },
  }
}
`
  const { usual, routes, cookie } = deployables
  return { usual: usual + wrapper, routes: routes + wrapper, cookie: cookie + wrapper }
}
