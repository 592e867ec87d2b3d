/** Where a long run is: what `--resume` goes on from. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { UsageError } from '../../config/usage-error.ts'
import { writeWholeFile } from '../../config/write-file.ts'
import { readDocument } from '../../result/result-file.ts'
import type { CampaignReport } from '../engine/campaign.ts'

export interface SoakState {
  /** What the run was asked; another run does not go on from here. */
  inputs: Record<string, unknown>
  /** Chapters that are over. */
  chapters: number
  /** Of all of them together. */
  report: CampaignReport
}

const schema = z.strictObject({
  schema: z.literal('edgeproof/fuzz-state@1'),
  inputs: z.record(z.string(), z.unknown()),
  chapters: z.int().nonnegative(),
  report: z.looseObject({ cases: z.number(), found: z.array(z.unknown()), noted: z.array(z.unknown()) }),
})

function fileIn(out: string): string {
  return join(out, 'fuzz-state.json')
}

export function writeState(out: string, state: SoakState): void {
  writeWholeFile(fileIn(out), JSON.stringify({ schema: 'edgeproof/fuzz-state@1', ...state }))
}

/** Throws a UsageError where there is none, or where it is another run's. */
export function readState(out: string, inputs: Record<string, unknown>): SoakState {
  const file = fileIn(out)
  if (!existsSync(file)) throw new UsageError(`--resume: ${file} is not there; start the run without --resume`)
  const state = readDocument(file, (json) => {
    const parsed = schema.safeParse(json)
    if (!parsed.success) throw new UsageError('no state of a fuzz run; remove it and start without --resume')
    return parsed.data as unknown as SoakState
  })
  for (const name of new Set([...Object.keys(inputs), ...Object.keys(state.inputs)])) {
    const [before, now] = [state.inputs[name], inputs[name]].map((value) => JSON.stringify(value) ?? 'none')
    if (before !== now)
      throw new UsageError(`--resume: ${name} was ${before} and is now ${now}; give what the run began with`)
  }
  return state
}
