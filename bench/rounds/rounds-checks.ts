import type { BenchConfig } from '../../config/bench-schema.ts'
import type { Check } from '../../result/result.ts'
import { denyCases } from '../deny-cases.ts'
import { ratioCheck } from '../ratio-check.ts'
import { figureOf } from '../samples-by-process.ts'
import { isOurs, subjectTitle } from '../subjects.ts'
import { caseTitle } from './case-titles.ts'
import type { CaseSummary } from './rounds-suite.ts'

type SubjectSummary = CaseSummary['subjects'][number]

/**
 * What the in-process suites promise: the authorizer's cost over the floor, and that it is ahead of every peer. Of the
 * malformed tokens only the first kind and the worst are judged; the table has them all. Of the dear ones each is judged.
 */
export function roundsChecks(summaries: readonly CaseSummary[], limits: Required<BenchConfig>): Check[] {
  const malformed = summaries.filter(({ id }) => denyCases.some((entry) => entry.id === id && entry.malformed))
  const dear = summaries.filter(({ id }) => denyCases.some((entry) => entry.id === id && entry.dear))
  const others = summaries.filter((summary) => !malformed.includes(summary) && !dear.includes(summary))
  const dearest = highest(malformed, (summary) => own(summary).toVerify.median)
  const closest = highest(malformed, (summary) => toBestPeer(summary)?.figure.median ?? 0)
  return [
    ...others.flatMap((summary) => [...floorChecks(summary, limits), ...peerChecks(summary)]),
    ...malformed.slice(0, 1).flatMap((summary) => floorChecks(summary, limits)),
    ...(dearest
      ? [
          ratioCheck(
            'bench.malformed.worst',
            `worst malformed (${shortTitle(dearest)}): to one crypto.verify`,
            own(dearest).toVerify,
            limits.malformed,
            rawDetail(dearest),
          ),
        ]
      : []),
    ...dear.map((summary) =>
      ratioCheck(
        `bench.${summary.id}.floor`,
        `${caseTitle(summary.id)}: to one crypto.verify`,
        own(summary).toVerify,
        limits.dear,
        rawDetail(summary),
      ),
    ),
    ...(closest ? peerChecks(closest) : []),
  ]
}

function floorChecks(summary: CaseSummary, limits: Required<BenchConfig>): Check[] {
  const { id } = summary
  const { toVerify, toLookup } = own(summary)
  const limit = id === 'warm' ? limits.warm : id === 'hot' ? limits.hot : null
  const title = caseTitle(id)
  return [
    ratioCheck(`bench.${id}.floor`, `${title}: to one crypto.verify`, toVerify, limit, rawDetail(summary)),
    ...(toLookup ? [ratioCheck(`bench.${id}.lookup`, `${title}: to one Map.get`, toLookup, null)] : []),
  ]
}

function peerChecks(summary: CaseSummary): Check[] {
  const best = toBestPeer(summary)
  if (!best) return []
  const title = `${caseTitle(summary.id)}: to the best peer, ${subjectTitle(best.id)}`
  const twin = summary.subjects.find(({ id }) => id === 'edgeproof-twin')
  const session = summary.subjects.find(({ id }) => id === 'edgeproof-session')
  const toHeader = `${caseTitle(summary.id)}: the token in a cookie, to the same in the header`
  return [
    ratioCheck(`bench.${summary.id}.peer`, title, best.figure, 1),
    ...(session ? [ratioCheck(`bench.${summary.id}.cookie`, toHeader, ratioTo(session, own(summary)), null)] : []),
    // The same program twice: how far from 1 a ratio of this run may be by chance.
    ...(twin
      ? [
          ratioCheck(
            `bench.${summary.id}.twin`,
            `${caseTitle(summary.id)}: to itself`,
            ratioTo(own(summary), twin),
            null,
          ),
        ]
      : []),
  ]
}

/** Ours to the peer with the lowest median, paired process by process. */
function toBestPeer(summary: CaseSummary) {
  const best = bestPeer(summary)
  if (!best) return undefined
  return { id: best.id, figure: ratioTo(own(summary), best) }
}

/** One subject to another, process by process. */
export function ratioTo(above: SubjectSummary, below: SubjectSummary) {
  return figureOf(above.toVerify.samples.map((sample, turn) => sample / (below.toVerify.samples[turn] ?? Number.NaN)))
}

export function bestPeer({ subjects }: CaseSummary): SubjectSummary | undefined {
  return highest(
    subjects.filter(({ id }) => !isOurs(id)),
    ({ toVerify }) => -toVerify.median,
  )
}

function own(summary: CaseSummary): SubjectSummary {
  const found = summary.subjects.find(({ id }) => isOurs(id))
  if (!found) throw new Error(`the authorizer did not take part in ${summary.id}`)
  return found
}

/** The raw times behind a case's ratios, of the first subject. */
export function rawDetail(summary: CaseSummary): string {
  const { cpu } = summary.subjects[0] ?? own(summary)
  const us = ({ median }: { median: number }) => `${median.toFixed(1)} us`
  return `CPU time of one request ${us(cpu)}, of which parsing ${us(summary.harness)}; one crypto.verify ${us(summary.verify)}; ${cpu.samples.length} fresh processes`
}

function shortTitle({ id }: CaseSummary): string {
  return caseTitle(id).replace('malformed: ', '')
}

function highest<Item>(items: readonly Item[], value: (item: Item) => number): Item | undefined {
  return [...items].sort((a, b) => value(b) - value(a))[0]
}
