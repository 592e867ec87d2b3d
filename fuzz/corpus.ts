/** Stored cases: every past finding, and those that a user saved (fuzz/corpus/*.json, one case each). */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import { typedCommand } from '../command/typed-command.ts'
import { parsePolicy } from '../config/config.ts'
import { UsageError } from '../config/usage-error.ts'
import { fileNameOf } from './assessment/finding-of.ts'
import type { FuzzCase } from './case.ts'
import type { Finding } from './finding.ts'
import { actionNames } from './sessions/story.ts'

const corpusDirectory = fileURLToPath(new URL('./corpus/', import.meta.url))

const served = z.union([
  z.strictObject({
    kind: z.literal('body'),
    body: z.string(),
    status: z.number().exactOptional(),
    headers: z.record(z.string(), z.string()).exactOptional(),
    delayMs: z.number().exactOptional(),
    halfway: z.enum(['stall', 'drip', 'reset']).exactOptional(),
  }),
  z.strictObject({ kind: z.literal('flood'), bytes: z.number(), prefix: z.string().exactOptional() }),
  z.strictObject({ kind: z.enum(['reset', 'never']) }),
])
const serve = z.record(z.string(), served)
const step = z.union([
  z.strictObject({ kind: z.literal('request'), event: z.unknown() }),
  z.strictObject({ kind: z.literal('advance'), ms: z.number() }),
  z.strictObject({ kind: z.literal('freeze'), ms: z.number(), cuts: z.enum(['reset', 'silence']).exactOptional() }),
  z.strictObject({ kind: z.literal('serve'), urls: serve }),
])
const caseSchema = z
  .strictObject({
    name: z.string(),
    class: z.string(),
    policy: z.unknown(),
    start: z.number(),
    serve,
    steps: z.array(step),
    story: z
      .looseObject({ name: z.string(), actions: z.array(z.looseObject({ do: z.enum(actionNames) })).min(1) })
      .exactOptional(),
  })
  .refine(({ steps, story }) => steps.length > 0 || story !== undefined, { path: ['steps'], message: 'is empty' })

/** A case from a file; a mistake in it is a UsageError that names the field. */
export function readCase(file: string): FuzzCase {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new UsageError(`${file}: no fuzz case: ${(error as Error).message}; pass a file that edgeproof fuzz wrote`)
  }
  const parsed = caseSchema.safeParse(value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new UsageError(
      `${file}: ${issue?.path.join('.') || 'the whole'}: ${issue?.message}; pass a file that edgeproof fuzz wrote`,
    )
  }
  return { ...(parsed.data as unknown as FuzzCase), policy: parsePolicy(parsed.data.policy, basename(file)) }
}

export function readCorpus(): { file: string; case: FuzzCase }[] {
  return readdirSync(corpusDirectory)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => ({ file: name, case: readCase(join(corpusDirectory, name)) }))
}

/** Writes each finding's case to the directory, and returns the findings with the command that replays it. */
export function writeFindings(directory: string, findings: readonly Finding[], handlerOptions: string): Finding[] {
  if (findings.length === 0) return []
  mkdirSync(directory, { recursive: true })
  return findings.map((finding) => {
    const file = join(directory, fileNameOf(finding.id))
    writeFileSync(file, `${JSON.stringify(finding.case, null, 2)}\n`)
    return { ...finding, replay: typedCommand(`fuzz replay ${file}${handlerOptions}`) }
  })
}
