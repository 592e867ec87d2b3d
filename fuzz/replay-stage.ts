/**
 * `edgeproof fuzz replay`: one stored case again, instead of new ones. What it writes has names of its own, so that a run's
 * result and cases in the same directory stay what they are.
 */
import { join } from 'node:path'
import { type Stage, stageResult } from '../command/stage.ts'
import { campaignResult } from './campaign-result.ts'
import { withHandler } from './chosen-handler.ts'
import { readCase } from './corpus.ts'
import { replayCase } from './engine/replay-report.ts'
import type { FailureOptions, HandlerOptions } from './fuzz-options.ts'
import type { HandlerUnderTest } from './sandbox/handler-under-test.ts'
import { replayStory } from './sessions/session-stage.ts'

export interface ReplayOptions extends HandlerOptions, FailureOptions {
  /** A stored case. It has its own policy, with which ours is built. */
  file: string
  /** Look for a smaller case that shows the same. Default false. */
  minimize?: boolean
}

export const replayStage: Stage<ReplayOptions> = async (context, options) => {
  const { file, minimize = false } = options
  const stored = readCase(file)
  const replay = (tested: HandlerUnderTest, directory: string) => {
    const inputs = { target: tested.name, runtime: tested.runtime, replay: file }
    return stageResult('replay', inputs, async () => {
      const report = stored.story
        ? await replayStory(tested, stored, directory)
        : await replayCase(tested, stored, minimize)
      return campaignResult(report, { context, tested, options, directory: join(context.out, 'replay-findings') })
    })
  }
  return withHandler(options, context, replay, stored.policy)
}
