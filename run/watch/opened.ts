/** Who may read more, or less, since a policy changed: the rules' decisions on the same requests under both. */
import type { Policy } from '../../authorizer/policy.ts'
import { withDefaults } from '../../config/policy-defaults.ts'
import { request } from '../../fuzz/attacks/request-step.ts'
import { issuedToken } from '../../fuzz/attacks/tokens.ts'
import type { Step } from '../../fuzz/case.ts'
import { createWorld, servedByIssuers } from '../../fuzz/world/make-world.ts'
import { groupChanges } from '../../fuzz/world/provider-claims.ts'
import type { Visitor, World } from '../../fuzz/world/world.ts'
import { createOracle } from '../../oracle/oracle.ts'

interface Asked {
  /** `anyone`, `a token without email`. */
  who: string
  /** The route's pattern. */
  path: string
  step: Step
  /** A token that lacks something: not told of where a good one changes as much. */
  isLesser?: boolean
}

/**
 * A line for each kind of person and direction. Only the routes' own paths are asked for, so that it is no proof that nothing
 * else changed.
 *
 * @example
 * await decisionChanges(before, after)
 * // ['now open to a token without email: /users/{sub}/*', 'no longer open to anyone: /drafts/*']
 */
export async function decisionChanges(before: Policy, after: Policy): Promise<string[]> {
  const now = Date.now()
  const worlds = await Promise.all([after, before].map((policy) => createWorld(policy, now)))
  const serve = servedByIssuers(worlds.flatMap(({ issuers }) => issuers))
  const [wasOpen, isOpen] = await Promise.all([before, after].map((policy) => opens(policy)))
  const changes = new Map<string, Set<string>>()
  /** Whoever needs less stands first: where anyone may read, nothing is said of the others. */
  const told = new Set<string>()
  for (const { who, path, step, isLesser } of worlds.flatMap((world) => questions(world, [before, after]))) {
    if (step.kind !== 'request') continue
    const [was, is] = [await wasOpen?.(step.event), await isOpen?.(step.event)]
    if (was === is || was === undefined || is === undefined) continue
    const direction = is ? 'now open to' : 'no longer open to'
    if (told.has(`${direction} ${path}`) && !changes.get(`${direction} ${who}`)?.has(path)) continue
    if (!isLesser) told.add(`${direction} ${path}`)
    changes.set(`${direction} ${who}`, (changes.get(`${direction} ${who}`) ?? new Set()).add(path))
  }
  return [...changes].map(([change, paths]) => `${change}: ${[...paths].join(', ')}`)

  /** Whether the policy lets an event pass; undefined where the rules leave it open. */
  async function opens(policy: Policy) {
    const oracle = createOracle(policy, 'ours')
    await oracle.serve(serve, now)
    return async (event: unknown): Promise<boolean | undefined> => {
      const { outcome, ours } = await oracle.judge(event, now)
      if (outcome === 'must-allow' || outcome === 'must-deny') return outcome === 'must-allow'
      return ours && ours === 'allow'
    }
  }
}

function questions(world: World, policies: readonly Policy[]): Asked[] {
  const { policy, visitors, publicPaths } = world
  const publicRoutes = policy.routes.filter((route) => route.public)
  const methods = [...new Set(policies.flatMap((one) => withDefaults(one).methods))]
  return [
    ...publicRoutes.map(({ path }, index) => asked('anyone', path, { uri: publicPaths[index] ?? '/' })),
    ...visitors.flatMap((visitor): Asked[] => {
      const path = policy.routes[visitor.route]?.path
      if (path === undefined) return []
      const [uri] = visitor.granted
      const token = issuedToken(world, visitor)
      const of = visitors.some(({ issuer }) => issuer !== visitor.issuer) ? ` of ${visitor.issuer.provider.name}` : ''
      return [
        asked('anyone', path, { uri }),
        ...visitor.denied.map((other) => asked(`another visitor's token${of}`, path, { uri: other, token })),
        asked(`a good token${of}`, path, { uri, token }),
        ...methods.map((method) => asked(`${method} with a good token${of}`, path, { uri, token, method })),
        ...lesser(visitor, policies).map(({ what, changes }) => ({
          ...asked(`a token${of} ${what}`, path, { uri, token: issuedToken(world, visitor, changes) }),
          isLesser: true,
        })),
      ]
    }),
  ]

  function asked(who: string, path: string, parts: Parameters<typeof request>[1]): Asked {
    return { who, path, step: request(world, parts) }
  }
}

/** Good tokens without one of the claims that a policy names, and in one group alone that a route names. */
function lesser(visitor: Visitor, policies: readonly Policy[]): { what: string; changes: Record<string, unknown> }[] {
  const texts = policies.map((policy) => JSON.stringify(withDefaults(policy))).join('')
  const isNamed = (name: string) => ['"', '"/', '{claim:'].some((before) => texts.includes(`${before}${name}`))
  const names = Object.keys(visitor.claims).filter((name) => isNamed(name) && name !== 'iss' && name !== 'sub')
  const groups = new Set(policies.flatMap(({ routes }) => routes.flatMap((route) => route.groups ?? [])))
  return [
    ...[...groups].map((group) => ({ what: `of the group ${group} alone`, changes: groupChanges(visitor, [group]) })),
    ...['scope', 'token_use', ...names]
      .filter((name, place, all) => all.indexOf(name) === place && visitor.claims[name] !== undefined)
      .map((name) => ({ what: `without ${name}`, changes: { [name]: undefined } })),
  ]
}
