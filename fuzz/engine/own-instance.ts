/** A child process in which each scenario gets an instance of its own: those that move the clock or change what is served. */

import type { ServedUrls } from '../../oracle/served-urls.ts'
import type { FuzzCase, Scenario } from '../case.ts'
import type { HandlerUnderTest } from '../sandbox/handler-under-test.ts'
import { type ChildSandbox, SandboxGone, sandboxFor } from '../sandbox/sandbox.ts'
import { deathResult, suspectedSpinMs } from './replay.ts'
import { type Judged, Trial } from './trial.ts'

/** Modules that cannot be unloaded (ES modules) pile up in a process; a new one after so many. */
const maxInstances = 500

export class OwnInstances implements AsyncDisposable {
  readonly #tested: HandlerUnderTest
  readonly #start: number
  readonly #serve: ServedUrls
  #sandbox: ChildSandbox | undefined
  #instances = 0
  fetches = 0

  constructor(tested: HandlerUnderTest, start: number, serve: ServedUrls) {
    this.#tested = tested
    this.#start = start
    this.#serve = serve
    this.#sandbox = sandboxFor(tested)
  }

  caseOf(scenario: Scenario): FuzzCase {
    return {
      ...scenario,
      policy: this.#tested.policy,
      start: this.#start,
      serve: { ...this.#serve, ...scenario.serve },
    }
  }

  run(scenario: Scenario): Promise<Judged[]> {
    return this.replay(this.caseOf(scenario))
  }

  async replay(fuzzCase: FuzzCase): Promise<Judged[]> {
    if (this.#instances++ >= maxInstances || this.#sandbox?.gone) await this.#discard()
    this.#sandbox ??= sandboxFor(this.#tested)
    const trial = await Trial.open(this.#sandbox, this.#tested, fuzzCase.start, fuzzCase.serve)
    if (trial.refused !== undefined) return trial.judgeRefusal(fuzzCase.steps)
    try {
      const outcomes = await this.#sandbox.run(fuzzCase.steps, { stepLimitMs: suspectedSpinMs })
      return await trial.judge(fuzzCase.steps, outcomes)
    } catch (error) {
      if (!(error instanceof SandboxGone)) throw error
      // The confirmation tells what came before it, and whether that was right.
      const step = fuzzCase.steps[error.step]
      return step ? [await trial.judgeDeath(step, deathResult(error))] : []
    } finally {
      this.fetches += trial.fetches
    }
  }

  async #discard(): Promise<void> {
    await this.#sandbox?.[Symbol.asyncDispose]()
    this.#sandbox = undefined
    this.#instances = 0
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#discard()
  }
}
