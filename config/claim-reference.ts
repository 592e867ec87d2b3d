import type { ClaimPath } from '../authorizer/edge-policy.ts'
import type { ClaimReference } from '../authorizer/policy.ts'

/**
 * Where a claim is: the reference itself, or the names that a JSON Pointer goes through (RFC 6901 3 and 4).
 *
 * @example
 * claimPath('cognito:groups') // 'cognito:groups'
 * claimPath('/realm_access/roles') // ['realm_access', 'roles']
 * claimPath('https://example.com/tenant') // 'https://example.com/tenant'
 */
export function claimPath(reference: ClaimReference): ClaimPath {
  if (reference[0] !== '/') return reference
  return reference
    .slice(1)
    .split('/')
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'))
}
