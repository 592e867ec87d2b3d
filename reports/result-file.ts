import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../config/usage-error.ts'
import { writeWholeFile } from '../config/write-file.ts'
import { type Result, resultSchema } from './result.ts'
import { commandOf } from './terminal.ts'

/** Writes `<out>/<command>.json` and returns its path. */
export function writeResult(out: string, result: Result): string {
  const file = join(out, `${commandOf(result)}.json`)
  writeWholeFile(file, `${JSON.stringify(resultSchema.parse(result), null, 2)}\n`)
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
