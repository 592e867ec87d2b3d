/** Turns an observation into a finding: shown again in a fresh sandbox, made small, and written down. */
import { createHash } from 'node:crypto'
import type { Finding, FuzzCase, Note, Scenario } from '../case.ts'
import { classes, cweOf, type Observation } from '../invariants/observation.ts'
import type { Target } from '../target/target.ts'
import { createMinimizer, type Reproduction, shownIn } from './minimize.ts'
import { replayFresh } from './replay.ts'
import { measureCost } from './request-cost.ts'
import type { Judged } from './trial.ts'

/** One rule broken in one way is one finding; more than this many failed attempts to show it again are given up. */
const maxAttempts = 3
/** Measuring takes a process of its own; a slow machine makes many requests look dear. */
const maxMeasured = 12

export class Confirmation implements AsyncDisposable {
  readonly findings: Finding[] = []
  readonly #target: Target
  readonly #minimizes: boolean
  readonly #minimizer
  readonly #measured = new Set<string>()
  readonly #attempts = new Map<string, number>()
  readonly #unconfirmed = new Map<string, Note>()

  constructor(target: Target, minimizes: boolean) {
    this.#target = target
    this.#minimizes = minimizes
    this.#minimizer = createMinimizer(target)
  }

  get unconfirmed(): Note[] {
    return [...this.#unconfirmed.values()]
  }

  wants(observation: Observation): boolean {
    return (
      !this.findings.some(({ class: name, rule }) => name === observation.class && rule === observation.rule) &&
      (this.#attempts.get(keyOf(observation)) ?? 0) < maxAttempts
    )
  }

  /** `cases`: the scenario alone, then with what came before it. */
  async confirm(
    observation: Observation,
    scenario: Scenario,
    cases: readonly FuzzCase[],
    shrinks?: () => Iterable<Scenario>,
  ): Promise<boolean> {
    this.#attempts.set(keyOf(observation), (this.#attempts.get(keyOf(observation)) ?? 0) + 1)
    for (const [index, fuzzCase] of cases.entries()) {
      const confirmed = await this.#showAgain(fuzzCase, observation)
      if (!confirmed) continue
      const relatives = index === 0 && shrinks ? relativesOf(fuzzCase, shrinks()) : []
      const smallest = this.#minimizes ? await this.#smallest(confirmed, relatives) : confirmed
      this.findings.push(this.#write(smallest, index > 0))
      return true
    }
    const note = this.#unconfirmed.get(keyOf(observation)) ?? {
      rule: observation.rule,
      story: `${observation.class} by ${scenario.name}: ${observation.story}`,
      count: 0,
    }
    note.count++
    this.#unconfirmed.set(keyOf(observation), note)
    return false
  }

  /** A cost is confirmed by being measured, in a process of its own. */
  async confirmCost(fuzzCase: FuzzCase, judged: Judged): Promise<boolean> {
    const suspicion: Observation = { class: 'exhaustion', rule: 'resources/cpu', story: '' }
    if (!this.wants(suspicion) || this.#measured.has(fuzzCase.name) || this.#measured.size >= maxMeasured) return false
    this.#measured.add(fuzzCase.name)
    const observation = await measureCost(this.#target, fuzzCase)
    if (observation) this.add(fuzzCase, judged, observation)
    return observation !== null
  }

  /** Takes down what was confirmed elsewhere. */
  add(fuzzCase: FuzzCase, judged: Judged, observation: Observation): void {
    this.findings.push(this.#write({ case: fuzzCase, step: fuzzCase.steps.length - 1, judged, observation }, false))
  }

  /** In a process that has seen nothing else. */
  async #showAgain(fuzzCase: FuzzCase, wanted: Observation): Promise<Reproduction | null> {
    return shownIn(await replayFresh(this.#target, fuzzCase), fuzzCase, wanted)
  }

  /** Attempts share a process; what comes of them has to hold in a fresh one too. */
  async #smallest(confirmed: Reproduction, relatives: Iterable<FuzzCase>): Promise<Reproduction> {
    const smaller = await this.#minimizer.minimize(confirmed, relatives)
    if (smaller === confirmed) return confirmed
    return (await this.#showAgain(smaller.case, smaller.observation)) ?? confirmed
  }

  /** `poisoned`: it took other cases' requests, so that what is wrong is what the handler remembers of them. */
  #write({ case: fuzzCase, step, judged, observation }: Reproduction, poisoned: boolean): Finding {
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
      replay: `edgeproof fuzz --replay fuzz-findings/${name}-${id}.json`,
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#minimizer[Symbol.asyncDispose]()
  }
}

function* relativesOf(fuzzCase: FuzzCase, shrinks: Iterable<Scenario>): Iterable<FuzzCase> {
  for (const scenario of shrinks) yield { ...fuzzCase, ...scenario, serve: { ...fuzzCase.serve, ...scenario.serve } }
}

function keyOf({ class: name, rule }: Observation): string {
  return `${name} ${rule}`
}
