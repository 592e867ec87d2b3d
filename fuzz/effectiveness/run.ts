/** One run of one strategy against one flawed handler. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Policy } from '../../authorizer/policy.ts'
import { runCampaign } from '../engine/campaign.ts'
import type { Effort } from '../finding.ts'
import type { HandlerUnderTest } from '../sandbox/handler-under-test.ts'
import { runSessions } from '../sessions/session-campaign.ts'
import { createWorld } from '../world/make-world.ts'
import type { World } from '../world/world.ts'
import { contenders } from './contenders.ts'
import { flaws } from './flaws/catalogue.ts'
import type { Flaw } from './flaws/flaw.ts'
import { flawedHandler } from './flaws/flawed-handler.ts'

/** What is run: names, so that it can be handed to a thread and found in a log. */
export interface Task {
  flaw: string
  strategy: string
  seed: number
  /** The limit. */
  seconds: number
  /** Hardening counts as found, too. */
  strict: boolean
}

export interface Run extends Task {
  /** Confirmed within the limit. */
  found: boolean
  /** To the first confirmed finding, or until the run ended without one; `seconds` is the limit. */
  afterSeconds: number
  afterCpuSeconds: number
  cases: number
  /** Only because the handler did not answer in time. */
  byTimeout: boolean
  /** Class and rule of the finding and the attack that made it; empty without one. */
  finding: string
}

/** Equal policies have one world in a thread: keys are made and tokens signed once, not for each run. */
export class Runner {
  readonly #directory: string
  readonly #start = Date.now()
  readonly #worlds = new Map<string, Promise<World>>()

  /** `directory`: for the handlers' files. */
  constructor(directory: string) {
    this.#directory = directory
  }

  async run(task: Task, signal: AbortSignal): Promise<Run> {
    const contender = contenders.find(({ name }) => name === task.strategy)
    if (!contender) throw new Error(`no strategy ${task.strategy}`)
    const flaw = flaws.find((one) => one.name === task.flaw)
    if (!flaw) throw new Error(`no flaw ${task.flaw}`)
    if (flaw.signsIn) return this.#stories(flaw, task, signal)
    const tested = this.#flawed(flaw)
    const report = await runCampaign({
      tested,
      strategy: contender.strategy,
      seed: `${task.strategy} ${task.seed}`,
      seconds: task.seconds,
      signal,
      stopAtFirst: true,
      gainsOnly: !task.strict,
      world: await this.#world(tested.policy),
    })
    const [finding] = report.found
    const name = finding && `${finding.class} ${finding.rule} by ${finding.case.name}`
    const run = outcome(task, report, finding?.after, name)
    return { ...run, byTimeout: run.found && finding?.answer.result.kind === 'timeout' }
  }

  /** The handler is held to the whole page, as ours is. */
  async #stories(flaw: Flaw, task: Task, signal: AbortSignal): Promise<Run> {
    const tested = this.#flawed(flaw)
    const build = async (policy: Policy) => this.#flawed(flaw, policy).file
    const report = await runSessions({
      tested: { ...tested, whose: 'ours', build },
      seed: `${task.strategy} ${task.seed}`,
      start: this.#start,
      seconds: task.seconds,
      signal,
      stopAtFirst: true,
      shrinks: false,
    })
    const [finding] = report.found
    const name = finding && `${finding.sight.class} ${finding.sight.rule} by ${finding.story.name}`
    return { ...outcome(task, { ...report, cases: report.stories }, finding?.after, name), byTimeout: false }
  }

  #flawed(flaw: Flaw, changed?: Policy): HandlerUnderTest {
    const { code, policy } = flawedHandler(flaw, changed)
    const file = join(this.#directory, `${flaw.name}${changed ? '-redeployed' : ''}.cjs`)
    writeFileSync(file, code)
    return { name: flaw.name, whose: 'foreign', file, policy, runtime: 'nodejs24.x' }
  }

  #world(policy: Policy): Promise<World> {
    const name = JSON.stringify(policy)
    const world = this.#worlds.get(name) ?? createWorld(policy, this.#start)
    this.#worlds.set(name, world)
    return world
  }
}

/** `after`: the effort of the first finding; `whole`: of all that ran. */
function outcome(task: Task, whole: Effort, after: Effort | undefined, finding = ''): Omit<Run, 'byTimeout'> {
  const found = after !== undefined && after.seconds <= task.seconds
  const { seconds, cpuSeconds, cases } = found ? after : whole
  return { ...task, found, afterSeconds: rounded(seconds), afterCpuSeconds: rounded(cpuSeconds), cases, finding }
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}
