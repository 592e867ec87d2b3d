import { tmpdir } from 'node:os'
import { UsageError } from '../config/usage-error.ts'

/** A full disk is for the user to repair: its error in their words; any other one as it is. */
export function orNoSpace(error: unknown): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') return error
  return new UsageError(`${tmpdir()}: no space left for the run's files; free some, or set TMPDIR`)
}
