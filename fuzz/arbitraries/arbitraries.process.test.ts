import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ViewerRequestEvent } from '../../authorizer/cloudfront.ts'
import type { Policy } from '../../authorizer/policy.ts'
import { parsePolicy } from '../../config/config.ts'
import { cataloguePolicy } from '../effectiveness/flaws/flawed-handler.ts'
import { createWorld } from '../world/make-world.ts'
import { anyPolicy } from './policy.ts'
import { requests } from './request.ts'
import { anyScenario } from './scenario.ts'
import { lifeOfAHandler } from './sequence.ts'

const start = Date.UTC(2026, 0, 1)

/** What a site says beside whose its paths are. */
function kindsOfSite({ routes, index, slash, corsOrigins = [], deny = {} }: Policy): string[] {
  const kinds = {
    app: routes.some(({ app }) => app !== undefined),
    index: index !== undefined,
    'login here': deny.unauthenticated?.redirect?.startsWith('/'),
    middle: routes.some(({ path }) => path.includes('/*/')),
    'origins below': corsOrigins.some((origin) => origin.includes('*')),
    page: deny.forbidden?.page !== undefined,
    part: routes.some(({ path }) => /[^/][*{]|[*}][^/]/.test(path)),
    slash: slash !== undefined,
  }
  return Object.entries(kinds).flatMap(([kind, isSaid]) => (isSaid ? [kind] : []))
}

describe('arbitraries', () => {
  it('generate policies that a user may write, with routes of every kind', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(anyPolicy, (policy) => {
        expect(() => parsePolicy(policy)).not.toThrow()
        for (const { path } of policy.routes) for (const [part] of path.matchAll(/\{[a-z]+|\*$/g)) seen.add(part)
        for (const kind of kindsOfSite(policy)) seen.add(kind)
      }),
      { numRuns: 300, seed: 1 },
    )
    expect([...seen].toSorted()).toEqual([
      '*',
      'app',
      'index',
      'login here',
      'middle',
      'origins below',
      'page',
      'part',
      'slash',
      '{claim',
      '{group',
      '{sub',
    ])
  })

  it('generate scenarios that survive being stored as JSON', async () => {
    const world = await createWorld(cataloguePolicy, start)
    fc.assert(
      fc.property(anyScenario(world), (scenario) => {
        expect(JSON.parse(JSON.stringify(scenario))).toEqual(scenario)
      }),
      { numRuns: 300, seed: 2 },
    )
  })

  it('generate scenarios for any policy', async () => {
    for (const policy of fc.sample(anyPolicy, { numRuns: 10, seed: 3 })) {
      const world = await createWorld(policy, start)
      for (const { name } of fc.sample(anyScenario(world), { numRuns: 50, seed: 4 })) expect(name).not.toBe('')
    }
  })

  it('shrink a sequence to the few steps that matter', async () => {
    const world = await createWorld(cataloguePolicy, start)
    const details = fc.check(
      fc.property(lifeOfAHandler(world), ({ steps }) => !steps.some(({ kind }) => kind === 'freeze')),
      { numRuns: 1000, seed: 5 },
    )
    expect(details.counterexample?.[0].steps.length).toBeLessThanOrEqual(3)
  })

  it('shrink requests to those that matter', async () => {
    const world = await createWorld(cataloguePolicy, start)
    const isTraversal = ({ event }: { event: unknown }) =>
      (event as ViewerRequestEvent).Records[0]?.cf.request.uri.includes('..')
    const details = fc.check(
      fc.property(requests(world), ({ steps }) => !steps.some((step) => step.kind === 'request' && isTraversal(step))),
      { numRuns: 1000, seed: 6 },
    )
    expect(details.counterexample?.[0].steps.length).toBeLessThanOrEqual(2)
  })
})
