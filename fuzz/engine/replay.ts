/** Runs one stored case in an instance of its own and judges every step. */
import type { Answer } from '../answer.ts'
import type { FuzzCase } from '../case.ts'
import type { HandlerUnderTest } from '../sandbox/handler-under-test.ts'
import { type Sandbox, SandboxGone, sandboxFor } from '../sandbox/sandbox.ts'
import { type Judged, Trial } from './trial.ts'

/**
 * CPU time after which a request counts as spinning: first seen in a batch, then shown again by itself. At 128 MB Lambda
 * gives about a fourteenth of a core (1,769 MB are one, Lambda Developer Guide, "Configure Lambda function memory", read
 * 2026-11), so that a second here is past the 5 s or 30 s that a viewer-request function has.
 */
export const suspectedSpinMs = 1_000
const confirmedSpinMs = 1_500

/** In a fresh child process, so that nothing an earlier case did matters. */
export async function replayFresh(tested: HandlerUnderTest, fuzzCase: FuzzCase): Promise<Judged[]> {
  await using sandbox = sandboxFor(tested)
  // Awaited here: the sandbox is disposed of when this function returns.
  return await replayIn(sandbox, tested, fuzzCase)
}

/** In a child process that lives on for the next case; it is gone where a request ended it. */
export async function replayIn(
  sandbox: Sandbox,
  tested: HandlerUnderTest,
  { start, serve, steps }: FuzzCase,
): Promise<Judged[]> {
  const trial = await Trial.open(sandbox, tested, start, serve)
  if (trial.refused !== undefined) return trial.judgeRefusal(steps)
  const judged: Judged[] = []
  // One at a time, so that a request which ends the process is known.
  for (const step of steps) {
    try {
      const outcomes = await sandbox.run([step], { stepLimitMs: confirmedSpinMs })
      judged.push(...(await trial.judge([step], outcomes)))
    } catch (error) {
      if (!(error instanceof SandboxGone)) throw error
      judged.push(await trial.judgeDeath(step, deathResult(error)))
      break
    }
  }
  return judged
}

export function deathResult({ how }: SandboxGone): Answer['result'] {
  return how.kind === 'spinning' ? { kind: 'timeout', spinning: true } : how
}
