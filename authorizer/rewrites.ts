import type { EdgePolicy } from './edge-policy.ts'
import { usesApps, usesIndex, usesSlash } from './features.ts'
import type { RouteMatch, RouteMatcher } from './routes.ts'

/** What has to be granted before a path is served, and from where. */
export interface Way {
  /** The route of the viewer's path, with its `/` where that is missing. */
  match: RouteMatch
  /** The route of the path that is served. */
  served: RouteMatch
  /** Of the path that is served. */
  uri: string
  /** The viewer's path has no route; it lacks the `/` of a directory. */
  lacksSlash: boolean
}

export type Ways = (uri: string) => Way | 'uri' | 'no-route'

/**
 * What a path stands for in a folder of files: a directory's index, an app's shell, or itself. It is rewritten once, and what comes
 * of that is matched as a path of its own. Undefined where the policy rewrites none.
 */
export function createWays({ index, slash, routes }: EdgePolicy, matchRoute: RouteMatcher): Ways | undefined {
  if (index === undefined && slash === undefined && routes.every(({ app }) => app === undefined)) return undefined
  return (viewerUri: string) => {
    let match = matchRoute(viewerUri)
    const lacksSlash = usesSlash && slash === true && match === 'no-route' && !viewerUri.endsWith('/')
    const directory = lacksSlash ? `${viewerUri}/` : viewerUri
    if (lacksSlash) match = matchRoute(directory)
    if (typeof match === 'string') return match
    const uri = servedFrom(directory, match, index)
    const served = uri === directory ? match : matchRoute(uri)
    return typeof served === 'string' ? served : { match, served, uri, lacksSlash }
  }
}

/** A last segment with a dot is a file. */
function servedFrom(uri: string, { route, segments }: RouteMatch, index: string | undefined): string {
  const last = segments[segments.length - 1] as string
  if (usesApps && route.app !== undefined && !last.includes('.')) return route.app
  return usesIndex && index !== undefined && last === '' ? uri + index : uri
}
