import { mkdirSync, mkdtempSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
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
    throw cannotBeWritten(file, error)
  }
}

/**
 * Tries, before anything is measured, whether results can be written to a directory. It need not exist yet and is not made:
 * the first directory above it that exists is tried by making and removing one in it.
 *
 * @throws UsageError that names the directory where the system refuses.
 */
export function requireWritable(directory: string, option = '--out'): void {
  try {
    rmdirSync(mkdtempSync(join(firstThatExists(resolve(directory)), '.edgeproof-')))
  } catch (error) {
    throw cannotBeWritten(directory, error, option)
  }
}

function firstThatExists(directory: string): string {
  if (statSync(directory, { throwIfNoEntry: false }) !== undefined) return directory
  return firstThatExists(dirname(directory))
}

function cannotBeWritten(path: string, error: unknown, option = '--out'): UsageError {
  return new UsageError(
    `${path}: cannot be written (${(error as NodeJS.ErrnoException).code}); choose another directory with ${option}`,
  )
}

function removeQuietly(file: string): void {
  try {
    rmSync(file, { force: true })
  } catch {
    // Where nothing could be written there is nothing to remove.
  }
}
