/** Watches whether a flood of one kind of denial keeps another out of the log (SEMANTICS.md, "Resources"; CWE-778). */

import type { Verdict } from '../../oracle/verdict.ts'
import { viewerRequestOf } from '../../oracle/viewer-request-shape.ts'
import type { Answer } from '../answer.ts'
import type { Step } from '../case.ts'
import type { noVerdict } from '../finding.ts'
import type { Observation } from '../invariants/observation.ts'

/** Longer than a window within which a handler may count its lines, and than it may keep what it left out to itself. */
const quietMs = 60_000
/** One line about a denial that came alone may be chance, in a handler that logs some of them. */
const timesAlone = 2

/**
 * What a handler writes about a request each time that it is denied alone is what it means to be known of it. A finding
 * is a denial of that very request, the first of its kind within a minute, of which nothing is written while denials of
 * other kinds are about, nor counted afterwards: for another minute no line has a word that tells it from the others.
 */
export class LogWatch {
  /** By request: the words that were in its lines each time that it was denied alone. */
  readonly #alone = new Map<string, { times: number; words: ReadonlySet<string> }>()
  /** Since the last minute without a denial: how many there were, of which kinds, and every word that was logged. */
  #denials = 0
  readonly #kinds = new Set<string>()
  readonly #words = new Set<string>()
  #last = -Infinity
  #unwritten: { at: number; telling: ReadonlySet<string>; story: string } | null = null

  /** `now`: the suite's clock before the step, in milliseconds. */
  examine(
    step: Step,
    { result, logs }: Pick<Answer, 'result' | 'logs'>,
    verdict: Verdict | typeof noVerdict,
    now: number,
  ): Observation[] {
    const words = wordsOf(logs)
    // A frozen sandbox writes nothing, and what is due by a clock that was set back comes late.
    if (step.kind === 'freeze' || now < this.#last) this.#forget()
    if (this.#unwritten && !words.isDisjointFrom(this.#unwritten.telling)) this.#unwritten = null
    const observations = step.kind === 'request' ? this.#overdue(now) : []
    const kind = kindOf(verdict)
    if (step.kind === 'request' && result.kind === 'response' && kind) this.#denied(step.event, kind, words, now)
    for (const word of words) this.#words.add(word)
    return observations
  }

  #overdue(now: number): Observation[] {
    if (this.#unwritten === null || now - this.#unwritten.at < quietMs) return []
    const { story } = this.#unwritten
    this.#unwritten = null
    return [{ class: 'blinded-log', rule: 'resources/log', story }]
  }

  #denied(event: unknown, kind: string, words: ReadonlySet<string>, now: number): void {
    if (now - this.#last >= quietMs) {
      this.#forget()
      const request = nameOf(event)
      const known = this.#alone.get(request)
      this.#alone.set(request, { times: (known?.times ?? 0) + 1, words: known?.words.intersection(words) ?? words })
    } else if (words.size === 0 && !this.#kinds.has(kind)) {
      const known = this.#alone.get(nameOf(event))
      const telling = known?.words.difference(this.#words)
      if (known && telling && known.times >= timesAlone && telling.size > 0) {
        const story = `a denial that is logged when it comes alone is neither logged nor counted after ${this.#denials} of another kind`
        this.#unwritten = { at: now, telling, story }
      }
    }
    this.#denials++
    this.#kinds.add(kind)
    this.#last = now
  }

  #forget(): void {
    this.#denials = 0
    this.#kinds.clear()
    this.#words.clear()
    this.#unwritten = null
  }
}

/** Refused before a token matters, for want of a good one, or for what a good one does not grant; null where it is open. */
function kindOf(verdict: Verdict | typeof noVerdict): string | null {
  if (verdict.outcome !== 'must-deny') return null
  const { rule, isForbidden } = verdict
  if (isForbidden) return 'right'
  return /^(order|paths)\//.test(rule) ? 'path' : 'token'
}

function nameOf(event: unknown): string {
  return JSON.stringify(viewerRequestOf(event))
}

function wordsOf(logs: readonly string[]): ReadonlySet<string> {
  return new Set(logs.flatMap((line) => line.match(/[\p{L}\p{N}]+/gu) ?? []))
}
