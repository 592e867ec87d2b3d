/** Stories of sign-in as a part of `fuzz run` and `fuzz replay`. */
import type { Policy } from '../../authorizer/policy.ts'
import type { StageContext } from '../../command/stage.ts'
import type { FuzzCase } from '../case.ts'
import type { CampaignReport } from '../engine/campaign.ts'
import { cpuSeconds } from '../engine/cpu-time.ts'
import type { FuzzOptions } from '../fuzz-options.ts'
import type { HandlerUnderTest } from '../sandbox/handler-under-test.ts'
import { buildOurs } from '../shipped/build-handler.ts'
import {
  checkSignIn,
  type HandlerWithSignIn,
  replaySessions,
  runSessions,
  type SessionReport,
} from './session-campaign.ts'
import { campaignOfSessions } from './session-findings.ts'

const defaultSeconds = 20
/** A story makes about ten requests, a case of the rest of the fuzzer about four. */
const casesForAStory = 3
/** Each attack once. */
const fewestStories = 42

/** `share`: of the run's seconds. */
export async function runSessionStage(
  tested: HandlerUnderTest,
  { progress, signal }: StageContext,
  { seed = '1', seconds, runs }: FuzzOptions,
  { share, directory }: { share: number; directory: string },
): Promise<CampaignReport> {
  const limit =
    runs === undefined ? (seconds ?? defaultSeconds) * share : seconds === undefined ? undefined : seconds * share
  const stories = runs === undefined ? undefined : Math.max(fewestStories, Math.ceil((runs / casesForAStory) * share))
  const attacked = withSignIn(tested, directory)
  const report = await runSessions({
    tested: attacked,
    seed,
    ...(limit === undefined ? {} : { seconds: limit }),
    ...(stories === undefined ? {} : { stories }),
    signal,
    onStory: ({ name }, done) => progress.step('stories of sign-in', done, stories, name),
  })
  return campaignOfSessions(report, attacked)
}

/** Why nobody can sign in to a foreign handler, so that stories would show nothing; null: somebody can. */
export async function signInMisfit(tested: HandlerUnderTest, directory: string): Promise<string | null> {
  if (tested.whose === 'ours') return null
  const { passed, why } = await checkSignIn(withSignIn(tested, directory))
  return passed
    ? null
    : `handler.signIn: nobody can sign in: ${why}; compare client, clientSecret, endpoints and paths with what the handler has`
}

/** A stored story again: what it shows, each once. */
export async function replayStory(
  tested: HandlerUnderTest,
  stored: FuzzCase,
  directory: string,
): Promise<CampaignReport> {
  const { story, start } = stored
  if (!story) throw new Error('no story')
  const began = performance.now()
  const cpuBegan = cpuSeconds()
  const attacked = withSignIn(tested, directory)
  const { sights, requests } = await replaySessions(attacked, story, start)
  const seconds = (performance.now() - began) / 1000
  const spent = cpuSeconds() - cpuBegan
  const after = { cases: 1, seconds, cpuSeconds: spent }
  const wrong = sights.filter(
    (one, index) =>
      !one.isNote &&
      index === sights.findIndex(({ isNote, rule, class: name }) => !isNote && rule === one.rule && name === one.class),
  )
  const report: SessionReport = {
    stories: 1,
    requests,
    seconds,
    cpuSeconds: spent,
    attacks: 0,
    found: wrong.map((sight) => ({ sight, story, start, after })),
    notes: sights.filter(({ isNote }) => isNote).map((sight) => ({ rule: sight.rule, story: sight.story, count: 1 })),
    unconfirmed: [],
  }
  return campaignOfSessions(report, attacked)
}

/** Ours can be deployed again with another policy; of any other handler there is one file. */
function withSignIn(tested: HandlerUnderTest, directory: string): HandlerWithSignIn {
  const { whose, runtime, handler } = tested
  if (handler?.signIn)
    return { ...tested, description: { ...(handler.hosts ? { hosts: handler.hosts } : {}), ...handler.signIn } }
  let count = 0
  const build = async (changed: Policy) => {
    const built = await buildOurs(changed, { directory: `${directory}/redeployed-${++count}`, runtime })
    return built.file
  }
  return { ...tested, ...(whose === 'ours' ? { build } : {}) }
}
