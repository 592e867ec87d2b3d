/** One look at a policy and its handler: what is dangerous, whether every route decides as it says, and a second of attacks. */
import { silentProgress } from '../../command/progress.ts'
import type { Config } from '../../config/config.ts'
import { policyWarnings } from '../../config/policy-warnings.ts'
import { request } from '../../fuzz/attacks/request-step.ts'
import type { FuzzCase } from '../../fuzz/case.ts'
import { withHandler } from '../../fuzz/chosen-handler.ts'
import { runCampaign } from '../../fuzz/engine/campaign.ts'
import { checkFit } from '../../fuzz/engine/fit.ts'
import { replayFresh } from '../../fuzz/engine/replay.ts'
import { strategies } from '../../fuzz/engine/strategy.ts'
import type { Target } from '../../fuzz/sandbox/handler-under-test.ts'
import { worldOf } from '../../fuzz/world/handler-world.ts'
import { servedTo } from '../../fuzz/world/served-to.ts'
import { mint } from '../../testing/mint.ts'

export interface RoundTask {
  config?: string
  policy?: string
  handler?: string
  /** Differs from round to round, so that each tries other cases. */
  seed: string
  /** What earlier rounds found: tried first, so that a mended handler is known to be. */
  cases: readonly FuzzCase[]
}

export interface RoundReport {
  /** Dangers of the policy. */
  warnings: string[]
  routes: number
  /** For the routes' own paths and for somebody else's; how many were not answered as they have to be, and what that is. */
  requests: number
  wrong: number
  stories: string[]
  attacks: number
  seconds: number
  findings: { severity: string; story: string; case: FuzzCase }[]
}

const attackSeconds = 0.6

/** @throws UsageError where the handler does not load, or does not know the policy's issuer. */
export function lookAt(config: Config, { handler, seed, cases }: RoundTask): Promise<RoundReport> {
  const { policy } = config
  const context = { config, progress: silentProgress }
  return withHandler(handler === undefined ? {} : { handler }, context, async (target) => {
    const { requests, wrong, stories, allowed } = await askRoutes(target)
    // It says in a line where the two do not fit at all, which is another process or two.
    if (!allowed) await checkFit(target)
    const report = await runCampaign({
      target,
      strategy: strategies.full,
      seed,
      seconds: attackSeconds,
      corpus: cases,
      minimize: false,
      signal: new AbortController().signal,
    })
    return {
      warnings: policyWarnings(policy).map(({ id, field, danger }) => `${field}: ${danger} (${id})`),
      routes: policy.routes.length,
      requests,
      wrong,
      stories,
      attacks: report.cases,
      seconds: report.seconds,
      findings: report.found.map(({ severity, story, case: shown }) => ({ severity, story, case: shown })),
    }
  })
}

/** Each route's own paths, and those of others, with a token that is good for the one and not for the other. */
async function askRoutes(
  target: Target,
): Promise<Pick<RoundReport, 'requests' | 'wrong' | 'stories'> & { allowed: boolean }> {
  const world = await worldOf(target, Date.now())
  const { visitors, publicPaths, start } = world
  const steps = [
    ...publicPaths.map((uri) => request(world, { uri })),
    ...visitors.flatMap(({ issuer, claims, granted, denied }) => {
      const token = mint(issuer.keys[0], claims)
      return [...granted, ...denied].map((uri) => request(world, { uri, token }))
    }),
  ]
  const serve = servedTo(world)
  const judged = await replayFresh(target, {
    name: 'routes',
    class: 'benign',
    policy: target.policy,
    start,
    serve,
    steps,
  })
  const all = judged.flatMap(({ observations }) => observations.map(({ story }) => story))
  return {
    requests: steps.length,
    wrong: judged.filter(({ observations }) => observations.length > 0).length,
    stories: [...new Set(all)],
    allowed: judged.some(({ answer }) => answer.result.kind === 'request'),
  }
}
