/** One instance of a handler and the oracle that follows its clock, its network and what it may still remember. */
import type { ViewerRequest } from '../../authorizer/cloudfront.ts'
import type { Policy } from '../../authorizer/policy.ts'
import { createOracle, type Oracle } from '../../oracle/oracle.ts'
import type { ServedUrls } from '../../oracle/served-urls.ts'
import { eitherOf, type Verdict } from '../../oracle/verdict.ts'
import { viewerRequestOf } from '../../oracle/viewer-request-shape.ts'
import type { Answer } from '../answer.ts'
import { Assessor, factsOf } from '../assessment/assessor.ts'
import type { Step } from '../case.ts'
import { noVerdict } from '../finding.ts'
import { examine } from '../invariants/examine.ts'
import type { AssessedObservation, Observation, Remark } from '../invariants/observation.ts'
import { readResult } from '../invariants/result-shape.ts'
import type { HandlerUnderTest } from '../sandbox/handler-under-test.ts'
import type { Effects, StepOutcome } from '../sandbox/protocol.ts'
import { HandlerRefused, loadPlaced, type Sandbox } from '../sandbox/sandbox.ts'
import { asJudged } from '../world/handler-credential.ts'
import { judgedPolicy } from '../world/handler-world.ts'
import { FetchWatch } from './fetch-watch.ts'
import { LogWatch } from './log-watch.ts'
import { counting } from './own-answers.ts'

/** What the judge makes of one step. */
export interface Judged {
  step: Step
  answer: Answer
  verdict: Verdict | typeof noVerdict
  observations: AssessedObservation[]
  remarks: Remark[]
}

export class Trial {
  readonly start: number
  readonly tested: HandlerUnderTest
  readonly #policy: Policy
  readonly #oracle: Oracle
  readonly #watch: FetchWatch
  readonly #logWatch = new LogWatch()
  readonly #assessor: Assessor
  #clock: number
  fetches = 0
  /** Why the handler did not load; undefined where it did. */
  refused: string | undefined

  private constructor(tested: HandlerUnderTest, start: number) {
    this.tested = tested
    this.start = start
    this.#clock = start
    this.#policy = judgedPolicy(tested)
    this.#oracle = createOracle(this.#policy, tested.whose)
    this.#watch = new FetchWatch(tested)
    this.#assessor = new Assessor(tested.policy, factsOf(tested))
  }

  /** Loads a new instance into the sandbox. */
  static async open(
    sandbox: Pick<Sandbox, 'load'>,
    tested: HandlerUnderTest,
    start: number,
    serve: ServedUrls,
  ): Promise<Trial> {
    const trial = new Trial(tested, start)
    await trial.#serve(serve, true)
    try {
      const effects = await loadPlaced(sandbox, tested, start, serve)
      trial.#follow(effects)
      // Some ask at INIT for no more than a warm connection.
      trial.#oracle.observe(effects.fetches, { sure: false })
    } catch (error) {
      if (!(error instanceof HandlerRefused)) throw error
      trial.refused = error.message
    }
    return trial
  }

  get clock(): number {
    return this.#clock
  }

