import type { Policy, Route } from '../authorizer/policy.ts'
import { createWays, type Ways } from '../authorizer/rewrites.ts'
import { compileRoutes, type RouteMatch } from '../authorizer/routes.ts'
import { pageWarnings } from './denial-page.ts'
import { toEdgePolicy } from './edge-policy.ts'
import { withDefaults } from './policy-defaults.ts'
import { encodedPath } from './rewrites.ts'
import { parsePattern } from './route-pattern.ts'
import { signInFaults } from './sign-in-checks.ts'

/** What is wrong with a policy, and the field that says it. */
export interface SiteFinding {
  field: readonly (string | number)[]
  message: string
}

export type SiteWarningId = 'private-shell' | 'login-elsewhere' | 'page-content'

/** What is dangerous in it. */
export interface SiteWarning extends SiteFinding {
  id: SiteWarningId
  remedy: string
}

/**
 * What is wrong between the fields of a policy whose fields are each right: paths that nobody can have, and a login page that sends
 * to itself.
 */
export function siteFaults(policy: Policy): SiteFinding[] {
  return findings(policy).filter((found) => !('id' in found))
}

/** What is taken, and may be another thing than was meant. */
export function siteWarnings(policy: Policy): SiteWarning[] {
  return findings(policy).filter((found) => 'id' in found)
}

type Found = SiteFinding | SiteWarning

function findings(policy: Policy): Found[] {
  const edge = toEdgePolicy(policy)
  const match = compileRoutes(edge.routes)
  const wayOf: Ways = createWays(edge, match) ?? ((uri) => unrewritten(match(uri), uri))
  return [
    ...policy.routes.flatMap((route, index) => servedFindings(route, index, wayOf)),
    ...loginFindings(policy, wayOf),
    ...signInFaults(policy, wayOf),
    ...(['unauthenticated', 'forbidden'] as const).flatMap((kind) =>
      pageWarnings(policy.deny?.[kind]?.page ?? '').map((message) => ({
        id: 'page-content' as const,
        field: ['deny', kind, 'page'],
        message,
        remedy: 'the page is sent as it is, under a Content-Security-Policy of its own',
      })),
    ),
  ]
}

function unrewritten(match: RouteMatch | 'uri' | 'no-route', uri: string): ReturnType<Ways> {
  return typeof match === 'string' ? match : { match, served: match, uri, lacksSlash: false }
}

/** An app's shell, and the index of a directory that is written out, need a route of their own. */
function servedFindings(route: Route, index: number, wayOf: Ways): Found[] {
  if (route.app !== undefined) {
    const field = ['routes', index, 'app']
    const shell = wayOf(encodedPath(route.app))
    if (typeof shell === 'string')
      return [{ field, message: `no route matches ${route.app}, so that each path it stands for is denied` }]
    if (!route.public || shell.match.route.public) return []
    const message = `${route.app} needs a token, and so does each path of this public route that is served from it`
    return [{ id: 'private-shell', field, message, remedy: 'give it a public route of its own' }]
  }
  const isDirectory = route.path.endsWith('/') && parsePattern(route.path).every(({ kind }) => kind === 'literal')
  if (!isDirectory || typeof wayOf(encodedPath(route.path)) !== 'string') return []
  const message = 'no route matches the index that it is served from, so that it is denied'
  return [{ field: ['routes', index, 'path'], message }]
}

/** Who is sent to a page that needs a token is sent there for ever. */
function loginFindings(policy: Policy, wayOf: Ways): Found[] {
  const { redirect } = withDefaults(policy).deny.unauthenticated
  if (redirect?.[0] !== '/') return []
  const field = ['deny', 'unauthenticated', 'redirect']
  const [path = ''] = redirect.split('?')
  const way = wayOf(path)
  if (typeof way === 'string') {
    const message = `no route matches ${path}: who is sent there is denied`
    const remedy = 'give it a public route, unless another cache behavior serves it'
    return [{ id: 'login-elsewhere', field, message, remedy }]
  }
  if (way.match.route.public && way.served.route.public) return []
  return [{ field, message: `${path} needs a token itself: who has none would be sent there for ever` }]
}
