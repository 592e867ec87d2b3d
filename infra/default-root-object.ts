import type { Policy } from '../authorizer/policy.ts'
import { compileRoutes } from '../authorizer/routes.ts'
import { toEdgePolicy } from '../config/edge-policy.ts'

/**
 * What CloudFront asks S3 for in place of `/` (Developer Guide, "Specify a default root object"). A distribution that may list its
 * bucket never goes without one: S3 would answer `/` with the list of all objects.
 */
export function defaultRootObject({ index = 'index.html' }: Policy): string {
  return index
}

/** The default root object is no rewrite of the authorizer's, which decides `/` alone: what is served must be granted as well. */
export function rootFault(policy: Policy): { field: string; message: string } | undefined {
  const { index } = policy
  if (index !== undefined) return nameFault(index)
  const { routes } = toEdgePolicy(policy)
  const match = compileRoutes(routes)
  const [root, served] = [match('/'), match(`/${defaultRootObject(policy)}`)]
  // An app's shell takes the place of `/` in the function, and is decided there.
  if (typeof root === 'string' || root.route.app !== undefined) return undefined
  if (typeof served === 'object' && (served.route.public || served.route === root.route)) return undefined
  const place = routes.findIndex(({ segments }) => segments === root.route.segments)
  return {
    field: `routes[${place}].path`,
    message:
      'grants "/", which CloudFront serves from /index.html, and that is not granted by the same route; give policy.index, so that both are decided',
  }
}

/** CloudFront API Reference, DistributionConfig, DefaultRootObject, without the characters that it escapes. */
function nameFault(index: string): { field: string; message: string } | undefined {
  if (/^[\w.*$~'-]{1,255}$/.test(index)) return undefined
  const message = `"${index}" is no default root object for CloudFront: up to 255 letters, digits and _ - . * $ ~ '`
  return { field: 'index', message }
}
