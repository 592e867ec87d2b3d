import { type Check, check } from '../../result/result.ts'
import { ratioCheck } from '../ratio-check.ts'
import { figureOf } from '../samples-by-process.ts'
import { figureText, type SideBySide, short } from '../side-by-side.ts'
import { isOurs, subjectTitle } from '../subjects.ts'
import { type JwksSummary, keyChanges } from './jwks-suite.ts'

/** The authorizer asks once for each change, and spends no more than this many times what fetching at each request costs. */
const limits = { fetches: 1, floor: 4 }

/** Most of a change's cost is the network client's. Peers reuse a connection, the authorizer opens one, so that only a refresh is judged against them. */
export function jwksChecks(summaries: readonly JwksSummary[], floor: string): Check[] {
  return summaries.flatMap(({ change, subjects }) => {
    const own = subjects.find(({ id }) => isOurs(id))
    const best = bestPeer(subjects, floor)
    if (!own) return []
    const toBest =
      best && own.settledCpu.samples.map((sample, turn) => sample / (best.settledCpu.samples[turn] ?? Number.NaN))
    return [
      check({
        id: `bench.jwks.${change}.fetches`,
        title: `jwks ${change}: fetches of the keys`,
        value: own.requests,
        unit: 'count',
        limit: limits.fetches,
        direction: 'lower',
      }),
      ratioCheck(
        `bench.jwks.${change}.floor`,
        `jwks ${change}: CPU time to ${subjectTitle(floor)}`,
        own.toFloor,
        limits.floor,
      ),
      ...(best && toBest
        ? [
            ratioCheck(
              `bench.jwks.${change}.peer`,
              `jwks ${change}: to the best peer, ${subjectTitle(best.id)}`,
              figureOf(toBest),
              change === 'refresh' ? 1 : null,
              change === 'refresh'
                ? undefined
                : 'the authorizer opens a connection for each fetch, since one kept through a frozen sandbox is dead',
            ),
          ]
        : []),
    ]
  })
}

/** Who did not ask for the keys again did not do the same work. */
function bestPeer(subjects: JwksSummary['subjects'], floor: string) {
  return subjects
    .filter(({ id, requests }) => !isOurs(id) && id !== floor && requests > 0)
    .sort((a, b) => a.settledCpu.median - b.settledCpu.median)[0]
}

/** A table for each change of the issuer's keys. */
export function jwksTables(summaries: readonly JwksSummary[], floor: string): SideBySide[] {
  return summaries.map(({ change, subjects }) => {
    const best = bestPeer(subjects, floor)
    return {
      title: `jwks, ${keyChanges.find(({ id }) => id === change)?.title} (floor: ${subjectTitle(floor)}, which fetches at each request)`,
      columns: [
        'subject',
        'wall ms to the response',
        'CPU ms to the response',
        'CPU ms until settled',
        'to floor',
        'to best peer',
        'fetches',
      ],
      rows: subjects.map(({ id, wall, cpu, settledCpu, toFloor, requests }) => [
        subjectTitle(id),
        figureText(wall),
        figureText(cpu),
        figureText(settledCpu),
        figureText(toFloor),
        best ? short(settledCpu.median / best.settledCpu.median) : '',
        String(requests),
      ]),
    }
  })
}
