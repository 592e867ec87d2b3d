import type { ClaimCondition, ClaimPath } from './edge-policy.ts'
import { isObject, type JsonObject } from './json-object.ts'
import type { ClaimValue } from './policy.ts'

/** RFC 6901 4, through objects only: an array on the way ends it, for its order means nothing in a claim. */
export function claimAt(payload: JsonObject, path: ClaimPath): unknown {
  if (typeof path === 'string') return payload[path]
  let value: unknown = payload
  for (const name of path) value = isObject(value) ? value[name] : undefined
  return value
}

/** Whether a claim, or a member of it where it is an array, is one of the condition's values. */
export function isMet(payload: JsonObject, { claim, values, list }: ClaimCondition): boolean {
  const value = claimAt(payload, claim)
  const members: unknown[] = Array.isArray(value) ? value : list ? [] : [value]
  return members.some((member) => values.includes(member as ClaimValue))
}

/** RFC 9068 2.2.3, RFC 8693 4.2: `scope`, separated by spaces; others send `scp`, or an array. */
export function scopesOf({ scope, scp }: JsonObject): readonly unknown[] {
  const scopes = scope === undefined ? scp : scope
  return typeof scopes === 'string' ? scopes.split(' ') : Array.isArray(scopes) ? scopes : []
}
