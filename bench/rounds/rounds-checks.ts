import type { BenchConfig } from '../../config/bench-schema.ts'
import type { Check } from '../../reports/result.ts'
import { denyCases } from '../deny-cases.ts'
import { type Figure, figureOf } from '../figure.ts'
import { subjects } from '../subjects.ts'
import type { CaseSummary } from './rounds-suite.ts'

const ours = 'edgeproof'
const titles = new Map<string, string>([
  ['warm', 'warm (keys cached, token never seen)'],
  ['hot', 'hot (token seen)'],
  ...denyCases.map(({ id, title }) => [id, title] as const),
])

/**
 * The checks of the in-process suites. Against a limit, the whole interval decides: `pass` with its upper bound at or
 * under the limit, `fail` with its lower bound over it, `inconclusive` between.
 */
export function roundsChecks(summaries: readonly CaseSummary[], limits: Required<BenchConfig>): Check[] {
  const worstMalformed = worst(
    summaries.filter(({ id }) => denyCases.some((entry) => entry.id === id && entry.malformed)),
  )
  return summaries.flatMap((summary) => {
    const { id } = summary
    const limit = id === 'warm' ? limits.warm : id === 'hot' ? limits.hot : null
    const own = subject(summary, ours)
    return [
      ratioCheck(
        `bench.${id}.floor`,
        `${title(id)}: to one bare crypto.verify`,
        own.toVerify,
        limit,
        rawDetail(summary),
      ),
      ...(summary === worstMalformed
        ? [
            ratioCheck(
              'bench.malformed.worst',
              `worst malformed (${title(id).replace('malformed: ', '')}): to one bare crypto.verify`,
              own.toVerify,
              limits.malformed,
            ),
          ]
        : []),
      ...(own.toLookup ? [ratioCheck(`bench.${id}.lookup`, `${title(id)}: to one Map.get`, own.toLookup, null)] : []),
      ...peerChecks(summary),
    ]
  })
}

/** Ours to the best peer, paired process by process; and each peer to the floor, for information. */
function peerChecks(summary: CaseSummary): Check[] {
  const own = subject(summary, ours)
  const peers = summary.subjects.filter(({ id }) => id !== ours)
  const [best] = [...peers].sort((a, b) => a.toVerify.median - b.toVerify.median)
  if (!best) return []
  const samples = own.toVerify.samples.map((sample, index) => sample / (best.toVerify.samples[index] ?? Number.NaN))
  return [
    ratioCheck(
      `bench.${summary.id}.peer`,
      `${title(summary.id)}: to the best peer, ${name(best.id)}`,
      figureOf(samples),
      1,
    ),
    ...peers.map(({ id, toVerify }) =>
      ratioCheck(`bench.${summary.id}.${id}`, `${title(summary.id)}: ${name(id)} to crypto.verify`, toVerify, null),
    ),
  ]
}

function ratioCheck(id: string, title: string, figure: Figure, limit: number | null, detail?: string): Check {
  const { median, low, high, level, samples } = figure
  const verdict = limit === null || high <= limit ? 'pass' : low > limit ? 'fail' : 'inconclusive'
  return {
    id,
    title,
    value: median,
    unit: '1',
    limit,
    direction: limit === null ? 'none' : 'lower',
    verdict,
    interval: { low, high, level },
    samples,
    ...(detail === undefined ? {} : { detail }),
  }
}

function rawDetail(summary: CaseSummary): string {
  const us = (figure: Figure) => `${figure.median.toFixed(1)} us`
  const own = subject(summary, ours)
  return `CPU time of one request ${us(own.cpu)}, of which parsing ${us(summary.harness)}; one crypto.verify ${us(summary.verify)}; ${own.cpu.samples.length} fresh processes`
}

function worst(summaries: readonly CaseSummary[]): CaseSummary | undefined {
  return [...summaries].sort((a, b) => subject(b, ours).toVerify.median - subject(a, ours).toVerify.median)[0]
}

function subject(summary: CaseSummary, id: string): CaseSummary['subjects'][number] {
  const found = summary.subjects.find((entry) => entry.id === id)
  if (!found) throw new Error(`${id} did not take part in ${summary.id}`)
  return found
}

function title(id: string): string {
  return titles.get(id) ?? id
}

function name(id: string): string {
  return subjects.find((entry) => entry.id === id)?.title ?? id
}
