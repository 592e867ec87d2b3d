import type { Random } from '../../statistics/seeded-random.ts'
import type { Step } from '../case.ts'
import type { Visitor, World } from '../world/world.ts'
import { request } from './request-step.ts'
import { issuedToken } from './tokens.ts'

/** One request for each visitor and path, with that visitor's own good token. */
export function withOwnToken(world: World, uris: (visitor: Visitor) => string[]): Step[] {
  return world.visitors.flatMap((visitor) => {
    const token = issuedToken(world, visitor)
    return uris(visitor).map((uri) => request(world, { uri, token }))
  })
}

/** Paths that are not this visitor's: of the same route, and one of another. */
export function othersOf(world: World, visitor: Visitor, random: Random): string[] {
  const elsewhere = world.visitors.filter((other) => other.route !== visitor.route)
  const other = elsewhere.length > 0 ? random.pick(elsewhere) : undefined
  return [...visitor.denied.slice(0, 2), ...(other ? [other.denied[0] ?? other.granted[0]] : [])]
}

/** A letter percent-encoded, upper-case digits. */
export function percent(letter: string): string {
  return `%${letter.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}
