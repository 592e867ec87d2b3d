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
  if (!isPointer(reference)) return reference
  return reference
    .slice(1)
    .split('/')
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** What is wrong with a reference, if anything: an escape that there is none of, or a name that no claim has. */
export function claimReferenceFault(reference: string): string | undefined {
  if (reference === '') return 'should not be empty'
  if (isPointer(reference) && /~(?![01])/.test(reference))
    return 'should have "~" only as "~0", or as "~1" for "/", as it is a JSON Pointer (RFC 6901 3)'
  const names = [claimPath(reference)].flat()
  if (names.includes('')) return 'should have a name after each "/", as it is a JSON Pointer (RFC 6901)'
  // It would count as present in every token.
  if (names.some((name) => name in {})) return 'should not be the name of a property that every object has'
  return undefined
}

export function isPointer(reference: string): boolean {
  return reference[0] === '/'
}
