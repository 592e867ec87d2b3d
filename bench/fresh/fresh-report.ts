import { type Check, check } from '../../result/result.ts'
import { ratioCheck } from '../ratio-check.ts'
import { figureOf } from '../samples-by-process.ts'
import { figureText, type SideBySide, short } from '../side-by-side.ts'
import { isOurs, subjectTitle } from '../subjects.ts'
import type { FreshSummary } from './fresh-suite.ts'

const titles = {
  init: 'init: a bundle is loaded',
  cold: 'cold: a bundle is loaded and answers its first request',
}

/** The peer that a figure is compared with has to do the same job with keys from the same place. */
const comparedWith: Record<string, readonly string[]> = {
  edgeproof: ['jose-local', 'aws-jwt-verify-sync', 'fast-jwt'],
  'edgeproof-network': ['jose', 'aws-jwt-verify', 'jsonwebtoken'],
}

export function freshChecks(summaries: readonly FreshSummary[]): Check[] {
  return [
    ...summaries.flatMap((summary) =>
      Object.entries(comparedWith).flatMap(([ours, peers]) => {
        const own = summary.subjects.find(({ id }) => id === ours)
        const [best] = summary.subjects
          .filter(({ id }) => peers.includes(id))
          .sort((a, b) => a.cpu.median - b.cpu.median)
        if (!own || !best) return []
        const samples = own.cpu.samples.map((sample, turn) => sample / (best.cpu.samples[turn] ?? Number.NaN))
        const title = `${summary.suite}, ${subjectTitle(ours)}: to the best peer, ${subjectTitle(best.id)}`
        // What a subject puts off until its first request is not gained: `cold` is what decides.
        const limit = summary.suite === 'cold' ? 1 : null
        return [ratioCheck(`bench.${summary.suite}.${ours}.peer`, title, figureOf(samples), limit)]
      }),
    ),
    ...summaries.map(floorCheck),
    instructionCheck(summaries),
  ]
}

/** CPU time to that of an empty handler (init), or of one import of a key and one verification (cold). */
function floorCheck({ suite, floor, subjects }: FreshSummary): Check {
  const own = subjects.find(({ id }) => id === 'edgeproof')
  if (!own) throw new Error(`the authorizer did not take part in ${suite}`)
  return ratioCheck(`bench.${suite}.floor`, `${suite}: CPU time to ${subjectTitle(floor)}`, own.toFloor, null)
}

/** "Far under" what another takes. */
const farUnder = 0.75

/** Load and first request, in instructions, to what loading aws-jwt-verify alone takes. */
function instructionCheck(summaries: readonly FreshSummary[]): Check {
  const count = (suite: FreshSummary['suite'], id: string) =>
    summaries.find((summary) => summary.suite === suite)?.subjects.find((subject) => subject.id === id)?.instructions
  const own = count('cold', 'edgeproof')
  const peer = count('init', 'aws-jwt-verify-sync')
  const start = count('init', 'empty')
  return check({
    id: 'bench.cold.instructions',
    title: 'init and first request: instructions, to loading aws-jwt-verify alone',
    value: own && peer ? own / peer : null,
    unit: '1',
    limit: farUnder,
    direction: 'lower',
    detail:
      own && peer && start
        ? `${millions(own)} to ${millions(peer)} instructions; ${short((own - start) / (peer - start))} times without the ${millions(start)} of an empty script`
        : 'skipped: valgrind missing',
  })
}

export function freshTables(summaries: readonly FreshSummary[]): SideBySide[] {
  return summaries.map(({ suite, floor, subjects }) => {
    const [best] = subjects
      .filter(({ id }) => !isOurs(id) && id !== 'empty' && id !== 'bare-verify')
      .sort((a, b) => a.cpu.median - b.cpu.median)
    return {
      title: `${titles[suite]} (Node's own start included; floor: ${subjectTitle(floor)})`,
      columns: ['subject', 'CPU ms', 'to floor', 'to best peer', 'wall ms', 'instructions'],
      rows: subjects.map(({ id, cpu, wall, toFloor, instructions }) => [
        subjectTitle(id),
        figureText(cpu),
        figureText(toFloor),
        best ? short(cpu.median / best.cpu.median) : '',
        figureText(wall),
        instructions === null ? 'not measured' : millions(instructions),
      ]),
    }
  })
}

function millions(count: number): string {
  return `${(count / 1e6).toFixed(0)} M`
}
