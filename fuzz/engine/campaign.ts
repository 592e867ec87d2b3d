/** One worker's run against one handler: generate, run, judge, confirm, until the time or the number of cases is over. */
import { setImmediate as turn } from 'node:timers/promises'
import type { ServedUrls } from '../../oracle/served-urls.ts'
import { seededRandom } from '../../statistics/seeded-random.ts'
import { attacks } from '../attacks/attacks.ts'
import type { FuzzCase, Scenario } from '../case.ts'
import { type Effort, type Finding, isHardening, type Note } from '../finding.ts'
import type { AssessedObservation, Remark } from '../invariants/observation.ts'
import type { HandlerUnderTest } from '../sandbox/handler-under-test.ts'
import { worldOf } from '../world/handler-world.ts'
import { servedTo } from '../world/served-to.ts'
import type { World } from '../world/world.ts'
import { Confirmation, type KnownFinding } from './confirmation.ts'
import { cpuSeconds } from './cpu-time.ts'
import { harvested } from './harvest.ts'
import { measureGrowth } from './memory-growth.ts'
import { OwnInstances } from './own-instance.ts'
import { replayFresh } from './replay.ts'
import { isSuspect } from './request-cost.ts'
import { SharedInstance } from './shared-instance.ts'
import type { Generated, Strategy } from './strategy.ts'
import type { Judged } from './trial.ts'

export interface CampaignOptions {
  tested: HandlerUnderTest
  strategy: Strategy
  /** Equal seeds try equal scenarios in equal order; keys, and so tokens, are new in each process. */
  seed: string
  /** At least one of the two; whichever is over first. */
  seconds?: number
  cases?: number
  /** Cases to replay before anything is generated. */
  corpus?: readonly FuzzCase[]
  /** What was found before, and is not looked for again. */
  known?: readonly KnownFinding[]
  signal: AbortSignal
  /** End at the first confirmed finding, and leave it as long as it was found. Default false. */
  stopAtFirst?: boolean
  /** So many scenarios go to the handler at once, after smaller batches. Default 128. */
  largestBatch?: number
  /** End at so many confirmed findings. Default: one with `stopAtFirst`, else no limit. */
  enough?: number
  /** Leave hardening alone. Default false. */
  gainsOnly?: boolean
  /** Look for the smallest case of each finding. Default true, unless it ends at the first. */
  minimize?: boolean
  /** Keys and the clock when handlers load. Default: a new world, in the real time. */
  world?: World
  onProgress?: (progress: CampaignProgress) => void
  /** Hears of each scenario of which everything is known: it was run and judged, and what it showed was shown again. */
  onTried?: (scenario: Scenario) => void
}

export interface CampaignProgress extends Effort {
  requests: number
  findings: number
  notes: number
  fetches: number
  /** Attacks of the list that have had their turn. */
  attacks: number
}

export interface CampaignReport extends CampaignProgress {
  found: Finding[]
  noted: Note[]
  /** Observations that no fresh instance showed again. */
  unconfirmed: Note[]
  /** How many stories of sign-in were played, where any were. */
  stories?: number
  /** Until the first finding was confirmed; null where there is none. */
  first: Effort | null
}

/** Small batches first: a handler that falls at once should not wait for a long one. */
const firstBatch = 16
const largestBatch = 128
/** Memory is watched when the list of attacks is through, or after this share of the time: on a slow machine the list comes first. */
const memoryAfter = 0.5
/** Of the time, at most. */
const memoryShare = 0.5
/** Stories quote what was sent; a run without end must not keep them all. */
const maxNotes = 2_000

export async function runCampaign(options: CampaignOptions): Promise<CampaignReport> {
  const campaign = new Campaign(options)
  return campaign.run()
}

class Campaign {
  readonly #options: CampaignOptions
  readonly #started = performance.now()
  readonly #cpuStarted = cpuSeconds()
  readonly #notes = new Map<string, Note>()
  #cases = 0
  #requests = 0
  #fetches = 0
  #attacks = 0
  readonly #confirmation: Confirmation

  constructor(options: CampaignOptions) {
    this.#options = options
    this.#confirmation = new Confirmation(options.tested, () => this.#effort(), options.known)
  }

