import { figureText, type SideBySide, short } from '../side-by-side.ts'
import { matchers } from './matchers.ts'
import { mixes } from './route-mixes.ts'
import type { RoutesSummary } from './routes-suite.ts'

/** A table for each mix of paths, a row for each size of the table of routes. */
export function routesTables(summaries: readonly RoutesSummary[]): SideBySide[] {
  return mixes.map(({ id, title }) => ({
    title: `routes, ${title}: nanoseconds of CPU time for one path, and the ratio to one Map.get with it`,
    columns: ['routes', 'Map.get', ...matchers.flatMap((matcher) => [matcher.title, 'to Map.get'])],
    rows: summaries
      .filter(({ mix }) => mix === id)
      .map(({ size, floor, matchers: own }) => [
        String(size),
        short(floor.median),
        ...own.flatMap(({ cpu, toFloor }) => [figureText(cpu), short(toFloor.median)]),
      ]),
  }))
}
