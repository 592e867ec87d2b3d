/** What a project may tell `edgeproof gate`: its own limits, and what may fail a change. */
import * as z from 'zod'

const methods = ['size', 'instructions', 'cpu'] as const
export type GateMethod = (typeof methods)[number]

/** A workload names suites of its own. */
const checkIds = new RegExp(`^(${methods.join('|')}|size\\.(raw|gzip|brotli)|(instructions|cpu)\\.[a-z][a-z0-9-]*)$`)

export interface GateConfig {
  /**
   * The module that builds a side, relative to the repository's root: it exports
   * `bundleAuthorizer(policy?)`, which returns or resolves to `{ program: string, metafile?: esbuild.Metafile }`, and
   * `deployable(program, { policy, snapshots }): string`. It is called with each policy that is measured, and without one for
   * the program with everything; one program for all policies will do. Default `build/bundle.ts`.
   */
  bundler?: string
  /**
   * A module whose default export names suites of calls and their answers (`GateWorkload`), relative to the repository's
   * root: for functions that are no handlers, and for handlers whose requests should be others. `bundler` then exports
   * `bundle()`, which returns or resolves to `{ program, metafile? }`, a CommonJS program that exports the function.
   * Without it and with a `bundler`, the requests are made from the configuration's policy.
   */
  workload?: string
  /**
   * The growth that a check allows, as a fraction: 0.02 lets head cost 2 % more than base. By method or by check id, for
   * example `{ "cpu": 0.03, "instructions.hot": 0.02 }`. Defaults: size 0.02, instructions 0.01, cpu 0.02.
   */
  thresholds?: Record<string, number>
  /** Instructions per operation that head may add in any case. Default 100. */
  minimumInstructions?: number
  /** Probability that the CPU-time part, as a whole, fails a change at its threshold. Default 0.01. */
  errorRate?: number
  /** Longest time for the CPU-time part, in seconds. Default 240. */
  budgetSeconds?: number
  /** Methods or check ids that decide the exit code; the others are shown. Default all. */
  failOn?: string[]
}

const checkId = z
  .string()
  .refine((id) => checkIds.test(id), `should be one of ${methods.join(', ')}, or a check such as cpu.warm`)

export const gateSchema: z.ZodType<GateConfig> = z.strictObject({
  bundler: z.string().min(1, 'should not be empty').exactOptional(),
  workload: z.string().min(1, 'should not be empty').exactOptional(),
  thresholds: z.record(checkId, z.number().min(0, 'should be a fraction, 0.02 for 2 %').max(10)).exactOptional(),
  minimumInstructions: z.int().min(0).exactOptional(),
  errorRate: z
    .number()
    .min(0.001, 'should be at least 0.001, or 15 processes show nothing')
    .max(0.1, 'should be at most 0.1')
    .exactOptional(),
  budgetSeconds: z.number().min(5, 'should be at least 5 seconds').max(3600).exactOptional(),
  failOn: z.array(checkId).min(1, 'should name at least one check').exactOptional(),
})

/** Whether a text names a method or a check of the gate. */
export function isGateCheck(id: string): boolean {
  return checkIds.test(id)
}
