/** Kinds of paths, and who may ask for them. */
import * as z from 'zod'
import type { Route } from '../authorizer/policy.ts'
import { claimReferenceFault } from './claim-reference.ts'
import { claimRules } from './claim-schema.ts'
import { crossFieldRule } from './cross-field-rule.ts'
import { literalFault } from './literal-fault.ts'
import { appFault } from './rewrites.ts'
import { mostBranches } from './route-branches.ts'
import { type Capture, type PatternSegment, parsePattern, patternShape } from './route-pattern.ts'
import { name, oneOrMore, text } from './text-schema.ts'

const route: z.ZodType<Route> = z
  .strictObject({
    path: z.string(),
    public: z.boolean().exactOptional(),
    app: text(appFault).exactOptional(),
    provider: oneOrMore(name, 'should be the name of a provider, or a list of names').exactOptional(),
    hash: z.enum(['md5', 'sha1', 'sha256', 'sha384', 'sha512']).exactOptional(),
    groups: z.array(name).min(1, 'should name at least one group').exactOptional(),
    scopes: z
      .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'should be a scope, without spaces (RFC 6749 3.3)'))
      .min(1, 'should name at least one scope')
      .exactOptional(),
    claims: claimRules.exactOptional(),
  })
  .check(
    crossFieldRule<Route>(({ path }, { isRight, refuse }) => {
      const fault = isRight('path') && pathFault(path)
      if (fault) refuse(['path'], `${JSON.stringify(path)} ${fault}`)
    }),
    crossFieldRule<Route>((route, { isRight, refuse }) => {
      if (route.public === true && (route.hash || route.provider || usesToken(route, isRight('path'))))
        refuse(
          ['public'],
          'a public route has no captures, groups or hash, and no provider, scopes or claims: nothing about the token is checked',
        )
      else if (isRight('path') && isRight('hash') && route.hash && capturesOf(route.path).length === 0)
        refuse(['hash'], 'needs a capture in the path whose digest the segment holds')
    }),
  )
  .meta({ id: 'Route' })

function pathFault(path: string): string | undefined {
  try {
    for (const capture of capturesOf(path)) {
      const fault = capture.kind === 'claim' && claimReferenceFault(capture.name)
      if (fault) return `has the claim ${JSON.stringify(capture.name)}, which ${fault}`
    }
    return parsePattern(path)
      .flatMap(textsOf)
      .map(literalFault)
      .find((fault) => fault !== undefined)
  } catch (error) {
    return (error as Error).message
  }
}

function textsOf(segment: PatternSegment): string[] {
  if (segment.kind === 'rest') return []
  return segment.kind === 'literal' ? [segment.text] : [segment.prefix, segment.suffix]
}

function capturesOf(path: string): Capture[] {
  return parsePattern(path).flatMap((segment) => (segment.kind === 'capture' ? [segment.capture] : []))
}

/** Whether it matters whose token it is. A path that cannot be read has no captures. */
export function usesToken({ path, groups, scopes, claims }: Route, isReadable: boolean): boolean {
  return [groups, scopes, claims].some((field) => field !== undefined) || (isReadable && capturesOf(path).length > 0)
}

/** A path that leads into so many takes some 20 us, less than one verification. */
const maxBranches = 1000

export const routesSchema: z.ZodType<Route[]> = z
  .array(route)
  .min(1, 'should hold at least one route')
  .check(
    crossFieldRule<Route[]>((routes, { isRight, refuse }) => {
      const seen = new Map<string, number>()
      const readable = [...routes.entries()].filter(([index]) => isRight(index, 'path'))
      for (const [index, route] of readable) {
        const shape = patternShape(route)
        const earlier = seen.get(shape)
        if (earlier === undefined) seen.set(shape, index)
        else refuse([index, 'path'], `has the same shape as routes[${earlier}]; one of the two could never decide`)
      }
      const branches = mostBranches(readable.map(([, { path }]) => parsePattern(path)))
      if (branches > maxBranches)
        refuse(
          [],
          `has a path that leads into ${branches} beginnings of routes at once, at most ${maxBranches} are compared in good time; use fewer segments that are a literal in one route and a capture in another`,
        )
    }),
  )
