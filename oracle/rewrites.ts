/** Where a path leads that is not served as it came (SEMANTICS.md, "Rewrites"). Whether it may be had is for the judge to say. */
import type { ViewerRequest } from '../authorizer/cloudfront.ts'
import type { Policy } from '../authorizer/policy.ts'
import { type PathReadings, readPath } from './path-readings.ts'
import { plusMatters } from './plus.ts'
import { bestMatch } from './route-match.ts'
import { holdsToken } from './token-in-text.ts'

export interface Rewrite {
  rule: 'paths/app' | 'paths/index'
  /** The `uri` of the request that passes. */
  uri: string
}

/** Null: the path is served as it came. */
export function rewriteOf(policy: Policy, { method, uri }: Pick<ViewerRequest, 'method' | 'uri'>): Rewrite | null {
  const path = readPath(uri)
  if (!isRewritable(policy, method, path)) return null
  const [segments = []] = path.readings
  const route = bestMatch(policy.routes, segments)?.route
  if (route === undefined) return null
  if (route.app !== undefined) {
    if (segments.at(-1)?.includes('.')) return null
    return { rule: 'paths/app', uri: route.app.split('/').map(encodeURIComponent).join('/') }
  }
  if (policy.index === undefined || !uri.endsWith('/')) return null
  return { rule: 'paths/index', uri: `${uri}${encodeURIComponent(policy.index)}` }
}

/** The path with the slash that it lacks; null where it is not without one, or nothing is said of it. */
export function withSlash(policy: Policy, { method, uri }: Pick<ViewerRequest, 'method' | 'uri'>): string | null {
  if (policy.slash !== 'redirect' || uri.endsWith('/')) return null
  const path = readPath(uri)
  if (!isRewritable(policy, method, path)) return null
  const [segments = []] = path.readings
  const matches = (all: readonly string[]) => bestMatch(policy.routes, all) !== null
  return !matches(segments) && matches([...segments, '']) ? `${uri}/` : null
}

/** The Location that sends the viewer there. */
export function slashLocation(uri: string, querystring: string): string {
  const query = querystring === '' || holdsToken(querystring) ? '' : `?${querystring}`
  return [...`${uri}${query}`]
    .map((character) => (/^[\x21-\x7e]$/.test(character) ? character : encodeURIComponent(character.toWellFormed())))
    .join('')
}

function isRewritable(policy: Policy, method: string, path: PathReadings): boolean {
  return ['GET', 'HEAD'].includes(method) && path.wellFormed && !plusMatters(policy, path)
}
