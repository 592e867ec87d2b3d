/** One look at a policy and its handler: what changed, what is dangerous, whether every route decides as it says, and attacks. */
import type { Policy } from '../../authorizer/policy.ts'
import { silentProgress } from '../../command/progress.ts'
import type { Config } from '../../config/config.ts'
import { policyWarnings } from '../../config/policy-warnings.ts'
import { attacks } from '../../fuzz/attacks/attacks.ts'
import { request } from '../../fuzz/attacks/request-step.ts'
import { withHandler } from '../../fuzz/chosen-handler.ts'
import { runCampaign } from '../../fuzz/engine/campaign.ts'
import type { KnownFinding } from '../../fuzz/engine/confirmation.ts'
import { checkFit } from '../../fuzz/engine/fit.ts'
import { OwnInstances } from '../../fuzz/engine/own-instance.ts'
import { type Strategy, scenarioOf } from '../../fuzz/engine/strategy.ts'
import type { Finding } from '../../fuzz/finding.ts'
import type { HandlerUnderTest } from '../../fuzz/sandbox/handler-under-test.ts'
import { worldOf } from '../../fuzz/world/handler-world.ts'
import { servedTo } from '../../fuzz/world/served-to.ts'
import { mint } from '../../testing/mint.ts'
import { decisionChanges } from './opened.ts'
import { policyChanges } from './policy-change.ts'
import { attacksDue, type Progress } from './suited-attacks.ts'

/** What a round leaves to the next one. */
export interface Memory extends Omit<Progress, 'telling'> {
  tested: HandlerUnderTest
  policy: Policy
  /** What rounds found: looked for first, so that a mended handler is known to be. */
  findings: readonly Remembered[]
}

export type Remembered = Pick<Finding, 'severity' | 'story' | 'class' | 'rule' | 'who' | 'cause' | 'case'>

export interface RoundTask {
  config?: string
  policy?: string
  handler?: string
  /** Differs from round to round, so that attacks that draw do not draw the same. */
  seed: string
  /** Of the last round that came to its end. */
  memory?: Memory | undefined
}

export interface RoutesReport {
  /** Fields of the policy that are not what they were in the last round. */
  changed: string[]
  /** Who may read more or less for that. */
  decisions: string[]
  /** Dangers of the policy. */
  warnings: string[]
  routes: number
  /** For the routes' own paths and for somebody else's; how many were not answered as they have to be, and what that is. */
  requests: number
  wrong: number
  stories: string[]
  /** Findings of rounds before, and those that the handler still shows. */
  earlier: number
  remaining: readonly Remembered[]
}

export interface AttacksReport {
  /** Of the list: how many were tried on this change, how many since the policy changed, how many there are. */
  tried: number
  triedInAll: number
  attacks: number
  seconds: number
  /** New ones. */
  findings: readonly Remembered[]
  /** More of the list would have had its turn, had less been found. */
  isEnough: boolean
  memory: Memory
}

/** From the task until no more attacks are begun, of which so many have their turn however slow the machine is. */
const roundMs = 1_000
const leastAttacks = 32
/** What was begun is brought to its end, which should not take long. */
const largestBatch = 32
/** New findings of one round: each takes a process to be shown again, and is to be mended before the next. */
const enough = 3
const mostRemembered = 50
/** What a request costs takes a second to measure, and is not looked for. */
const dear: KnownFinding = { class: 'exhaustion', rule: 'resources/cpu', who: 'anyone', cause: '' }

/**
 * `tell` hears of the routes before anything is attacked.
 *
 * @throws UsageError where the handler does not load, or does not know the policy's issuer.
 */
