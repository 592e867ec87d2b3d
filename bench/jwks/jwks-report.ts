import type { Check } from '../../reports/result.ts'
import { figureOf } from '../figure.ts'
import { ratioCheck } from '../ratio-check.ts'
import { figureText, type SideBySide } from '../side-by-side.ts'
import { isOurs, subjectTitle } from '../subjects.ts'
import { type JwksSummary, keyChanges } from './jwks-suite.ts'

/** For information: a change of keys is rare, and most of its cost is the network client's. */
export function jwksChecks(summaries: readonly JwksSummary[], floor: string): Check[] {
  return summaries.flatMap(({ change, subjects }) => {
    const own = subjects.find(({ id }) => isOurs(id))
    // Who did not ask for the keys again did not do the same work.
    const [best] = subjects
      .filter(({ id, requests }) => !isOurs(id) && id !== floor && requests > 0)
      .sort((a, b) => a.settledCpu.median - b.settledCpu.median)
    if (!own) return []
    const toBest =
      best && own.settledCpu.samples.map((sample, turn) => sample / (best.settledCpu.samples[turn] ?? Number.NaN))
    return [
      ratioCheck(`bench.jwks.${change}.floor`, `jwks ${change}: CPU time to ${subjectTitle(floor)}`, own.toFloor, null),
      ...(best && toBest
        ? [
            ratioCheck(
              `bench.jwks.${change}.peer`,
              `jwks ${change}: to the best peer, ${subjectTitle(best.id)}`,
              figureOf(toBest),
              null,
            ),
          ]
        : []),
    ]
  })
}

/** A table for each change of the issuer's keys. */
export function jwksTables(summaries: readonly JwksSummary[], floor: string): SideBySide[] {
  return summaries.map(({ change, subjects }) => ({
    title: `jwks, ${keyChanges.find(({ id }) => id === change)?.title} (floor: ${subjectTitle(floor)}, which fetches at each request)`,
    columns: [
      'subject',
      'wall ms to the response',
      'CPU ms to the response',
      'CPU ms until settled',
      'to floor',
      'fetches',
    ],
    rows: subjects.map(({ id, wall, cpu, settledCpu, toFloor, requests }) => [
      subjectTitle(id),
      figureText(wall),
      figureText(cpu),
      figureText(settledCpu),
      figureText(toFloor),
      String(requests),
    ]),
  }))
}
