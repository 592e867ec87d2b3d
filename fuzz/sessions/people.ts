/** Who has an account with the provider, and which pages are his. */
import type { Policy } from '../../authorizer/policy.ts'
import { claimsFor, pathOf } from '../world/make-world.ts'
import { claimChanges } from '../world/provider-claims.ts'
import type { World, WorldIssuer } from '../world/world.ts'
import type { PersonName } from './story.ts'

export interface Person {
  name: PersonName
  sub: string
  /** Of the token that the policy verifies. */
  claims: Record<string, unknown>
  /** Paths that he may see. */
  pages: readonly [string, string]
}

/** Both have a page on one route, whose captures tell them apart where the policy has such a route. */
export function peopleOf(world: World, issuer: WorldIssuer, policy: Policy): Record<PersonName, Person> {
  const route = personalRoute(policy, issuer)
  const person = (name: PersonName, group: string): Person => {
    const claims = claimsFor(route, issuer, world.start, group)
    for (const [reference, value] of Object.entries(world.handler?.claims ?? {}))
      Object.assign(claims, claimChanges(claims, reference, value))
    const page = (rest: string) => pathOf(route, { issuer, claims }, rest)
    return { name, sub: String(claims.sub), claims, pages: [page('a.txt'), page('b/c.css')] }
  }
  return { victim: person('victim', 'g1'), attacker: person('attacker', 'g2') }
}

function personalRoute({ routes }: Policy, { provider }: WorldIssuer): Policy['routes'][number] {
  const own = routes.filter(
    (route) => !route.public && (route.provider === undefined || [route.provider].flat().includes(provider.name)),
  )
  const route = own.find(({ path }) => path.includes('{sub}')) ?? own.find(({ path }) => path.includes('{')) ?? own[0]
  if (!route) throw new Error('a policy with sign-in has a route for its provider')
  return route
}
