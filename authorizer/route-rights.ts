import { hash } from 'node:crypto'
import type { EdgePolicy } from './edge-policy.ts'
import { usesConditions, usesHashes, usesParts, usesProviders } from './features.ts'
import type { RouteCapture, RouteMatch } from './routes.ts'
import type { VerifiedToken } from './verified-tokens.ts'

/** What the decision needs of a token here. */
type Bearer = Pick<VerifiedToken, 'rights' | 'issuer'>

/**
 * What the route asks for and the token does not grant: its provider, a rule, one of its groups, a captured segment; of scopes
 * the list of all that it asks for.
 */
export function missingRight(
  { route, segments }: RouteMatch,
  token: Bearer,
  { issuers, conditions }: Pick<EdgePolicy, 'issuers' | 'conditions'>,
): 'provider' | 'claim' | 'right' | readonly string[] | undefined {
  const { groups, met } = token.rights
  if (usesProviders && route.providers) {
    if (!route.providers.includes(issuers[token.issuer]?.provider as number)) return 'provider'
  }
  if (usesConditions && route.conditions) {
    for (const place of route.conditions) {
      if (!met?.[place]) return 'scope' in (conditions[place] as object) ? (route.scopes as string[]) : 'claim'
    }
  }
  if (route.groups && !route.groups.some((group) => groups.includes(group))) return 'right'
  for (const capture of route.captures) {
    const whole = segments[capture.index] as string
    const segment = usesParts ? captured(whole, capture) : whole
    const isHashed = usesHashes && capture.hash
    const granted = isHashed ? hasDigest(segment, capture, token) : values(capture, token).includes(segment)
    if (!granted) return 'right'
  }
  return undefined
}

/** What the capture stands for: the segment, or what is between two texts. */
function captured(segment: string, { prefix, suffix }: RouteCapture): string {
  return prefix === undefined || suffix === undefined
    ? segment
    : segment.slice(prefix.length, segment.length - suffix.length)
}

/** The token's values that a capture may equal. */
function values({ claim }: RouteCapture, { rights }: Bearer): readonly string[] {
  return claim === undefined ? rights.groups : (rights.claims[claim] as readonly string[])
}

/** Values by the digest that was granted, for each kind of digest: the latest, 1.5 MB at most. */
const granted: Record<string, Map<string, string>> = {}
const maxGranted = 4000
const maxLength = 64

/** Whether one of them has this lower-case hex digest. One that was granted before, to anybody, is known by it; else all are digested. */
function hasDigest(segment: string, capture: RouteCapture, token: Bearer): boolean {
  const kind = capture.hash as string
  granted[kind] ??= new Map()
  const known = granted[kind]
  const accepted = values(capture, token)
  if (accepted.includes(known.get(segment) as string)) return true
  for (const value of accepted) {
    const digest = hash(kind, value)
    if (digest !== segment) continue
    if (known.size >= maxGranted) known.clear()
    if (value.length <= maxLength) known.set(digest, value)
    return true
  }
  return false
}