export function lookAt(
  config: Config,
  { handler, seed, memory }: RoundTask,
  signal: AbortSignal,
  tell: (report: RoutesReport) => void,
): Promise<AttacksReport> {
  const began = performance.now()
  const { policy } = config
  const context = { config, progress: silentProgress }
  const changes = memory ? policyChanges(memory.policy, policy) : []
  const remembered = memory?.findings ?? []
  return withHandler(handler === undefined ? {} : { handler }, context, async (tested) => {
    const { allowed, ...asked } = await askHandler(tested, remembered)
    tell({
      changed: changes.map(({ text }) => text),
      decisions: memory && changes.length > 0 ? await decisionChanges(memory.policy, policy) : [],
      warnings: policyWarnings(policy).map(({ id, field, danger }) => `${field}: ${danger} (${id})`),
      routes: policy.routes.length,
      ...asked,
    })
    // It says in a line where the two do not fit at all, which is another process or two.
    if (!allowed) await checkFit(tested)
    const isThrough = memory?.tried.length === attacks.length
    const progress: Progress = {
      telling: remembered.map((finding) => finding.case.name),
      fields: changes.length > 0 ? changes.flatMap(({ fields }) => fields) : (memory?.fields ?? []),
      tried: changes.length > 0 || isThrough ? [] : (memory?.tried ?? []),
    }
    const tried = new Set<string>()
    const { seconds, found } = await runCampaign({
      tested,
      strategy: dueAttacks(progress, tried, began + roundMs),
      seed,
      known: [...asked.remaining, dear],
      enough,
      // As a run of the fuzzer: hardening fails for our own authorizer alone.
      gainsOnly: tested.whose === 'foreign',
      minimize: false,
      largestBatch,
      signal,
      onTried: ({ name }) => tried.add(name),
    })
    const triedInAll = [...new Set([...progress.tried, ...tried])]
    const findings = found.map(rememberedOf)
    return {
      tried: tried.size,
      triedInAll: triedInAll.length,
      attacks: attacks.length,
      seconds,
      findings,
      isEnough: findings.length >= enough,
      memory: {
        tested,
        policy,
        fields: progress.fields,
        tried: triedInAll,
        // One that is mended stays: it may come back.
        findings: [...remembered, ...findings].slice(-mostRemembered),
      },
    }
  })
}

function rememberedOf({ severity, story, class: name, rule, who, cause, case: shown }: Finding): Remembered {
  return { severity, story, class: name, rule, who, cause, case: shown }
}

/** Until `end`; what has nothing to attack here has had its turn. */
function dueAttacks(progress: Progress, tried: Set<string>, end: number): Strategy {
  return function* (world, random) {
    for (const [index, attack] of attacksDue(progress).entries()) {
      if (index >= leastAttacks && performance.now() >= end) return
      const scenario = scenarioOf(attack, world, random)
      if (scenario) yield { scenario }
      else tried.add(attack.name)
    }
  }
}

/**
 * Each route's own paths, and those of others, with a token that is good for the one and not for the other; then what was
 * found before, each in an instance of its own.
 */
async function askHandler(
  tested: HandlerUnderTest,
  remembered: readonly Remembered[],
): Promise<Pick<RoutesReport, 'requests' | 'wrong' | 'stories' | 'earlier' | 'remaining'> & { allowed: boolean }> {
  const world = await worldOf(tested, Date.now())
  const { visitors, publicPaths, start } = world
  const steps = [
    ...publicPaths.map((uri) => request(world, { uri })),
    ...visitors.flatMap(({ issuer, claims, granted, denied }) => {
      const token = mint(issuer.keys[0], claims)
      return [...granted, ...denied].map((uri) => request(world, { uri, token }))
    }),
  ]
  const serve = servedTo(world)
  await using instances = new OwnInstances(tested, start, serve)
  const judged = await instances.replay({
    name: 'routes',
    class: 'benign',
    policy: tested.policy,
    start,
    serve,
    steps,
  })
  const remaining: Remembered[] = []
  for (const finding of remembered) {
    const again = (await instances.replay(finding.case)).flatMap(({ observations }) => observations)
    if (again.some(({ rule, cause = '' }) => rule === finding.rule && cause === finding.cause)) remaining.push(finding)
  }
  const all = judged.flatMap(({ observations }) => observations.map(({ story }) => story))
  return {
    requests: steps.length,
    wrong: judged.filter(({ observations }) => observations.length > 0).length,
    stories: [...new Set(all)],
    earlier: remembered.length,
    remaining,
    allowed: judged.some(({ answer }) => answer.result.kind === 'request'),
  }
}
