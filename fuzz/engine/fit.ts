/** Asks a handler for what it must allow and what it must not, before anything is attacked: whoever lets nobody in proves nothing. */
import { UsageError } from '../../config/usage-error.ts'
import type { ServedUrls } from '../../oracle/served-urls.ts'
import type { Answer } from '../answer.ts'
import { request } from '../attacks/request-step.ts'
import { issuedToken } from '../attacks/tokens.ts'
import type { Step } from '../case.ts'
import type { HandlerUnderTest } from '../sandbox/handler-under-test.ts'
import { loadPlaced, sandboxFor } from '../sandbox/sandbox.ts'
import { worldOf } from '../world/handler-world.ts'
import { servedTo } from '../world/served-to.ts'
import type { World } from '../world/world.ts'
import { misfit } from './misfit.ts'
import { replayFresh } from './replay.ts'

/** How the handler takes good requests of one route, and requests without a credential. */
interface RouteFit {
  path: string
  /** Good requests: of each provider whose tokens open the route, or of anybody on a public one. */
  good: { passed: number; of: number }
  /** A request without a credential; null on a public route, where it is the good one. */
  anonymous: 'denied' | 'passed' | null
}

export interface Fit {
  routes: RouteFit[]
  passed: number
  of: number
  /** No credential could be made: it was only looked for who passes with a forged one. */
  isDenyOnly: boolean
}

interface Asked {
  route: number
  isGood: boolean
  step: Step
}

/** Throws HandlerRefused where the handler does not load while all is well; in an outage it is a finding. */
export async function ensureLoads(tested: HandlerUnderTest): Promise<{ parameters: number }> {
  const world = await worldOf(tested, Date.now())
  await using sandbox = sandboxFor(tested)
  const { parameters = 0 } = await loadPlaced(sandbox, tested, world.start, servedTo(world))
  return { parameters }
}

/**
 * Throws HandlerRefused where the handler does not load, and a UsageError where not one good request with a credential passes:
 * nothing that is found then would mean anything. Where no credential can be made nobody is asked for one.
 */
export async function checkFit(tested: HandlerUnderTest): Promise<Fit> {
  await ensureLoads(tested)
  const world = await worldOf(tested, Date.now())
  const serve = servedTo(world)
  const asked = questions(world)
  const answers = await answersTo(tested, world, serve, asked)
  const passes = (index: number) => answers[index]?.result.kind === 'request'
  const routes = tested.policy.routes.map((route, index): RouteFit => {
    const indexes = asked.flatMap((one, place) => (one.route === index ? [place] : []))
    const good = indexes.filter((place) => asked[place]?.isGood)
    const anonymous = indexes.find((place) => !asked[place]?.isGood)
    return {
      path: route.path,
      good: { passed: good.filter(passes).length, of: good.length },
      anonymous: anonymous === undefined ? null : passes(anonymous) ? 'passed' : 'denied',
    }
  })
  const credentialed = asked.flatMap(({ route, isGood }, place) =>
    isGood && !tested.policy.routes[route]?.public ? [place] : [],
  )
  const [first] = credentialed
  if (first !== undefined && !credentialed.some(passes)) {
    const evidence = credentialed.map((place) => ({ step: asked[place]?.step, answer: answers[place] }))
    throw new UsageError(misfit(tested, world, serve, evidence))
  }
  const total = (count: (fit: RouteFit) => number) => routes.reduce((sum, fit) => sum + count(fit), 0)
  return {
    routes,
    passed: total(({ good }) => good.passed),
    of: total(({ good }) => good.of),
    isDenyOnly: world.handler?.credential === 'none',
  }
}

/** For each route a good request of each visitor, and one without anything. */
function questions(world: World): Asked[] {
  const { policy, visitors, publicPaths, handler } = world
  const isAnonymous = handler?.credential === 'none'
  const publicOnes = policy.routes.flatMap((route, index) => (route.public ? [index] : []))
  return policy.routes.flatMap((_route, route): Asked[] => {
    const place = publicOnes.indexOf(route)
    if (place >= 0) return [{ route, isGood: true, step: request(world, { uri: publicPaths[place] ?? '/' }) }]
    const own = visitors.filter((visitor) => visitor.route === route)
    const good = isAnonymous
      ? []
      : own.map((visitor) => ({
          route,
          isGood: true,
          step: request(world, { uri: visitor.granted[0], token: issuedToken(world, visitor) }),
        }))
    const without = own.slice(0, 1).map(({ granted }) => ({
      route,
      isGood: false,
      step: request(world, { uri: granted[0] }),
    }))
    return [...good, ...without]
  })
}

/** Of one instance, in this order; what comes after a request that ends the process has none. */
async function answersTo(
  tested: HandlerUnderTest,
  world: World,
  serve: ServedUrls,
  asked: readonly Asked[],
): Promise<Answer[]> {
  const { policy } = tested
  const steps = asked.map(({ step }) => step)
  const judged = await replayFresh(tested, { name: 'fit', class: 'benign', policy, start: world.start, serve, steps })
  return judged.map(({ answer }) => answer)
}

/** The part of the policy that a run says nothing of, a line each. */
export function untested({ routes }: Fit): string[] {
  return routes
    .filter(({ good }) => good.of > 0 && good.passed === 0)
    .map(({ path, good }) => `${path} was not tested: no good request passed there (0 of ${good.of})`)
}
