import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../config/usage-error.ts'
import { type Result, resultSchema } from './result.ts'
import { commandOf } from './terminal.ts'

/** Writes `<out>/<command>.json` whole or not at all (a rename within one directory is atomic), and returns its path. */
export function writeResult(out: string, result: Result): string {
  const file = join(out, `${commandOf(result)}.json`)
  const partial = `${file}.${process.pid}.partial`
  try {
    mkdirSync(out, { recursive: true })
    writeFileSync(partial, `${JSON.stringify(resultSchema.parse(result), null, 2)}\n`)
    renameSync(partial, file)
  } catch (error) {
    rmSync(partial, { force: true })
    if (error instanceof Error && 'code' in error) {
      throw new UsageError(`${file}: cannot be written (${error.code}); choose another directory with --out`)
    }
    throw error
  }
  return file
}

/** Reads one result document; a file that is none is a usage error that names the field. */
export function readResult(file: string): Result {
  let json: unknown
  try {
    json = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new UsageError(`${file}: not a result document (${(error as Error).message})`)
  }
  const parsed = resultSchema.safeParse(json)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new UsageError(`${file}: ${issue?.path.join('.')}: ${issue?.message}`)
}
