/** Attacks one handler that signs visitors in: each attack once, then attacks and walks in turn. */

import type { Policy } from '../../authorizer/policy.ts'
import { type Random, seededRandom } from '../../statistics/seeded-random.ts'
import { cpuSeconds } from '../engine/cpu-time.ts'
import { type Effort, isEasier, type Who } from '../finding.ts'
import type { HandlerUnderTest } from '../sandbox/handler-under-test.ts'
import { createWorld } from '../world/make-world.ts'
import { deployedKeySets } from '../world/served-to.ts'
import { sessionAttacks } from './attacks/attacks.ts'
import { open, page, signedIn } from './attacks/moves.ts'
import { type Deployment, Fleet } from './fleet.ts'
import { type Played, play } from './play.ts'
import { type Change, changedPolicy } from './rebuild.ts'
import type { Rebuild } from './scene.ts'
import { whoOf } from './session-who.ts'
import { shrunk } from './shrink.ts'
import type { Sight } from './sight.ts'
import { type SignInDescription, type Site, siteOfPolicy } from './site.ts'
import type { Story } from './story.ts'
import { randomWalk } from './walk.ts'

/** With `signIn` in its policy, or with a description. */
export interface HandlerWithSignIn extends HandlerUnderTest {
  /** Of a handler whose paths and cookies are not the policy's. */
  description?: SignInDescription
  /** The same handler with another policy: a file. Left out: stories of a deployment are not played. */
  build?: (policy: Policy) => Promise<string>
}

export interface SessionCampaignOptions {
  tested: HandlerWithSignIn
  seed: string
  /** Milliseconds since the epoch, when stories begin. Default: now. */
  start?: number
  /** Ends after so many seconds, or stories, whichever comes first. */
  seconds?: number
  stories?: number
  /** An attack's name: no other, and no walks. */
  only?: string
  signal: AbortSignal
  /** Default false. */
  stopAtFirst?: boolean
  /** Makes the story of a finding short. Default true. */
  shrinks?: boolean
  /** Called before each story, with how many were played. */
  onStory?: (story: Story, stories: number) => void
}

export interface SessionFinding {
  sight: Sight
  /** Short, and seen again in fresh processes. */
  story: Story
  /** When stories began. */
  start: number
  after: Effort
}

export interface SessionReport {
  stories: number
  requests: number
  seconds: number
  cpuSeconds: number
  /** Attacks that were played, of those that this site allows. */
  attacks: number
  found: SessionFinding[]
  notes: { rule: Sight['rule']; story: string; count: number }[]
  /** Seen once and not again. */
  unconfirmed: { sight: Sight; story: Story }[]
}

export async function runSessions(options: SessionCampaignOptions): Promise<SessionReport> {
  const { tested, seed, signal, seconds = Infinity, stories = Infinity, stopAtFirst = false, shrinks = true } = options
  const began = performance.now()
  const cpuBegan = cpuSeconds()
  const elapsed = () => (performance.now() - began) / 1000
  const used = () => cpuSeconds() - cpuBegan
  const stage = await openStage(tested, options.start ?? Date.now())
  const report: SessionReport = {
    stories: 0,
    requests: 0,
    seconds: 0,
    cpuSeconds: 0,
    attacks: 0,
    found: [],
    notes: [],
    unconfirmed: [],
  }
  const played = new Set<string>()
  const known = new Map<string, readonly Who[]>()
  await using fleet = new Fleet(stage.deployment)
  for (const story of storiesFor(stage.site, seededRandom(seed), options.only)) {
    if (signal.aborted || report.stories >= stories || elapsed() >= seconds) break
    options.onStory?.(story, report.stories)
    const { sights, requests } = await stage.play(fleet, story)
    report.stories++
    report.requests += requests
    if (story.name !== 'walk') played.add(story.name)
    note(report, sights)
    for (const sight of sights.filter(({ isNote }) => !isNote)) {
      const name = `${sight.class} ${sight.rule}`
      const who = whoOf(sight, story)
      const before = known.get(name) ?? []
      // What somebody can do more easily is worse, and is not hidden by what is hard.
      if (before.some((one) => isEasier(one, who))) continue
      known.set(name, [...before, who])
      const after = { cases: report.stories, seconds: elapsed(), cpuSeconds: used() }
      const confirmed = await confirm(stage, fleet, story, sight, shrinks)
      if (confirmed) known.set(name, [...before, who, whoOf(confirmed.sight, confirmed.story)])
      if (confirmed) report.found.push({ ...confirmed, start: stage.start, after })
      else report.unconfirmed.push({ sight, story })
      if (stopAtFirst && confirmed) break
    }
    if (stopAtFirst && report.found.length > 0) break
  }
  return { ...report, attacks: played.size, seconds: elapsed(), cpuSeconds: used() }
}

