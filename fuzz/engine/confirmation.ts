/** Turns an observation into a finding: shown again in a fresh sandbox, made small, and written down. */

import { createHash } from 'node:crypto'
import { typedCommand } from '../../command/typed-command.ts'
import type { FuzzCase, Scenario } from '../case.ts'
import type { Effort, Finding, Note } from '../finding.ts'
import { classes, cweOf, type Observation } from '../invariants/observation.ts'
import type { Target } from '../sandbox/handler-under-test.ts'
import { createMinimizer, type Reproduction, shownIn } from './minimize.ts'
import { replayFresh } from './replay.ts'
import { measureCost } from './request-cost.ts'
import type { Judged } from './trial.ts'

/** One rule broken in one way is one finding; more than this many failed attempts to show it again are given up. */
const maxAttempts = 3
/** Measuring takes a process of its own; on a slow machine many requests take long enough to be measured, for nothing. */
const maxMeasured = 12

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
  readonly #target: Target
  readonly #effort: () => Effort
  readonly #minimizer
  readonly #measured = new Set<string>()
  readonly #attempts = new Map<string, number>()
  readonly #unconfirmed = new Map<string, Note>()

  /** `effort`: what the run has used by now. `known`: not wanted any more. */
  constructor(target: Target, effort: () => Effort, known: readonly Pick<Finding, 'class' | 'rule'>[] = []) {
    for (const one of known) this.#attempts.set(keyOf(one), maxAttempts)
    this.#target = target
    this.#effort = effort
    this.#minimizer = createMinimizer(target)
  }

  get count(): number {
    return this.#confirmed.length
  }

  get unconfirmed(): Note[] {
    return [...this.#unconfirmed.values()]
  }

  wants(observation: Observation): boolean {
    return (
      !this.#confirmed.some(({ shown }) => keyOf(shown.observation) === keyOf(observation)) &&
      (this.#attempts.get(keyOf(observation)) ?? 0) < maxAttempts
    )
  }

  /** `cases`: the scenario alone, then with what came before it. */
  async confirm(
    observation: Observation,
    scenario: Scenario,
    cases: readonly FuzzCase[],
    shrinks?: () => Iterable<Scenario>,
  ): Promise<void> {
    this.#attempts.set(keyOf(observation), (this.#attempts.get(keyOf(observation)) ?? 0) + 1)
    for (const [index, fuzzCase] of cases.entries()) {
      const reproduction = await this.#minimizer.reproduce(fuzzCase, observation)
      if (!reproduction) continue
      const relatives = () => (index === 0 && shrinks ? relativesOf(fuzzCase, shrinks()) : [])
      this.#confirmed.push({ ...reproduction, relatives, poisoned: index > 0, after: this.#effort() })
      return
    }
    this.#giveUp(observation, scenario)
  }

  #giveUp(observation: Observation, { name }: Scenario): void {
    const story = `${observation.class} by ${name}: ${observation.story}`
    const note = this.#unconfirmed.get(keyOf(observation)) ?? { rule: observation.rule, story, count: 0 }
    note.count++
    this.#unconfirmed.set(keyOf(observation), note)
  }

  /** A cost is confirmed by being measured, in a process of its own. */
  async confirmCost(fuzzCase: FuzzCase, judged: Judged): Promise<void> {
    const suspicion: Observation = { class: 'exhaustion', rule: 'resources/cpu', story: '' }
    if (!this.wants(suspicion) || this.#measured.has(fuzzCase.name) || this.#measured.size >= maxMeasured) return
    this.#measured.add(fuzzCase.name)
    const observation = await measureCost(this.#target, fuzzCase)
    if (observation) this.add(fuzzCase, judged, observation)
  }

  /** Takes down what was confirmed elsewhere. */
  add(fuzzCase: FuzzCase, judged: Judged, observation: Observation): void {
    const shown = { case: fuzzCase, step: fuzzCase.steps.length - 1, judged, observation }
    this.#confirmed.push({ shown, fresh: true, relatives: () => [], poisoned: false, after: this.#effort() })
  }

  /**
   * The findings, each made small where `minimizes`, and shown by a process that has seen nothing else. It comes last
   * because a process takes longer to start than most findings to find.
   */
  async conclude(minimizes: () => boolean): Promise<Finding[]> {
    const findings: Finding[] = []
    for (const { shown, fresh, relatives, poisoned, after } of this.#confirmed) {
      const isMeasured = shown.observation.class === 'exhaustion'
      const smallest = minimizes() && !isMeasured ? await this.#minimizer.minimize(shown, relatives()) : shown
      const kept = smallest === shown ? null : await this.#showAgain(smallest)
      const final = kept ?? (fresh ? shown : await this.#showAgain(shown))
      if (final) findings.push(this.#write(final, poisoned, after))
      else this.#giveUp(shown.observation, shown.case)
    }
    return findings
  }

  /** In a process that has seen nothing else. */
  async #showAgain({ case: fuzzCase, observation }: Reproduction): Promise<Reproduction | null> {
    return shownIn(await replayFresh(this.#target, fuzzCase), fuzzCase, observation)
  }

  #write({ case: fuzzCase, step, judged, observation }: Reproduction, poisoned: boolean, after: Effort): Finding {
    const poisoning = poisoned && ['bypass', 'false-denial', 'leak'].includes(observation.class)
    const name = poisoning ? 'poisoning' : observation.class
    const id = createHash('sha256').update(keyOf(observation)).digest('hex').slice(0, 8)
    return {
      class: name,
      severity: classes[observation.class].severity,
      cwe: cweOf({ ...observation, class: name }),
      rule: observation.rule,
      story: poisoning ? `after ${step} other requests, ${observation.story}` : observation.story,
      case: fuzzCase,
      step,
      verdict: judged.verdict,
      answer: judged.answer,
      replay: typedCommand(`fuzz replay fuzz-findings/${name}-${id}.json`),
      after,
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#minimizer[Symbol.asyncDispose]()
  }
}

function* relativesOf(fuzzCase: FuzzCase, shrinks: Iterable<Scenario>): Iterable<FuzzCase> {
  for (const scenario of shrinks) yield { ...fuzzCase, ...scenario, serve: { ...fuzzCase.serve, ...scenario.serve } }
}

function keyOf({ class: name, rule }: Pick<Observation, 'class' | 'rule'>): string {
  return `${name} ${rule}`
}
