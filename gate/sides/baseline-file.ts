/** Base as a file, for those who cannot check it out: its program, so that all three parts still measure both sides in one run. */
import { readFileSync, writeFileSync } from 'node:fs'
import type { Metafile } from 'esbuild'
import * as z from 'zod'
import { UsageError } from '../../config/usage-error.ts'
import { deployablesSchema, type Side } from './side.ts'

const schema = 'edgeproof/gate-baseline@2'

const baselineSchema = z.strictObject({
  schema: z.literal(schema, `should be "${schema}"; write it anew with --write-baseline`),
  name: z.string(),
  commit: z.string(),
  program: z.string().min(1, 'should not be empty'),
  everything: z.string().min(1, 'should not be empty'),
  deployables: deployablesSchema,
  metafile: z.custom<Metafile>((value) => value === null || typeof value === 'object').nullable(),
  sources: z.record(z.string(), z.string()),
})

/** Reads a side that `writeBaseline` wrote; every mistake is a UsageError that names the file and the field. */
export function readBaseline(file: string): Side {
  let json: unknown
  try {
    json = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new UsageError(
      `--baseline ${file}: ${(error as Error).message.split('\n', 1)[0]}; write one with gate --write-baseline FILE`,
    )
  }
  const parsed = baselineSchema.safeParse(json)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new UsageError(`--baseline ${file}: ${issue?.path.join('.') || 'the whole'}: ${issue?.message}`)
  }
  const { schema: _, ...side } = parsed.data
  return side
}

export function writeBaseline(file: string, side: Side): void {
  try {
    writeFileSync(file, `${JSON.stringify({ schema, ...side }, null, 2)}\n`)
  } catch (error) {
    throw new UsageError(`--write-baseline ${file}: cannot be written (${(error as NodeJS.ErrnoException).code})`)
  }
}
