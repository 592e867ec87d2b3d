/** Makes a finding small: fewer steps, then less in each event, as long as the same rule is broken in the same way. */
import type { FuzzCase, Step } from '../case.ts'
import { isEasier } from '../finding.ts'
import type { AssessedObservation } from '../invariants/observation.ts'
import type { HandlerUnderTest } from '../sandbox/handler-under-test.ts'
import { type ChildSandbox, sandboxFor } from '../sandbox/sandbox.ts'
import { replayIn } from './replay.ts'
import type { Judged } from './trial.ts'

export interface Reproduction {
  case: FuzzCase
  step: number
  judged: Judged
  observation: AssessedObservation
}

/** The first step whose answer shows this observation, with no more of the case than it takes; null where none does. */
export function shownIn(
  judged: readonly Judged[],
  fuzzCase: FuzzCase,
  wanted: AssessedObservation,
): Reproduction | null {
  for (const [step, one] of judged.entries()) {
    const observation = one.observations.find((other) => isSame(other, wanted))
    if (observation) {
      return { case: { ...fuzzCase, steps: fuzzCase.steps.slice(0, step + 1) }, step, judged: one, observation }
    }
  }
  return null
}

/** It fails for the same reason, and whoever could do the one can do the other: no smaller case is one that nobody can send. */
function isSame(one: AssessedObservation, wanted: AssessedObservation): boolean {
  const { class: name, rule, cause, who } = one
  return name === wanted.class && rule === wanted.rule && cause === wanted.cause && isEasier(who, wanted.who)
}

export interface Minimizer extends AsyncDisposable {
  /** In an instance of its own; `fresh` where the process had not held another. Null where the case does not show it. */
  reproduce(fuzzCase: FuzzCase, wanted: AssessedObservation): Promise<{ shown: Reproduction; fresh: boolean } | null>
  /** The smallest case found within the budget of replays; the case itself where nothing can go. */
  minimize(found: Reproduction, candidates?: Iterable<FuzzCase>): Promise<Reproduction>
}

const maxReplays = 120
/** A handler that spins takes its whole time limit at each attempt. */
const maxSeconds = 4

export function createMinimizer(tested: HandlerUnderTest): Minimizer {
  let sandbox: ChildSandbox | undefined

  async function reproduce(fuzzCase: FuzzCase, wanted: AssessedObservation) {
    const fresh = sandbox === undefined || sandbox.gone
    if (sandbox === undefined || sandbox.gone) sandbox = sandboxFor(tested)
    const shown = shownIn(await replayIn(sandbox, tested, fuzzCase), fuzzCase, wanted)
    return shown && { shown, fresh }
  }

  return {
    reproduce,
    async minimize(found, candidates = []) {
      let best = found
      let replays = 0
      const end = performance.now() + maxSeconds * 1000
      const attempt = async (smaller: FuzzCase): Promise<boolean> => {
        if (replays++ >= maxReplays || performance.now() > end) return false
        const reproduction = await reproduce(smaller, best.observation)
        if (reproduction) best = reproduction.shown
        return reproduction !== null
      }
      for (const candidate of candidates) await attempt(candidate)
      await removeSteps(() => best.case, attempt)
      if (Object.keys(best.case.serve).length > 0) await removeServed(() => best.case, attempt)
      await simplifyEvents(() => best.case, attempt)
      return best
    },
    async [Symbol.asyncDispose]() {
      await sandbox?.[Symbol.asyncDispose]()
    },
  }
}

/** Delta debugging (Zeller and Hildebrandt 2002) on all steps before the last: halves, quarters, down to single ones. */
async function removeSteps(current: () => FuzzCase, attempt: (smaller: FuzzCase) => Promise<boolean>): Promise<void> {
  for (let size = Math.ceil((current().steps.length - 1) / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < current().steps.length - 1; ) {
      const { steps } = current()
      const smaller = [...steps.slice(0, from), ...steps.slice(Math.min(from + size, steps.length - 1))]
      if (!(await attempt({ ...current(), steps: smaller }))) from += size
    }
  }
}

async function removeServed(current: () => FuzzCase, attempt: (smaller: FuzzCase) => Promise<boolean>): Promise<void> {
  for (const url of Object.keys(current().serve)) {
    const { [url]: _, ...serve } = current().serve
    await attempt({ ...current(), serve })
  }
}

interface LooseRequest {
  headers?: Record<string, unknown>
  querystring?: unknown
}

/** Drops headers and the query of the last request, one at a time. */
async function simplifyEvents(
  current: () => FuzzCase,
  attempt: (smaller: FuzzCase) => Promise<boolean>,
): Promise<void> {
  const change = (edit: (request: LooseRequest) => unknown): FuzzCase | null => {
    const steps = structuredClone(current().steps)
    const request = requestOf(steps.at(-1))
    if (request === null) return null
    edit(request)
    return { ...current(), steps }
  }
  for (const name of Object.keys(requestOf(current().steps.at(-1))?.headers ?? {})) {
    const smaller = change(({ headers }) => void delete headers?.[name])
    if (smaller) await attempt(smaller)
  }
  const { querystring } = requestOf(current().steps.at(-1)) ?? {}
  if (typeof querystring === 'string' && querystring !== '') {
    const smaller = change((request) => Object.assign(request, { querystring: '' }))
    if (smaller) await attempt(smaller)
  }
}

function requestOf(step: Step | undefined): LooseRequest | null {
  if (step?.kind !== 'request') return null
  const event = step.event as { Records?: { cf?: { request?: LooseRequest } }[] } | null
  const request = Array.isArray(event?.Records) ? event.Records[0]?.cf?.request : undefined
  return typeof request === 'object' && request !== null && typeof request.headers === 'object' ? request : null
}
