/** Programs slowed down by a known share of their CPU time: a loop before the handler, of as many turns as a pilot says. */

import type { PairedSides } from '../measure/pairs.ts'
import { samplePair } from '../measure/pairs.ts'
import type { Workbench } from '../measure/workbench.ts'
import type { Deployment } from '../requests.ts'
import { median } from '../statistics/median.ts'
import { type RequestSuite, requestSuites } from '../suites.ts'

export const slowdowns = [0.02, 0.03, 0.05, 0.1, 0.2] as const

/** Turns that slow each suite down clearly, so that the pilot's own noise matters little. */
const pilotTurns: Record<RequestSuite, number> = { warm: 8000, hot: 700, deny: 1800, routes: 900 }
const pilots = 4

type Deployables = Record<Deployment, string>

/** Sides for each slow-down; base has the same wrapper with no turn, so that only the loop differs. */
export async function slowedSides(
  bench: Workbench,
  deployables: Deployables,
  signal: AbortSignal,
): Promise<(slowdown: number) => PairedSides> {
  const base = bench.deploy(delayed(deployables, 0), 'delay-base')
  const sides = (name: string, turns: (suite: RequestSuite) => number): PairedSides => {
    const heads = Object.fromEntries(
      requestSuites.map((suite) => [suite, bench.deploy(delayed(deployables, turns(suite)), `delay-${name}-${suite}`)]),
    ) as Record<RequestSuite, Record<Deployment, string>>
    return { base: (_, deployment) => base[deployment], head: (suite, deployment) => heads[suite][deployment] }
  }
  const pilot = sides('pilot', (suite) => pilotTurns[suite])
  const ratios: Record<RequestSuite, number[]> = { warm: [], hot: [], deny: [], routes: [] }
  for (let index = 0; index < pilots; index++) {
    const report = await samplePair(bench, pilot, index % 2 === 0, signal)
    for (const suite of requestSuites) ratios[suite].push(Math.exp(report.logRatios[suite] ?? Number.NaN))
  }
  const turnsFor = (suite: RequestSuite, slowdown: number) =>
    (slowdown * pilotTurns[suite]) / (median(ratios[suite]) - 1)
  return (slowdown) => sides(String(slowdown), (suite) => Math.round(turnsFor(suite, slowdown)))
}

function delayed(deployables: Deployables, turns: number): Deployables {
  const wrapper = `
;{
  const { handler } = module.exports
  let state = 1
  module.exports = {
    handler: (event) => {
      for (let turn = 0; turn < ${turns}; turn++) state = (Math.imul(state, 31) + turn) | 0
      return handler(event)
    },
  }
}
`
  return { usual: deployables.usual + wrapper, routes: deployables.routes + wrapper }
}
