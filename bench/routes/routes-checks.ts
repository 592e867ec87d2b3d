import type { Check } from '../../reports/result.ts'
import { figureOf } from '../figure.ts'
import { ratioCheck } from '../ratio-check.ts'
import { matchers } from './matchers.ts'
import { mixes, tableSizes } from './route-mixes.ts'
import type { RoutesSummary } from './routes-suite.ts'

const ours = 'edgeproof'
const smallest = tableSizes[0]
const largest = Math.max(...tableSizes)

/** How much dearer one match may be among the most routes than among the fewest: caches miss more, nothing else may grow. */
const growthLimits: Record<string, number | null> = { one: 1.3, zipf: 2.5, uniform: 3, miss: null, worst: null }

/** Growth from the smallest to the largest table, and the largest table against the best other matcher. */
export function routesChecks(summaries: readonly RoutesSummary[]): Check[] {
  return mixes.flatMap(({ id, title }) => {
    const summary = summaries.find(({ size, mix }) => size === largest && mix === id)
    const own = summary?.matchers.find((matcher) => matcher.id === ours)
    if (!summary || !own) return []
    const [best] = summary.matchers.filter((matcher) => matcher.id !== ours).sort((a, b) => a.cpu.median - b.cpu.median)
    const bestTitle = matchers.find((matcher) => matcher.id === best?.id)?.title
    const toBest = figureOf(own.cpu.samples.map((sample, turn) => sample / (best?.cpu.samples[turn] ?? Number.NaN)))
    return [
      ratioCheck(
        `bench.routes.${id}.growth`,
        `routes, ${title}: ${largest} to ${smallest}`,
        own.toSmallest,
        growthLimits[id] ?? null,
      ),
      ratioCheck(`bench.routes.${id}.peer`, `routes, ${title}: ${largest} routes, to ${bestTitle}`, toBest, 1),
    ]
  })
}
