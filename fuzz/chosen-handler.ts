/** The handler that a command's options name. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import type { Policy } from '../authorizer/policy.ts'
import { UsageError } from '../config/usage-error.ts'
import type { HandlerOptions } from './fuzz-options.ts'
import type { Target } from './sandbox/handler-under-test.ts'
import { TargetRefused } from './sandbox/sandbox.ts'
import { buildShipped } from './shipped/shipped-handlers.ts'

/**
 * Builds what has to be built, with the policy where it is ours, in a directory that lasts as long as `use`.
 * Throws a UsageError where the handler does not load.
 */
export async function withHandler<Value>(
  { handler, target, runtime = 'nodejs24.x' }: HandlerOptions,
  policy: Policy,
  use: (target: Target, directory: string) => Promise<Value>,
): Promise<Value> {
  const directory = mkdtempSync(join(tmpdir(), 'edgeproof-fuzz-'))
  try {
    const chosen: Target =
      handler === undefined
        ? await buildShipped(target ?? 'ours', { directory, runtime }, policy)
        : { name: basename(handler), whose: 'foreign', file: resolve(handler), policy, runtime }
    return await use(chosen, directory)
  } catch (error) {
    if (error instanceof TargetRefused) {
      throw new UsageError(`${handler ?? 'the handler'}: cannot be used: ${error.message}`)
    }
    throw error
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
