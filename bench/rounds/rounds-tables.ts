import type { Percentiles } from '../../statistics/quantile.ts'
import { figureText, percentilesText, type SideBySide, short } from '../side-by-side.ts'
import { subjectTitle } from '../subjects.ts'
import { caseTitle } from './case-titles.ts'
import { bestPeer } from './rounds-checks.ts'
import type { CaseSummary } from './rounds-suite.ts'

/** A table for each case; `latencies` by case and subject, where they were measured. */
export function roundsTables(
  summaries: readonly CaseSummary[],
  latencies: ReadonlyMap<string, ReadonlyMap<string, Percentiles>>,
): SideBySide[] {
  return summaries.map((summary) => {
    const { id, harness, verify, subjects } = summary
    const best = bestPeer(summary)
    const percentiles = latencies.get(id)
    const hasLookup = subjects.some(({ toLookup }) => toLookup)
    return {
      title: `${caseTitle(id)}: parsing ${short(harness.median)} us, one crypto.verify ${short(verify.median)} us; the other figures have parsing subtracted`,
      columns: [
        'subject',
        'CPU us',
        'to crypto.verify',
        ...(hasLookup ? ['to Map.get'] : []),
        'to best peer',
        'CPU us: p50 / p95 / p99 of blocks',
        'wall us',
        ...(percentiles ? ['wall us: p50 / p95 / p99 of requests'] : []),
      ],
      rows: subjects.map(({ id: subject, cpu, harness: parsing, wall, blocks, toVerify, toLookup }) => {
        const own = percentiles?.get(subject)
        return [
          subjectTitle(subject),
          short(cpu.median - parsing.median),
          figureText(toVerify),
          ...(hasLookup ? [toLookup ? figureText(toLookup) : ''] : []),
          best ? short(toVerify.median / best.toVerify.median) : '',
          percentilesText(blocks),
          short(wall.median),
          ...(percentiles ? [own ? percentilesText(own) : ''] : []),
        ]
      }),
    }
  })
}
