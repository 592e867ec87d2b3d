/** One instance of a handler that answers many cases' requests in a row, as a warm Lambda sandbox does. */

import type { ServedUrls } from '../../oracle/served-urls.ts'
import type { FuzzCase, Scenario, Step } from '../case.ts'
import type { HandlerUnderTest } from '../sandbox/handler-under-test.ts'
import { HandlerRefused, type Sandbox, SandboxGone, sandboxFor } from '../sandbox/sandbox.ts'
import { deathResult, suspectedSpinMs } from './replay.ts'
import { type Judged, Trial } from './trial.ts'

/** A new instance after so many requests, so that the history behind a finding stays short enough to search. */
const maxHistory = 4_000
/** A new one too when handlers that wait have moved the clock this far, before tokens grow old. */
const maxDriftMs = 60_000

export interface JudgedScenario {
  scenario: Scenario
  judged: Judged[]
  /** Everything that the instance answered, and how much of it came before this scenario. */
  history: { steps: readonly Step[]; length: number }
}

export class SharedInstance implements AsyncDisposable {
  readonly #tested: HandlerUnderTest
  readonly #start: number
  readonly #serve: ServedUrls
  #sandbox: Sandbox | undefined
  #trial: Trial | undefined
  #history: Step[] = []
  fetches = 0

  constructor(tested: HandlerUnderTest, start: number, serve: ServedUrls) {
    this.#tested = tested
    this.#start = start
    this.#serve = serve
    this.#sandbox = sandboxFor(tested)
  }

  /**
   * Runs the scenarios' requests in order, up to the one that ends the process, if any: there are fewer results than
   * scenarios then. `meanwhile` is called once they are under way.
   */
  async run(scenarios: readonly Scenario[], meanwhile: () => void = () => {}): Promise<JudgedScenario[]> {
    const steps = scenarios.flatMap((scenario) => scenario.steps)
    const { sandbox, trial } = await this.#ready()
    const running = sandbox.run(steps, { stepLimitMs: suspectedSpinMs })
    // It may fail before anybody awaits it.
    running.catch(() => {})
    meanwhile()
    try {
      const outcomes = await running
      const history = this.#history
      const length = history.length
      const fetchesBefore = trial.fetches
      const judged = await trial.judge(steps, outcomes)
      this.fetches += trial.fetches - fetchesBefore
      history.push(...steps)
      return spread(scenarios, judged, { steps: history, length })
    } catch (error) {
      if (!(error instanceof SandboxGone)) throw error
      await this.#discard()
      return this.#runSingly(scenarios, error)
    }
  }

  /** The case of a scenario alone, and with everything that the instance had answered before it. */
  casesOf({ scenario, history }: JudgedScenario): [alone: FuzzCase, whole: FuzzCase] {
    const base = { ...scenario, policy: this.#tested.policy, start: this.#start, serve: this.#serve }
    return [base, { ...base, steps: [...history.steps.slice(0, history.length), ...scenario.steps] }]
  }

  async #ready(): Promise<{ sandbox: Sandbox; trial: Trial }> {
    this.#sandbox ??= sandboxFor(this.#tested)
    const stale = this.#history.length >= maxHistory || Math.abs((this.#trial?.clock ?? 0) - this.#start) > maxDriftMs
    if (this.#trial === undefined || stale) {
      this.#trial = await Trial.open(this.#sandbox, this.#tested, this.#start, this.#serve)
      if (this.#trial.refused !== undefined) throw new HandlerRefused(this.#trial.refused)
      this.#history = []
    }
    return { sandbox: this.#sandbox, trial: this.#trial }
  }

  /** What came before a death, one request at a time, then the death itself; one that spins is known and not run again. */
  async #runSingly(scenarios: readonly Scenario[], batch: SandboxGone): Promise<JudgedScenario[]> {
    const results: JudgedScenario[] = []
    let index = 0
    for (const scenario of scenarios) {
      const judged: Judged[] = []
      const { sandbox, trial } = await this.#ready()
      const history = { steps: this.#history, length: this.#history.length }
      results.push({ scenario, judged, history })
      for (const step of scenario.steps) {
        try {
          if (batch.how.kind === 'spinning' && index++ === batch.step) throw batch
          judged.push(...(await trial.judge([step], await sandbox.run([step], { stepLimitMs: suspectedSpinMs }))))
          this.#history.push(step)
        } catch (error) {
          if (!(error instanceof SandboxGone)) throw error
          judged.push(await trial.judgeDeath(step, deathResult(error)))
          await this.#discard()
          return results
        }
      }
    }
    return results
  }

  async #discard(): Promise<void> {
    await this.#sandbox?.[Symbol.asyncDispose]()
    this.#sandbox = undefined
    this.#trial = undefined
    this.#history = []
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#discard()
  }
}

function spread(
  scenarios: readonly Scenario[],
  judged: readonly Judged[],
  { steps, length }: JudgedScenario['history'],
): JudgedScenario[] {
  let from = 0
  return scenarios.map((scenario) => {
    const own = judged.slice(from, from + scenario.steps.length)
    const history = { steps, length: length + from }
    from += scenario.steps.length
    return { scenario, judged: own, history }
  })
}
