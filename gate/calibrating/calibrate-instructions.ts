/** Counts edited programs against the unedited one. */

import { availableParallelism } from 'node:os'
import { UsageError } from '../../config/usage-error.ts'
import { median } from '../../statistics/median.ts'
import { seededRandom } from '../../statistics/seeded-random.ts'
import type { EditOutcome } from '../calibration-file.ts'
import { evidence } from '../error-rates.ts'
import type { Counts } from '../measure/count-cache.ts'
import { countProgram } from '../measure/count-program.ts'
import { callgrind } from '../measure/instructions.ts'
import { sameProgram } from '../sides/same-program.ts'
import { type CalibratedSuite, calibratedSuites } from '../suites.ts'
import { instructionChange } from '../verdict/instruction-change.ts'
import type { Calibrating } from './calibrating.ts'
import { type Edit, findEdits } from './edits.ts'

/** So many slow-downs are counted for each neutral edit that reached the program. */
const mutantsPerNeutral = 5

/**
 * Counts edits that are not yet known until the time is up; ends early when all are. What an interruption cuts off is
 * counted by the next calibration. Throws a UsageError without valgrind.
 */
export async function calibrateInstructions(calibrating: Calibrating): Promise<void> {
  const { side, directory, bench, build, calibration, context, save, over } = calibrating
  const { progress, signal } = context
  const version = callgrind.version()
  if (version === null) throw new UsageError('--calibrate needs valgrind (apt-get install valgrind), or --methods cpu')
  const base = await countProgram('base', side.deployables, {
    suites: calibratedSuites,
    bench,
    counter: callgrind,
    version,
    signal,
    progress: (done, total) => progress.step('counting the unedited program', done, total),
  })
  const { mutants, neutral } = calibration
  const edits = await findEdits(side, directory, ownInstructions(base), bench, build, signal)
  const known = new Set([...mutants, ...neutral].map(identity))
  const queue = mixed(edits.filter((edit) => !known.has(identity(edit))))
  const slow = edits.filter(({ kind }) => kind === 'mutant').length
  progress.log(
    `edits: ${slow} slow-downs and ${edits.length - slow} neutral ones; ${known.size} were counted by earlier calibrations`,
  )
  const next = () => {
    if (over()) return undefined
    const wanted = evidence(neutral).length * mutantsPerNeutral <= evidence(mutants).length ? 'neutral' : 'mutant'
    const index = queue.findIndex(({ kind }) => kind === wanted)
    return queue.splice(Math.max(0, index), 1)[0]
  }
  const worker = async (place: string) => {
    for (let edit = next(); edit; edit = next()) {
      const outcome = await measure(edit, place, base, calibrating)
      if (outcome === null) return
      calibration[edit.kind === 'mutant' ? 'mutants' : 'neutral'].push(outcome)
      progress.step(
        'edits',
        mutants.length + neutral.length,
        edits.length,
        `${evidence(mutants).length} slow-downs, ${evidence(neutral).length} neutral`,
      )
      save()
    }
  }
  // Paths of one length: two counts at a time never share a file.
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, (_, index) => worker(`count${index}d`)))
}

function ownInstructions(counts: Counts): Record<CalibratedSuite, number> {
  const own = (suite: CalibratedSuite) => {
    const count = counts[suite]
    return count ? median(count.segments) - count.verification : 0
  }
  return { warm: own('warm'), hot: own('hot'), deny: own('deny'), routes: own('routes') }
}

function identity({ place, form }: Pick<EditOutcome, 'place' | 'form'>): string {
  return `${place} ${form}`
}

/** Places and forms mixed, the same way each time, so that a run cut short has seen some of everything. */
function mixed(edits: readonly Edit[]): Edit[] {
  return seededRandom('edits').shuffled(edits)
}

/** Null where it was interrupted. */
async function measure(
  edit: Edit,
  place: string,
  base: Counts,
  { side, bench, build, settings, context }: Calibrating,
): Promise<EditOutcome | null> {
  const { form, suite, injected } = edit
  const outcome = { place: edit.place, form, suite, injected, growth: 0, difference: 0 }
  try {
    const { deployables } = await build({ [edit.file]: edit.text })
    if (sameProgram(deployables, side.deployables)) return { ...outcome, verdict: 'identical' }
    const counts = await callgrind.countSuite(bench, bench.deploy(deployables, place), suite, context.signal)
    const [before, after] = [base[suite], counts[suite]]
    if (!before || !after) throw new Error(`${suite} was not counted`)
    const id = `instructions.${suite}`
    const { growth, difference, verdict } = instructionChange(
      before,
      after,
      settings.threshold(id),
      settings.minimumInstructions,
    )
    return { ...outcome, growth, difference, verdict }
  } catch (error) {
    if (context.signal.aborted) return null
    context.progress.log(`${form} in ${edit.place}: ${(error as Error).message.split('\n', 1)[0]}`)
    return { ...outcome, verdict: 'broken' }
  }
}
