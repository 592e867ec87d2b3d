/** Turns an observation into a finding: shown again in a fresh sandbox, made small, and written down. */
import { factsOf, type HandlerFacts, sendersOf } from '../assessment/assessor.ts'
import { findingOf, idOf } from '../assessment/finding-of.ts'
import type { FuzzCase, Scenario } from '../case.ts'
import { type Effort, type Finding, isEasier, type Note } from '../finding.ts'
import type { AssessedObservation } from '../invariants/observation.ts'
import type { HandlerUnderTest } from '../sandbox/handler-under-test.ts'
import { createMinimizer, type Reproduction, shownIn } from './minimize.ts'
import { replayFresh } from './replay.ts'
import { measureCost } from './request-cost.ts'
import type { Judged } from './trial.ts'

/** One rule broken in one way by one kind of person is one finding; more than this many failed attempts to show it again are given up. */
const maxAttempts = 3
/** Measuring takes a process of its own; on a slow machine many requests take long enough to be measured, for nothing. */
const maxMeasured = 12
/** Making findings small ends after this many seconds for all of them together, the worst first. */
const maxSeconds = 60

/** What says that two findings are one. */
export type KnownFinding = Pick<Finding, 'class' | 'rule' | 'who' | 'cause'>

interface Confirmed {
  shown: Reproduction
  /** By a process that had seen nothing else. */
  fresh: boolean
  relatives: () => Iterable<FuzzCase>
  /** It took other cases' requests, so that what is wrong is what the handler remembers of them. */
  poisoned: boolean
  after: Effort
}

export class Confirmation implements AsyncDisposable {
  readonly #confirmed: Confirmed[] = []
  readonly #known: readonly KnownFinding[]
  readonly #tested: HandlerUnderTest
  readonly #effort: () => Effort
  readonly #minimizer
  readonly #measured = new Set<string>()
  readonly #attempts = new Map<string, number>()
  readonly #unconfirmed = new Map<string, Note>()

  /** `effort`: what the run has used by now. `known`: not wanted any more. */
  constructor(tested: HandlerUnderTest, effort: () => Effort, known: readonly KnownFinding[] = []) {
    this.#known = known
    this.#tested = tested
    this.#effort = effort
    this.#minimizer = createMinimizer(tested)
  }

  get count(): number {
    return this.#confirmed.length
  }