  async run(): Promise<CampaignReport> {
    const { tested, strategy, seed, corpus = [] } = this.#options
    await using confirmation = this.#confirmation
    const bare = this.#options.world ?? (await worldOf(tested, Date.now()))
    const { start } = bare
    const serve = servedTo(bare)
    const world = await harvested(tested, bare, serve)
    await using shared = new SharedInstance(tested, start, serve)
    await using own = new OwnInstances(tested, start, serve)
    for (const stored of corpus) {
      if (this.#over()) break
      this.#cases++
      await this.#examine(await own.replay(stored), stored, () => [stored])
    }
    const scenarios = strategy(world, seededRandom(seed))[Symbol.iterator]()
    let size = firstBatch
    let left = (this.#options.cases ?? Number.POSITIVE_INFINITY) - this.#cases
    const drawn = () => {
      const some = draw(scenarios, Math.min(size, left))
      left -= some.length
      return some
    }
    let watched = false
    let batch = drawn()
    while (!this.#over() && batch.length > 0) {
      const together = batch.filter(({ scenario }) => sharesInstance(scenario))
      const alone = batch.filter(({ scenario }) => !sharesInstance(scenario))
      size = Math.min(this.#options.largestBatch ?? largestBatch, size * 2)
      const next: Generated[] = []
      const fetched = shared.fetches + own.fetches
      for (let waiting = together; waiting.length > 0 && !this.#over(); ) {
        const results = await shared.run(
          waiting.map(({ scenario }) => scenario),
          () => {
            if (next.length === 0) next.push(...drawn())
          },
        )
        for (const [index, result] of results.entries()) {
          this.#count(waiting[index])
          await this.#examine(result.judged, result.scenario, () => shared.casesOf(result), waiting[index]?.shrinks)
          this.#tell(result.scenario)
        }
        waiting = waiting.slice(results.length)
      }
      if (next.length === 0) next.push(...drawn())
      for (const one of alone) {
        if (this.#over()) break
        const { scenario, shrinks } = one
        this.#count(one)
        await this.#examine(await own.run(scenario), scenario, () => [own.caseOf(scenario)], shrinks)
        this.#tell(scenario)
      }
      if (!watched && this.#isMemoryDue() && !this.#over()) {
        watched = true
        await this.#watchMemory(world, serve)
      }
      this.#fetches += shared.fetches + own.fetches - fetched
      this.#options.onProgress?.(this.#progress())
      batch = next
      // Ctrl-C and other events have their turn between batches.
      await turn()
    }
    const { signal, stopAtFirst, minimize = !stopAtFirst } = this.#options
    const progress = this.#progress()
    const found = await confirmation.conclude(() => minimize && !signal.aborted)
    return {
      ...progress,
      findings: found.length,
      found,
      noted: [...this.#notes.values()],
      unconfirmed: confirmation.unconfirmed,
      first: found[0]?.after ?? null,
    }
  }

  #over(): boolean {
    const { seconds, cases, signal, stopAtFirst, enough = stopAtFirst ? 1 : Number.POSITIVE_INFINITY } = this.#options
    return (
      signal.aborted ||
      (seconds !== undefined && this.#seconds() >= seconds) ||
      (cases !== undefined && this.#cases >= cases) ||
      this.#confirmation.count >= enough
    )
  }

  #seconds(): number {
    return (performance.now() - this.#started) / 1000
  }

  #effort(): Effort {
    return { cases: this.#cases, seconds: this.#seconds(), cpuSeconds: cpuSeconds() - this.#cpuStarted }
  }

  #progress(): CampaignProgress {
    return {
      ...this.#effort(),
      requests: this.#requests,
      findings: this.#confirmation.count,
      notes: this.#notes.size,
      fetches: this.#fetches,
      attacks: this.#attacks,
    }
  }

  #count(generated: Generated | undefined): void {
    this.#cases++
    this.#attacks = Math.max(this.#attacks, generated?.attacks ?? 0)
  }

  /** What a run that is over sees is not confirmed any more. */
  #tell(scenario: Scenario): void {
    if (!this.#over()) this.#options.onTried?.(scenario)
  }

  /** `cases`: ways to repeat it, the smallest first. */
  async #examine(
    judged: readonly Judged[],
    scenario: Scenario,
    cases: () => readonly FuzzCase[],
    shrinks?: () => Iterable<Scenario>,
  ): Promise<void> {
    for (const [index, one] of judged.entries()) {
      if (one.step.kind === 'request') this.#requests++
      for (const remark of one.remarks) this.#note(remark)
      for (const observation of one.observations) await this.#confirm(observation, scenario, cases, shrinks)
      if (isSuspect(one, judged[index - 1]?.answer.clock ?? one.answer.clock)) await this.#measure(one, index, cases)
    }
  }

  async #measure(judged: Judged, index: number, cases: () => readonly FuzzCase[]): Promise<void> {
    const [alone] = cases()
    if (this.#over() || alone === undefined) return
    const fuzzCase = { ...alone, steps: alone.steps.slice(0, index + 1) }
    await this.#confirmation.confirmCost(fuzzCase, judged)
  }

  #isMemoryDue(): boolean {
    const { seconds } = this.#options
    return this.#attacks >= attacks.length || (seconds !== undefined && this.#seconds() >= memoryAfter * seconds)
  }

  /** Once in a run: distinct requests without end. */
  async #watchMemory(world: World, serve: ServedUrls): Promise<void> {
    const { tested, seconds = Number.POSITIVE_INFINITY } = this.#options
    const end = this.#seconds() + memoryShare * seconds
    const growth = await measureGrowth(tested, world, serve, () => this.#over() || this.#seconds() >= end)
    if (growth === null) return
    const { observation, step } = growth
    const { policy } = tested
    const fuzzCase: FuzzCase = {
      name: 'distinct-requests',
      class: 'resources',
      policy,
      start: world.start,
      serve,
      steps: [step],
    }
    const [judged] = await replayFresh(tested, fuzzCase)
    if (!judged) return
    this.#confirmation.add(fuzzCase, judged, observation)
  }

  async #confirm(
    observation: AssessedObservation,
    scenario: Scenario,
    cases: () => readonly FuzzCase[],
    shrinks?: () => Iterable<Scenario>,
  ): Promise<void> {
    if (this.#options.gainsOnly && isHardening(observation)) return
    if (this.#over() || !this.#confirmation.wants(observation)) return
    await this.#confirmation.confirm(observation, scenario, cases(), shrinks)
  }

  #note({ rule, story }: Remark): void {
    const key = `${rule} ${story}`
    const note = this.#notes.get(key) ?? { rule, story, count: 0 }
    if (note.count === 0 && this.#notes.size >= maxNotes) return
    note.count++
    this.#notes.set(key, note)
  }
}

function draw(scenarios: Iterator<Generated>, size: number): Generated[] {
  const drawn: Generated[] = []
  while (drawn.length < size) {
    const { value, done } = scenarios.next()
    if (done) break
    drawn.push(value)
  }
  return drawn
}

/** Requests alone under the issuer's good answers. */
export function sharesInstance({ steps, serve = {} }: Scenario): boolean {
  return Object.keys(serve).length === 0 && steps.every(({ kind }) => kind === 'request')
}