/**
 * Whether an honest visitor gets to see a page after he has signed in; where he ended where he does not. A handler or a
 * description for which that is not so is attacked by nothing.
 */
export async function checkSignIn(
  tested: HandlerWithSignIn,
  start = Date.now(),
): Promise<{ passed: boolean; why: string }> {
  const stage = await openStage(tested, start)
  await using fleet = new Fleet(stage.deployment)
  const { passed, last } = await stage.play(fleet, { name: 'honest', actions: [...signedIn(), open('two', page())] })
  return { passed: passed > 0, why: last }
}

/** Plays a story that was stored. */
export async function replaySessions(tested: HandlerWithSignIn, story: Story, start: number): Promise<Played> {
  const stage = await openStage(tested, start)
  await using fleet = new Fleet(stage.deployment)
  return await stage.play(fleet, story)
}

interface Stage {
  deployment: Deployment
  site: Site
  start: number
  play(fleet: Fleet, story: Story): Promise<Played>
}

async function openStage(tested: HandlerWithSignIn, start: number): Promise<Stage> {
  const { policy, whose, file, runtime, handler, description, build } = tested
  // Its provider's tokens are the provider's, whatever it makes of them.
  const { secret: _secret, ...described } = handler ?? { file }
  const world = await createWorld(policy, start, handler && described, { isOfStories: true })
  const site = siteOfPolicy(world, policy.signIn, whose, description)
  const files = new Map<Change, Promise<string>>()
  const rebuild: Rebuild | undefined =
    build &&
    (async (change) => {
      const changed = changedPolicy(policy, change)
      if (!changed) return undefined
      const built = files.get(change) ?? build(changed.policy)
      files.set(change, built)
      return { file: await built, client: changed.client }
    })
  return {
    deployment: { runtime, policy, ...(handler ? { handler } : {}), keySets: deployedKeySets(world), start },
    site,
    start,
    play: (fleet, story) => play(story, { site, file, fleet, rebuild, start }),
  }
}

function* storiesFor(site: Site, random: Random, only: string | undefined): Generator<Story> {
  const attacks = sessionAttacks.filter(({ name }) => only === undefined || name === only)
  for (let round = 0; ; round++) {
    for (const attack of random.shuffled(attacks)) {
      const built = attack.build(site, random)
      if (built) yield { name: attack.name, ...built }
      if (round > 0 && only === undefined) yield randomWalk(site, random)
    }
  }
}

async function confirm(
  stage: Stage,
  fleet: Fleet,
  story: Story,
  sight: Sight,
  shrinks: boolean,
): Promise<Pick<SessionFinding, 'sight' | 'story'> | undefined> {
  const shown = async (on: Fleet, one: Story) =>
    (await stage.play(on, one)).sights.find(
      (other) => !other.isNote && other.rule === sight.rule && other.class === sight.class,
    )
  if (!(await shown(fleet, story))) return undefined
  const short = shrinks ? await shrunk(story, async (one) => (await shown(fleet, one)) !== undefined) : story
  await using fresh = new Fleet(stage.deployment)
  const again = await shown(fresh, short)
  return again && { sight: again, story: short }
}

function note(report: SessionReport, sights: readonly Sight[]): void {
  for (const { rule, story } of sights.filter(({ isNote }) => isNote)) {
    const old = report.notes.find((one) => one.rule === rule && one.story === story)
    if (old) old.count++
    else report.notes.push({ rule, story, count: 1 })
  }
}
