import { figureText, percentilesText, type SideBySide, short } from '../side-by-side.ts'
import { isOurs } from '../subjects.ts'
import { matchers } from './matchers.ts'
import { mixes } from './route-mixes.ts'
import type { RoutesSummary } from './routes-suite.ts'

/** For each mix of paths a table with a row for each size of the table of routes, and one with each matcher's percentiles. */
export function routesTables(summaries: readonly RoutesSummary[]): SideBySide[] {
  return mixes.flatMap(({ id, title }) => {
    const own = summaries.filter(({ mix }) => mix === id)
    return [costTable(title, own), percentilesTable(title, own)]
  })
}

function costTable(title: string, summaries: readonly RoutesSummary[]): SideBySide {
  return {
    title: `routes, ${title}: nanoseconds of CPU time for one path, and the ratio to one Map.get with it`,
    columns: ['routes', 'Map.get', ...matchers.flatMap((matcher) => [matcher.title, 'to Map.get']), 'to best peer'],
    rows: summaries.map(({ size, floor, matchers: own }) => {
      const best = Math.min(...own.filter(({ id }) => !isOurs(id)).map(({ cpu }) => cpu.median))
      return [
        String(size),
        short(floor.median),
        ...own.flatMap(({ cpu, toFloor }) => [figureText(cpu), short(toFloor.median)]),
        short((own[0]?.cpu.median ?? Number.NaN) / best),
      ]
    }),
  }
}

function percentilesTable(title: string, summaries: readonly RoutesSummary[]): SideBySide {
  return {
    title: `routes, ${title}: nanoseconds for one path, p50 / p95 / p99 of blocks`,
    columns: ['routes', 'matcher', 'CPU time', 'wall time'],
    rows: summaries.flatMap(({ size, matchers: own }) =>
      own.map(({ id, blocks }) => [
        String(size),
        matchers.find((matcher) => matcher.id === id)?.title ?? id,
        percentilesText(blocks.cpu),
        percentilesText(blocks.wall),
      ]),
    ),
  }
}
