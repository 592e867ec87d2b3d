import { hash } from 'node:crypto'
import type { EdgePolicy } from './edge-policy.ts'
import { usesConditions, usesHashes, usesProviders } from './features.ts'
import type { RouteCapture, RouteMatch } from './routes.ts'
import type { VerifiedToken } from './verified-tokens.ts'

/** What the route asks for and the token does not grant: its provider, a scope or a rule, one of its groups, a captured segment. */
export function missingRight(
  { route, segments }: RouteMatch,
  token: VerifiedToken,
  { issuers, conditions }: EdgePolicy,
): 'provider' | 'scope' | 'claim' | 'right' | undefined {
  const { groups, met } = token.rights
  if (usesProviders && route.providers) {
    if (!route.providers.includes(issuers[token.issuer]?.provider as number)) return 'provider'
  }
  if (usesConditions && route.conditions) {
    for (const place of route.conditions) {
      if (!met?.[place]) return 'scope' in (conditions[place] ?? {}) ? 'scope' : 'claim'
    }
  }
  if (route.groups && !route.groups.some((group) => groups.includes(group))) return 'right'
  for (const capture of route.captures) {
    const segment = segments[capture.index] as string
    const isHashed = usesHashes && capture.hash
    const granted = isHashed ? hasDigest(segment, capture, token) : values(capture, token).includes(segment)
    if (!granted) return 'right'
  }
  return undefined
}

/** The token's values that a capture may equal. */
function values({ claim }: RouteCapture, { rights }: VerifiedToken): readonly string[] {
  return claim === undefined ? rights.groups : (rights.claims[claim] as readonly string[])
}

/** Whether one of them has this lower-case hex digest. Digests are made once for a token that is remembered and a kind of capture. */
function hasDigest(segment: string, capture: RouteCapture, token: VerifiedToken): boolean {
  const digest = (value: string) => hash(capture.hash as string, value)
  if (token.digests === null) return values(capture, token).some((value) => digest(value) === segment)
  token.digests ??= new Map()
  let made = token.digests.get(capture.name)
  if (!made) {
    made = new Set(values(capture, token).map(digest))
    token.digests.set(capture.name, made)
  }
  return made.has(segment)
}
