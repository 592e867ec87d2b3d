/** The edits whose instruction counts tell how often the gate is wrong: slow-downs (place x form) and neutral ones. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cover, programSides } from '../measure/pairs.ts'
import type { Workbench } from '../measure/workbench.ts'
import type { Coverage } from '../measured/coverage.ts'
import { findPlaces, type Place, plant } from '../mutants/functions-to-slow.ts'
import { neutralEdits } from '../mutants/neutral-edits.ts'
import { slowCode, slowForms } from '../mutants/slow-forms.ts'
import type { Side } from '../sides/side.ts'
import type { CalibratedSuite } from '../suites.ts'

/** A changed file of the program's sources. */
export interface Edit {
  kind: 'mutant' | 'neutral'
  /** `file#function`, and the how manieth for this form where that is not yet one place: `file#function 2`. */
  place: string
  form: string
  /** Where it is counted. */
  suite: CalibratedSuite
  /** Growth meant, as a fraction of the suite's own instructions. */
  injected: number
  file: string
  text: string
}

/** Builds the program with some files' texts replaced. */
export type BuildWith = (changes: Record<string, string>) => Promise<Side>

/** Cheapest to count first: a place that several suites reach is measured in the first of them. */
const preference: readonly CalibratedSuite[] = ['hot', 'warm', 'deny', 'routes']

/** Net growth of a mutant. */
const mutantGrowth = 0.02

/**
 * All edits of a program whose sources are in `directory`. `own` is each suite's own instructions per operation, of which a
 * mutant adds two per cent, divided among the calls of its place.
 */
export async function findEdits(
  side: Side,
  directory: string,
  own: Record<CalibratedSuite, number>,
  bench: Workbench,
  build: BuildWith,
  signal: AbortSignal,
): Promise<Edit[]> {
  const sources = Object.fromEntries(
    Object.keys(side.sources).map((file) => [file, readFileSync(join(directory, file), 'utf8')]),
  )
  const places = Object.entries(sources).flatMap(([file, source]) => findPlaces(file, source))
  const coverage = await coverPlaces(sources, places, side, bench, build, signal)
  const mutants = places.flatMap((place, index) =>
    mutantsOf(place, sources[place.file] ?? '', (suite) => coverage[suite]?.[index] ?? 0, own),
  )
  const suiteOf = (file: string, name: string) => {
    const index = places.findIndex((place) => place.file === file && place.name === name)
    return preference.find((suite) => (coverage[suite]?.[index] ?? 0) > 0)
  }
  const neutral = Object.entries(sources).flatMap(([file, source]) =>
    neutralEdits(file, source).map(({ form, name, text }): Edit => {
      // Code that no suite reaches, or that runs at load only, can still move what the others cost.
      const suite = suiteOf(file, name) ?? 'hot'
      return { kind: 'neutral', place: `${file}#${name}`, form, suite, injected: 0, file, text }
    }),
  )
  return numbered([...mutants, ...neutral])
}

/** Makes place and form together a name that stays from one calibration to the next. */
function numbered(edits: readonly Edit[]): Edit[] {
  const seen = new Map<string, number>()
  return edits.map((edit) => {
    const name = `${edit.place} ${edit.form}`
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    return count === 1 ? edit : { ...edit, place: `${edit.place} ${count}` }
  })
}

function mutantsOf(
  place: Place,
  source: string,
  hits: (suite: CalibratedSuite) => number,
  own: Record<CalibratedSuite, number>,
): Edit[] {
  const suite = preference.find((name) => hits(name) > 0)
  if (suite === undefined) return []
  const perCall = (mutantGrowth * own[suite]) / hits(suite)
  return slowForms.flatMap((form) => {
    const code = slowCode(form, perCall)
    if (code === null) return []
    return [
      {
        kind: 'mutant' as const,
        place: `${place.file}#${place.name}`,
        form: form.name,
        suite,
        injected: mutantGrowth,
        file: place.file,
        text: plant(source, place, code.statement, code.declaration),
      },
    ]
  })
}

/** One build with a counter in every place. */
async function coverPlaces(
  sources: Record<string, string>,
  places: readonly Place[],
  side: Side,
  bench: Workbench,
  build: BuildWith,
  signal: AbortSignal,
): Promise<Coverage> {
  const planted = { ...sources }
  // From the end, so that the offsets before stay right.
  for (const [index, place] of [...places.entries()].sort(([, a], [, b]) => b.offset - a.offset)) {
    const count = `{ const hits = (globalThis as { edgeproofHits?: number[] }).edgeproofHits ??= []; hits[${index}] = (hits[${index}] ?? 0) + 1 }`
    planted[place.file] = plant(planted[place.file] ?? '', place, count)
  }
  const counting = await build(planted)
  return cover(bench, programSides(bench, side.deployables, counting.deployables), signal)
}