  /** Judges steps that were run in this instance, in their order. */
  async judge(steps: readonly Step[], outcomes: readonly StepOutcome[]): Promise<Judged[]> {
    const judged: Judged[] = []
    for (const [index, outcome] of outcomes.entries()) {
      const step = steps[index]
      if (step) judged.push(await this.#judgeStep(step, outcome))
    }
    return judged
  }

  /** Judges a request during which the process ended or stopped answering. */
  async judgeDeath(step: Step, result: Answer['result']): Promise<Judged> {
    const answer = { result, fetches: [], logs: [], clock: this.#clock, realMs: 0 }
    if (step.kind !== 'request') {
      return {
        step,
        answer,
        verdict: noVerdict,
        observations: await this.#assessed([deathBetween], undefined, answer, this.#clock),
        remarks: [],
      }
    }
    return this.#examineRequest(step.event, step, answer, this.#clock)
  }

  /** Lambda tries INIT again at the next request, and until then answers 5xx: as good as a denial while no key can be had. */
  judgeRefusal(steps: readonly Step[]): Judged[] {
    const [step] = steps
    if (step === undefined) return []
    const story = `the handler does not load: ${this.refused}`
    const answer: Answer = {
      result: { kind: 'threw', error: story },
      fetches: [],
      logs: [],
      clock: this.#clock,
      realMs: 0,
    }
    const verdict = noVerdict
    // It loads on a plain day: what it does not load with is what the issuer's endpoints say.
    return this.#oracle.keysReachable(this.#clock)
      ? [
          {
            step,
            answer,
            verdict,
            observations: [{ class: 'crash', rule: 'result/load', story, who: 'issuer' }],
            remarks: [],
          },
        ]
      : [{ step, answer, verdict, observations: [], remarks: [{ rule: 'result/load', story }] }]
  }

  async #judgeStep(step: Step, outcome: StepOutcome): Promise<Judged> {
    const now = this.#clock
    const { effects, realMs } = outcome
    const observations = this.#follow(effects)
    if (step.kind === 'freeze') this.#watch.thaw()
    const answer: Answer = {
      result: outcome.result ? readResult(outcome.result) : { kind: 'invalid', value: '', why: 'no request' },
      fetches: effects.fetches,
      logs: effects.logs,
      clock: effects.clock,
      realMs,
    }
    if (step.kind !== 'request') {
      // Of an answer on its way when the sandbox was frozen the handler may not have made use.
      this.#oracle.observe(effects.fetches, { sure: step.kind !== 'freeze' })
      if (step.kind === 'freeze' && step.cuts) this.#oracle.cutOff(effects.underWay)
      if (step.kind === 'serve') await this.#serve(step.urls, false)
      this.#logWatch.examine(step, answer, noVerdict, now)
      const assessed = await this.#assessed(observations, undefined, answer, now)
      return { step, answer, verdict: noVerdict, observations: assessed, remarks: [] }
    }
    const judged = await this.#examineRequest(step.event, step, answer, now)
    const watched = [...observations, ...this.#logWatch.examine(step, answer, judged.verdict, now)]
    judged.observations.push(...(await this.#assessed(watched, step.event, answer, now)))
    judged.remarks.push(...this.#watch.takeRemarks())
    return judged
  }

  async #examineRequest(event: unknown, step: Step, answer: Answer, now: number): Promise<Judged> {
    const verdict = await this.#verdictBetween(event, now, answer.clock)
    const request = viewerRequestOf(this.#asJudged(event))
    const rewritten = await this.#rewritten(request, answer, now)
    const { observations, remarks } = examine(answer, {
      policy: this.#policy,
      whose: this.tested.whose,
      request,
      verdict,
      rewritten,
      keysReachable: this.#oracle.keysReachable(now),
      playsSignIn: this.tested.playsSignIn ?? this.tested.handler?.signIn !== undefined,
    })
    const counted = counting(observations, this.tested.handler, request, answer)
    const assessed = await this.#assessed(counted, event, answer, now)
    this.#assessor.follow(request)
    this.#oracle.observe(answer.fetches)
    return { step, answer, verdict, observations: assessed, remarks }
  }

  async #serve(urls: ServedUrls, isFirst: boolean): Promise<void> {
    await this.#oracle.serve(urls, isFirst ? this.start : this.#clock)
    this.#assessor.serve(urls, isFirst)
    this.#watch.serve(urls)
  }

  /** `event`: the request that showed them; undefined for what showed between requests. */
  async #assessed(
    observations: readonly Observation[],
    event: unknown,
    answer: Answer,
    now: number,
  ): Promise<AssessedObservation[]> {
    const judge = (plain: unknown) => this.#oracle.judge(plain, now)
    return Promise.all(observations.map((one) => this.#assessor.assess(one, event, answer, judge)))
  }

  /** The clock may have moved while the handler waited; where that matters, either answer will do. */
  async #verdictBetween(given: unknown, from: number, to: number): Promise<Verdict> {
    const event = this.#asJudged(given)
    const verdict = await this.#oracle.judge(event, from)
    if (to === from) return verdict
    return eitherOf(verdict, await this.#oracle.judge(event, to))
  }

  #asJudged(event: unknown): unknown {
    return asJudged(event, this.tested.handler?.credential)
  }

  async #rewritten(request: ViewerRequest | null, { result }: Answer, now: number) {
    if (request === null || result.kind !== 'request' || typeof result.request.uri !== 'string') return undefined
    if (result.request.uri === request.uri) return undefined
    const changed = { Records: [{ cf: { request: { ...request, uri: result.request.uri } } }] }
    return this.#oracle.judge(this.#asJudged(changed), now, { isRewritten: true })
  }

  #follow(effects: Effects): Observation[] {
    if (effects.clock < this.#clock) this.#oracle.setBack(this.#clock - effects.clock)
    this.#clock = effects.clock
    this.fetches += effects.fetches.length
    const observations = this.#watch.examine(effects.fetches, effects.underWay)
    for (const name of effects.polluted) {
      observations.push({ class: 'poisoning', rule: 'cache/prototype', story: `${name} was changed` })
    }
    return observations
  }
}

const deathBetween: Observation = {
  class: 'crash',
  rule: 'result/answer',
  story: 'the process ended between two requests',
}
