import { figureText, type SideBySide } from '../side-by-side.ts'
import { subjectTitle } from '../subjects.ts'
import { type JwksSummary, keyChanges } from './jwks-suite.ts'

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
