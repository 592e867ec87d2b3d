/** What a machine's calibration found: the samples themselves, from which every rate that is quoted is computed anew. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import { UsageError } from '../config/usage-error.ts'
import { environmentSchema } from '../result/result.ts'

const schema = 'edgeproof/gate-calibration@1'

const sampleSchema = z.strictObject({ warm: z.number(), hot: z.number(), deny: z.number(), routes: z.number() })

const editSchema = z.strictObject({
  /** File and function, for example `authorizer/routes.ts#match`. */
  place: z.string(),
  form: z.string(),
  suite: z.string(),
  /** Growth that was injected, as a fraction of the suite's own instructions; 0 for a neutral edit. */
  injected: z.number(),
  /** Growth and instructions per operation that were counted. */
  growth: z.number(),
  difference: z.number(),
  /** `identical`: left the same program; `broken`: did not build or answered wrongly. Neither is evidence. */
  verdict: z.enum(['pass', 'fail', 'inconclusive', 'identical', 'broken']),
})

const calibrationSchema = z.strictObject({
  schema: z.literal(schema),
  environment: environmentSchema,
  updatedAt: z.iso.datetime(),
  /** Digest of the program that was compared with itself. */
  program: z.string(),
  /** Logarithms of head/base CPU time, one entry for each process, in the order of measurement. */
  same: z.array(sampleSchema),
  /** The same where head was slowed down by this fraction. */
  slowed: z.array(z.strictObject({ slowdown: z.number(), samples: z.array(sampleSchema) })),
  neutral: z.array(editSchema),
  mutants: z.array(editSchema),
})

export type CpuSample = z.infer<typeof sampleSchema>
export type EditOutcome = z.infer<typeof editSchema>
export type Calibration = z.infer<typeof calibrationSchema>

const shipped = fileURLToPath(new URL('./calibration/', import.meta.url))

/** `<processor>-<cores>-node<major>.json`: the machines of one fleet share a calibration. */
function machineName(): string {
  const model = (cpus()[0]?.model ?? 'unknown').toLowerCase().replace(/\(r\)|\(tm\)|@.*$/g, '')
  return `${model} ${cpus().length} cores node${process.versions.node.split('.')[0]}`
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
}

/** Where this machine's calibration is: the option's directory, else beside the baseline, else what ships. */
export function calibrationFile(options: { calibration?: string; baseline?: string }): string {
  const directory = options.calibration ?? (options.baseline === undefined ? shipped : dirname(options.baseline))
  return join(directory, `${machineName()}.json`)
}

/** Null where this machine has none; a UsageError where the file is no calibration. */
export function readCalibration(file: string): Calibration | null {
  if (!existsSync(file)) return null
  let json: unknown
  try {
    json = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new UsageError(`${file}: ${(error as Error).message.split('\n', 1)[0]}; run gate --calibrate anew`)
  }
  const parsed = calibrationSchema.safeParse(json)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new UsageError(`${file}: ${issue?.path.join('.') || 'the whole'}: ${issue?.message}; run gate --calibrate anew`)
}

/** Writes the file whole or not at all. */
export function writeCalibration(file: string, calibration: Calibration): void {
  mkdirSync(dirname(file), { recursive: true })
  const document: Calibration = { ...calibration, schema, updatedAt: new Date().toISOString() }
  writeFileSync(`${file}.partial`, `${JSON.stringify(document, roundNumbers, 2)}\n`)
  renameSync(`${file}.partial`, file)
}

/** Six decimals are far below what is resolved, and keep the file readable. */
function roundNumbers(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toFixed(6)) : value
}
