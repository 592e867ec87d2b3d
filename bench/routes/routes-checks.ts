import { type Check, check } from '../../result/result.ts'
import { ratioCheck } from '../ratio-check.ts'
import { figureOf } from '../samples-by-process.ts'
import { isOurs } from '../subjects.ts'
import { matchers } from './matchers.ts'
import { mixes, tableSizes } from './route-mixes.ts'
import type { MatchInstructions } from './routes-instructions.ts'
import type { RoutesSummary } from './routes-suite.ts'

const ours = 'edgeproof'
const smallest = Math.min(...tableSizes)
const largest = Math.max(...tableSizes)

/** How much dearer one match may be among the most routes than among the fewest: caches miss more, nothing else may grow. */
const growthLimits: Record<string, number> = { one: 1.3, zipf: 2.5, uniform: 3 }

/** The same in instructions, which no cache makes dearer; a path among many areas is some characters longer. */
const instructionLimit = 1.1

/** Why a matcher that does less is ahead where the table costs nothing. */
const otherWork =
  'the authorizer decodes each segment and refuses what S3 could read another way before it looks at the table; find-my-way does neither'

/** Growth from the smallest to the largest table, and each table against the best other matcher. */
export function routesChecks(summaries: readonly RoutesSummary[], instructions: MatchInstructions | null): Check[] {
  return mixes.flatMap(({ id, title }) => {
    const own = summaries.filter(({ mix }) => mix === id)
    const growth = own.find(({ size }) => size === largest)?.matchers.find((matcher) => matcher.id === ours)?.toSmallest
    const limit = growthLimits[id] ?? null
    return [
      instructionCheck(id, title, instructions?.[id]),
      ...(growth
        ? [
            ratioCheck(
              `bench.routes.${id}.growth`,
              `routes, ${title}: CPU time, ${largest} to ${smallest}`,
              growth,
              limit,
            ),
          ]
        : []),
      ...own.flatMap((summary) => peerChecks(summary, title)),
    ]
  })
}

function instructionCheck(id: string, title: string, counts: Record<number, number> | undefined): Check {
  const [least, most] = [counts?.[smallest], counts?.[largest]]
  const judged = id in growthLimits
  return check({
    id: `bench.routes.${id}.instructions`,
    title: `routes, ${title}: instructions, ${largest} to ${smallest}`,
    value: least && most ? most / least : null,
    unit: '1',
    limit: judged ? instructionLimit : null,
    direction: judged ? 'lower' : 'none',
    detail:
      least && most ? `${Math.round(most)} to ${Math.round(least)} instructions a path` : 'skipped: valgrind missing',
  })
}

/** Ours to the best other matcher, judged among the most routes; and ours to ours, which shows how far such ratios scatter. */
function peerChecks({ mix, size, matchers: own }: RoutesSummary, title: string): Check[] {
  const samplesOf = (id: string) => own.find((matcher) => matcher.id === id)?.cpu.samples ?? []
  const ratio = (id: string) =>
    figureOf(samplesOf(ours).map((sample, turn) => sample / (samplesOf(id)[turn] ?? Number.NaN)))
  const [best] = own.filter(({ id }) => !isOurs(id)).sort((a, b) => a.cpu.median - b.cpu.median)
  if (!best) return []
  const bestTitle = matchers.find(({ id }) => id === best.id)?.title ?? best.id
  const toBest = ratio(best.id)
  const limit = size === largest ? 1 : null
  const why = toBest.median > 1 ? otherWork : undefined
  return [
    ratioCheck(
      `bench.routes.${mix}.${size}.peer`,
      `routes, ${title}: ${size} routes, to ${bestTitle}`,
      toBest,
      limit,
      why,
    ),
    ...(size === largest
      ? [
          ratioCheck(
            `bench.routes.${mix}.twin`,
            `routes, ${title}: ${size} routes, to itself`,
            ratio('edgeproof-twin'),
            null,
          ),
        ]
      : []),
  ]
}
