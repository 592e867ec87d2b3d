import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { UsageError } from './usage-error.ts'

/**
 * Writes a file whole or not at all (a rename within one directory is atomic); makes its directory where that is missing.
 *
 * @throws UsageError that names the file where the system refuses.
 */
export function writeWholeFile(file: string, content: string | Uint8Array): void {
  const partial = `${file}.${process.pid}.partial`
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(partial, content)
    renameSync(partial, file)
  } catch (error) {
    removeQuietly(partial)
    throw new UsageError(
      `${file}: cannot be written (${(error as NodeJS.ErrnoException).code}); choose another directory with --out`,
    )
  }
}

function removeQuietly(file: string): void {
  try {
    rmSync(file, { force: true })
  } catch {
    // Where nothing could be written there is nothing to remove.
  }
}
