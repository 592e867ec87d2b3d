/** Counts edited programs against the unedited one. */
import { availableParallelism } from 'node:os'
import { UsageError } from '../../../config/usage-error.ts'
import type { Calibrating } from '../calibrate.ts'
import type { EditOutcome } from '../calibration-file.ts'
import { valgrindVersion } from '../measure/callgrind.ts'
import type { Counts } from '../measure/count-cache.ts'
import { countProgram } from '../measure/count-program.ts'
import { countSuite } from '../measure/instructions.ts'
import { sameProgram } from '../sides/same-program.ts'
import { instructionChange } from '../statistics/instruction-change.ts'
import { median } from '../statistics/median.ts'
import { type RequestSuite, suites } from '../suites.ts'
import { type Edit, findEdits } from './edits.ts'

/** Of each so many edits one is neutral, as long as there are some. */
const neutralEvery = 6

/** Counts edits that are not yet known until the time is up; ends early when all are. Throws a UsageError without valgrind. */
export async function calibrateInstructions(calibrating: Calibrating): Promise<void> {
  const { side, directory, bench, build, calibration, context, save, over } = calibrating
  const { progress, signal } = context
  const valgrind = valgrindVersion()
  if (valgrind === null) throw new UsageError('--calibrate needs valgrind (apt-get install valgrind), or --methods cpu')
  const base = await countProgram('base', side.deployables, {
    suites,
    bench,
    valgrind,
    signal,
    progress: (done, total) => progress.step('counting the unedited program', done, total),
  })
  const edits = await findEdits(side, directory, ownInstructions(base), bench, build, signal)
  const queue = order(edits.filter((edit) => !isKnown(edit, calibration)))
  const worker = async (place: string) => {
    for (let edit = queue.shift(); edit && !over(); edit = queue.shift()) {
      const outcome = await measure(edit, place, base, calibrating)
      if (edit.kind === 'mutant') calibration.mutants.push(outcome)
      else calibration.neutral.push(outcome)
      progress.step('edits counted', calibration.mutants.length + calibration.neutral.length, edits.length)
      save()
    }
  }
  // Paths of one length: two counts at a time never share a file.
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, (_, index) => worker(`count${index}d`)))
}

function ownInstructions(counts: Counts): Record<RequestSuite, number> {
  const own = (suite: RequestSuite) => {
    const count = counts[suite]
    return count ? median(count.segments) - count.verification : 0
  }
  return { warm: own('warm'), hot: own('hot'), deny: own('deny'), routes: own('routes') }
}

function isKnown(edit: Edit, { mutants, neutral }: Calibrating['calibration']): boolean {
  return [...mutants, ...neutral].some(
    ({ place, form, suite }) => place === edit.place && form === edit.form && suite === edit.suite,
  )
}

/** Places and forms mixed, the same way each time, so that a run cut short has seen some of everything. */
function order(edits: readonly Edit[]): Edit[] {
  const mixed = edits
    .map((edit, index) => ({ edit, key: Math.imul(index + 1, 0x9e3779b1) >>> 0 }))
    .sort((a, b) => a.key - b.key)
  const mutants = mixed.filter(({ edit }) => edit.kind === 'mutant')
  const neutral = mixed.filter(({ edit }) => edit.kind === 'neutral')
  const ordered: Edit[] = []
  while (mutants.length + neutral.length > 0) {
    const next =
      ordered.length % neutralEvery === 0 ? (neutral.shift() ?? mutants.shift()) : (mutants.shift() ?? neutral.shift())
    if (next) ordered.push(next.edit)
  }
  return ordered
}

async function measure(
  edit: Edit,
  place: string,
  base: Counts,
  { side, bench, build, settings, context }: Calibrating,
): Promise<EditOutcome> {
  const { deployables } = await build({ [edit.file]: edit.text })
  const { form, suite, injected } = edit
  const outcome = { place: edit.place, form, suite, injected }
  if (sameProgram(deployables, side.deployables)) return { ...outcome, growth: 0, difference: 0, verdict: 'identical' }
  const counts = await countSuite(bench, bench.deploy(deployables, place), suite, context.signal)
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
}