  get unconfirmed(): Note[] {
    return [...this.#unconfirmed.values()]
  }

  /** Whoever can do it with less is found already, or more than a few attempts failed. */
  wants(observation: AssessedObservation): boolean {
    const found = [...this.#known, ...this.#confirmed.map(({ shown }) => shown.observation)]
    const isKnown = found.some(
      (one) => isEasier(one.who, observation.who) && idOf({ ...one, who: observation.who }) === idOf(observation),
    )
    return !isKnown && (this.#attempts.get(idOf(observation)) ?? 0) < maxAttempts
  }

  /** `cases`: the scenario alone, then with what came before it. */
  async confirm(
    observation: AssessedObservation,
    scenario: Scenario,
    cases: readonly FuzzCase[],
    shrinks?: () => Iterable<Scenario>,
  ): Promise<void> {
    const id = idOf(observation)
    this.#attempts.set(id, (this.#attempts.get(id) ?? 0) + 1)
    for (const [index, fuzzCase] of cases.entries()) {
      const reproduction = await this.#minimizer.reproduce(fuzzCase, observation)
      if (!reproduction) continue
      const relatives = () => (index === 0 && shrinks ? relativesOf(fuzzCase, shrinks()) : [])
      this.#confirmed.push({ ...reproduction, relatives, poisoned: index > 0, after: this.#effort() })
      return
    }
    this.#giveUp(observation, scenario)
  }

  #giveUp(observation: AssessedObservation, { name }: Scenario): void {
    const story = `${observation.class} by ${name}: ${observation.story}`
    const note = this.#unconfirmed.get(idOf(observation)) ?? { rule: observation.rule, story, count: 0 }
    note.count++
    this.#unconfirmed.set(idOf(observation), note)
  }

  /** A cost is confirmed by being measured, in a process of its own. */
  async confirmCost(fuzzCase: FuzzCase, judged: Judged): Promise<void> {
    const who = sendersOf(fuzzCase, fuzzCase.steps.length, factsOf(this.#tested))
    const suspicion = { class: 'exhaustion', rule: 'resources/cpu', story: '', who } as const
    if (!this.wants(suspicion) || this.#measured.has(fuzzCase.name) || this.#measured.size >= maxMeasured) return
    this.#measured.add(fuzzCase.name)
    const observation = await measureCost(this.#tested, fuzzCase)
    if (observation) this.add(fuzzCase, judged, { ...observation, who })
  }

  /** Takes down what was confirmed elsewhere. */
  add(fuzzCase: FuzzCase, judged: Judged, observation: AssessedObservation): void {
    const shown = { case: fuzzCase, step: fuzzCase.steps.length - 1, judged, observation }
    this.#confirmed.push({ shown, fresh: true, relatives: () => [], poisoned: false, after: this.#effort() })
  }

  /**
   * The findings, each made small where `minimizes`, and shown by a process that has seen nothing else. It comes last
   * because a process takes longer to start than most findings to find. Small cases that became one are one finding.
   */
  async conclude(minimizes: () => boolean): Promise<Finding[]> {
    const findings = new Map<string, Finding>()
    const end = performance.now() + maxSeconds * 1000
    const bySender = this.#confirmed.toSorted((a, b) =>
      isEasier(a.shown.observation.who, b.shown.observation.who) ? -1 : 1,
    )
    for (const { shown, fresh, relatives, poisoned, after } of bySender) {
      const isMeasured = shown.observation.class === 'exhaustion'
      const isDue = minimizes() && !isMeasured && performance.now() < end
      const smallest = isDue ? await this.#minimizer.minimize(shown, relatives()) : shown
      const kept = smallest === shown ? null : await this.#showAgain(smallest)
      const final = kept ?? (fresh ? shown : await this.#showAgain(shown))
      if (!final) {
        this.#giveUp(shown.observation, shown.case)
        continue
      }
      const finding = written(final, poisoned, after, factsOf(this.#tested))
      if (!findings.has(finding.id)) findings.set(finding.id, finding)
    }
    return [...findings.values()].toSorted((a, b) => a.after.seconds - b.after.seconds)
  }

  /** In a process that has seen nothing else. */
  async #showAgain({ case: fuzzCase, observation }: Reproduction): Promise<Reproduction | null> {
    return shownIn(await replayFresh(this.#tested, fuzzCase), fuzzCase, observation)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#minimizer[Symbol.asyncDispose]()
  }
}

function* relativesOf(fuzzCase: FuzzCase, shrinks: Iterable<Scenario>): Iterable<FuzzCase> {
  for (const scenario of shrinks) yield { ...fuzzCase, ...scenario, serve: { ...fuzzCase.serve, ...scenario.serve } }
}

/** Earlier requests of others that a wrong decision takes are part of what somebody has to be able to send. */
function written(
  { case: fuzzCase, step, judged, observation }: Reproduction,
  poisoned: boolean,
  after: Effort,
  facts: HandlerFacts,
): Finding {
  const { class: name, rule, who, story, cause = '' } = observation
  const known = { rule, cause, case: fuzzCase, step, verdict: judged.verdict, answer: judged.answer, after }
  const isPoisoning = poisoned && step > 0 && ['bypass', 'false-denial', 'leak'].includes(name)
  if (!isPoisoning) return findingOf({ ...known, class: name, who, story })
  const senders = sendersOf(fuzzCase, name === 'false-denial' ? step : step + 1, facts)
  return findingOf({
    ...known,
    class: 'poisoning',
    of: name,
    who: name === 'false-denial' ? senders : isEasier(who, senders) && senders === 'nobody' ? senders : who,
    story: `after ${step} other requests, ${story}`,
  })
}
