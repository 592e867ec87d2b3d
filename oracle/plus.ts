/** Whether a raw `+`, which S3 reads as a space, is in text that matters to the route (SEMANTICS.md, `paths/plus`). */
import type { Policy } from '../authorizer/policy.ts'
import type { PathReadings } from './path-readings.ts'
import { bestMatch } from './route-match.ts'

/** Of a well-formed path: whether the `+` decides which route it is, or the pattern or a capture has to match it. */
export function plusMatters(policy: Policy, { plusSegments, readings, spaceReadings }: PathReadings): boolean {
  if (plusSegments.length === 0) return false
  const [plus, space] = [...readings, ...spaceReadings].map((segments) => bestMatch(policy.routes, segments))
  if (plus?.route !== space?.route) return true
  // A pattern that both readings match has no text where they differ.
  return plusSegments.some((index) => {
    const part = plus?.parts[index]
    return part?.kind === 'between' && part.open.kind !== 'any'
  })
}
