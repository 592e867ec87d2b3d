/**
 * `edgeproof fuzz rates`: how many requests a core judges in a second, oracle included. CPU time of the judging thread and
 * of its handler processes together, so that a busy machine or a second core changes nothing.
 */
import { type Stage, stageResult } from '../command/stage.ts'
import { type Check, check } from '../result/result.ts'
import { median } from '../statistics/median.ts'
import { seededRandom } from '../statistics/seeded-random.ts'
import type { Scenario } from './case.ts'
import { withHandler } from './chosen-handler.ts'
import { sharesInstance } from './engine/campaign.ts'
import { cpuSeconds } from './engine/cpu-time.ts'
import { OwnInstances } from './engine/own-instance.ts'
import { SharedInstance } from './engine/shared-instance.ts'
import { strategies } from './engine/strategy.ts'
import type { HandlerOptions } from './fuzz-options.ts'
import type { HandlerUnderTest } from './sandbox/handler-under-test.ts'
import { worldOf } from './world/handler-world.ts'
import { servedTo } from './world/served-to.ts'

/** As many as a run of some seconds: the list of attacks once, and three times as many generated ones. */
const scenarioCount = 6_000
const batchSize = 128
/** After a first pass, in which code is compiled and verdicts are remembered, as in all but the first seconds of a run. */
const passes = 3

interface Rate {
  scenarios: number
  requests: number
  /** Of each pass. */
  cpuSeconds: number[]
}

export interface RatesOptions extends HandlerOptions {
  /** Default 1. */
  seed?: string
}

export const ratesStage: Stage<RatesOptions> = (context, options) =>
  withHandler(options, context, (tested) => {
    const { seed = '1' } = options
    const inputs = { target: tested.name, config: context.configFile, runtime: tested.runtime, seed }
    return stageResult('fuzz', inputs, async () => ({ checks: await measureRates(tested, seed, context.signal) }))
  })

/** Findings are none of its business: `edgeproof fuzz run` looks for them. */
async function measureRates(tested: HandlerUnderTest, seed: string, signal: AbortSignal): Promise<Check[]> {
  const world = await worldOf(tested, Date.now())
  const before = cpuSeconds()
  const all: Scenario[] = []
  for (const { scenario } of strategies.full(world, seededRandom(seed))) {
    if (all.push(scenario) === scenarioCount || signal.aborted) break
  }
  const generating = cpuSeconds() - before
  const serve = servedTo(world)
  const place = { tested, start: world.start, serve, signal }
  const plain = all.filter((scenario) => sharesInstance(scenario) && !carriesSignature(scenario))
  const mix = await rateOf(all, place)
  const unsigned = await rateOf(plain, place)
  const [first] = mix.cpuSeconds
  return [
    rateCheck('no-signature', 'requests per second and core that need no signature', unsigned, 10_000),
    rateCheck('mix', 'requests per second and core of the whole mix, tokens minted ahead', mix, 4_000),
    check({
      id: 'fuzz.rate.first-pass',
      title: 'requests per second and core of the whole mix, with generating and minting',
      value: first === undefined ? null : Math.round(mix.requests / (generating + first)),
      unit: '/s',
      limit: null,
      direction: 'none',
      detail: `first pass of ${mix.scenarios} cases; ${generating.toFixed(2)} s of CPU time to generate them`,
    }),
  ]
}

interface Place {
  tested: HandlerUnderTest
  start: number
  serve: NonNullable<Scenario['serve']>
  signal: AbortSignal
}

async function rateOf(scenarios: readonly Scenario[], { tested, start, serve, signal }: Place): Promise<Rate> {
  await using shared = new SharedInstance(tested, start, serve)
  await using own = new OwnInstances(tested, start, serve)
  const together = scenarios.filter(sharesInstance)
  const alone = scenarios.filter((scenario) => !sharesInstance(scenario))
  const seconds: number[] = []
  for (let pass = 0; pass <= passes && !signal.aborted; pass++) {
    const before = cpuSeconds()
    for (let from = 0; from < together.length && !signal.aborted; from += batchSize) {
      await shared.run(together.slice(from, from + batchSize))
    }
    for (const scenario of alone) if (!signal.aborted) await own.run(scenario)
    // Not all of them were judged in it.
    if (!signal.aborted) seconds.push(cpuSeconds() - before)
  }
  const requests = scenarios.reduce((sum, { steps }) => sum + steps.filter(({ kind }) => kind === 'request').length, 0)
  return { scenarios: scenarios.length, requests, cpuSeconds: seconds }
}

/** A credential that somebody has to verify: three parts, the last of them long enough to be a signature. */
function carriesSignature({ steps }: Scenario): boolean {
  return steps.some((step) => step.kind === 'request' && /[\w-]\.[\w-]*\.[\w-]{16}/.test(JSON.stringify(step.event)))
}

function rateCheck(
  id: string,
  title: string,
  { scenarios, requests, cpuSeconds: [, ...later] }: Rate,
  limit: number,
): Check {
  const rates = later.map((seconds) => requests / seconds)
  const typical = later.length === 0 ? null : median(rates)
  return check({
    id: `fuzz.rate.${id}`,
    title,
    value: typical === null ? null : Math.round(typical),
    unit: '/s',
    limit,
    direction: 'higher',
    samples: rates.map(Math.round),
    detail: `${requests} requests of ${scenarios} cases, ${later.length} times; ${typical === null ? 0 : Math.round((typical * scenarios) / requests)} cases a second`,
  })
}
