import { hash } from 'node:crypto'
import type { RouteCapture, RouteMatch } from './routes.ts'
import type { VerifiedToken } from './verified-tokens.ts'

/** Whether the token grants what the route asks: one of its groups, and each captured segment. */
export function isGranted({ route, segments }: RouteMatch, token: VerifiedToken): boolean {
  const { groups } = token.rights
  if (route.groups && !route.groups.some((group) => groups.includes(group))) return false
  for (const capture of route.captures) {
    const segment = segments[capture.index] as string
    const granted = capture.hash ? hasDigest(segment, capture, token) : values(capture, token).includes(segment)
    if (!granted) return false
  }
  return true
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
