import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type * as z from 'zod'
import { UsageError } from '../config/usage-error.ts'
import { writeWholeFile } from '../config/write-file.ts'
import { type Migrations, upToDate } from './document-version.ts'
import { commandOf, type Result, resultSchema } from './result.ts'

/** The version that is written; each older one has its step here. */
const version = 1
const migrations: Migrations = {}

/** `<out>/<command>.json`. */
function resultFile(out: string, result: Result): string {
  return join(out, `${commandOf(result)}.json`)
}

/** Writes it and returns its path. */
export function writeResult(out: string, result: Result): string {
  const file = resultFile(out, result)
  writeWholeFile(file, `${JSON.stringify(resultSchema.parse(result), null, 2)}\n`)
  return file
}

/** Reads one result document; a file that is none is a usage error that names the field. */
export function readResult(file: string): Result {
  return readDocument(file, (json) => parsed(resultSchema, upToDate(json, version, migrations)))
}

/** A JSON file through its own reader; every mistake is a UsageError that begins with the file's name. */
export function readDocument<Output>(file: string, read: (json: unknown) => Output): Output {
  try {
    return read(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${file}: ${error.message}`)
    if (error instanceof SyntaxError) throw new UsageError(`${file}: is not whole JSON (${error.message})`)
    throw new UsageError(`${file}: cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}

/** What the schema says, or a UsageError that names the first field that is not so. */
export function parsed<Output>(schema: z.ZodType<Output>, value: unknown): Output {
  const outcome = schema.safeParse(value)
  if (outcome.success) return outcome.data
  const issue = outcome.error.issues[0]
  throw new UsageError(`${issue?.path.join('.')}: ${issue?.message}`)
}
