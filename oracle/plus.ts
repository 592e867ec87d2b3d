/** Whether a raw `+`, which S3 reads as a space, is in text that matters to the route (SEMANTICS.md, `paths/plus`). */
import type { Policy } from '../authorizer/policy.ts'
import type { PathReadings } from './path-readings.ts'
import { bestMatch, openSpan } from './route-match.ts'

/** Of a well-formed path: whether the `+` decides which route it is, or the pattern or a capture has to match it. */
export function plusMatters(policy: Policy, { pluses, readings, spaceReadings }: PathReadings): boolean {
  const [plus, space] = [...readings, ...spaceReadings].map((segments) => ({
    segments,
    match: bestMatch(policy.routes, segments),
  }))
  if (plus === undefined || space === undefined) return false
  if (plus.match?.route !== space.match?.route) return true
  const parts = plus.match?.parts ?? []
  return pluses.some(({ segment, at }) => {
    const part = parts[Math.min(segment, parts.length - 1)]
    if (part === undefined || part.kind === 'rest') return false
    const span = openSpan(part, plus.segments[segment] ?? '')
    const isOpen = part.kind === 'between' && part.open.kind === 'any'
    return !(isOpen && span !== null && at >= span.from && at < span.to)
  })
}
