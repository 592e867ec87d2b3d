/** The instruction part as checks. */
import { type Check, check } from '../result/result.ts'
import { median } from '../statistics/median.ts'
import type { Compared, Part } from './comparison.ts'
import type { Counts } from './measure/count-cache.ts'
import { countProgram } from './measure/count-program.ts'
import type { Count } from './measure/instructions.ts'
import { quoteInstructions } from './noise-line.ts'
import type { Settings } from './settings.ts'
import type { Side } from './sides/side.ts'
import type { Suite } from './suites.ts'
import { type InstructionChange, instructionChange } from './verdict/instruction-change.ts'

/** Counts both sides and compares them; without valgrind, one check that was not measured. */
export async function instructionPart({
  base,
  head,
  bench,
  counter,
  source,
  settings,
  calibration,
  context,
}: Part): Promise<Compared[]> {
  const version = counter.version()
  if (version === null) return [{ check: valgrindMissing() }]
  const { progress, signal } = context
  const count = (label: string, deployables: Side['deployables']) =>
    countProgram(label, deployables, {
      suites: settings.suites,
      bench,
      counter,
      version,
      signal,
      progress: (done, total) => progress.step(`${label}: counting instructions`, done, total),
    })
  const counts = { base: await count('base', base.deployables), head: await count('head', head.deployables) }
  const quoted = source.isCalibrated
    ? quoteInstructions(calibration)
    : 'the error rates of these suites were not measured'
  return settings.suites.map((suite) => suiteCheck(suite, source.titles[suite] ?? '', counts, settings, quoted))
}

function valgrindMissing(): Check {
  return check({
    id: 'instructions',
    title: 'instructions per operation',
    value: null,
    unit: 'instructions',
    limit: null,
    direction: 'lower',
    detail: 'valgrind is not installed (apt-get install valgrind), or leave them out with --methods size,cpu',
  })
}

function suiteCheck(
  suite: Suite,
  suiteTitle: string,
  counts: { base: Counts; head: Counts },
  settings: Settings,
  quoted: string,
): Compared {
  const id = `instructions.${suite}`
  const [base, head] = [counts.base[suite], counts.head[suite]]
  if (!base || !head) throw new Error(`${suite} was not counted`)
  const change = instructionChange(base, head, settings.threshold(id), settings.minimumInstructions)
  const judged: Check = {
    id,
    title: `${suite}: ${suiteTitle}, instructions`,
    value: Math.round(change.head),
    unit: 'instructions',
    limit: Math.floor(change.base + change.limit),
    direction: 'lower',
    verdict: change.verdict,
    samples: change.differences,
    detail: [changeText(change), totalText(base, head), quoted].filter((text) => text !== '').join('; '),
  }
  return { check: judged, growth: change.growth }
}

function changeText({ base, difference, growth, verdict }: InstructionChange): string {
  const text = `base ${whole(base)}, ${signed(difference)} (${signed(growth * 100, 2)} %)`
  return verdict === 'inconclusive' ? `${text}; late segments do not agree` : text
}

/** What the judged figure leaves out, so that nobody takes it for the whole cost. */
function totalText(base: Count, head: Count): string {
  if (head.parsing === 0)
    return head.collection + base.collection === 0
      ? ''
      : `garbage collection apart: ${pair(base.collection, head.collection)}`
  const total = (count: Count) => median(count.segments) + count.collection + count.parsing
  return [
    `total with event parsing${head.verification === 0 ? '' : ', bare RSA verification'} and collection: ${pair(total(base), total(head))}`,
    `collection: ${pair(base.collection, head.collection)}`,
    `allocated bytes: ${pair(base.allocatedBytes, head.allocatedBytes)}`,
  ].join('; ')
}

function pair(base: number, head: number): string {
  return `${whole(base)} to ${whole(head)}`
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

function signed(value: number, digits = 0): string {
  return `${value > 0 ? '+' : ''}${value.toFixed(digits)}`
}
