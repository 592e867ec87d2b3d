/** One side of a comparison: a commit, and the program that its own bundler makes of it. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Metafile } from 'esbuild'
import * as z from 'zod'
import { UsageError } from '../../config/usage-error.ts'
import type { Deployment, RequestSource } from '../requests.ts'

export interface Side {
  /** As the user wrote it. */
  name: string
  commit: string
  /** What the gate's usual policy deploys, and what the sizes are of; an older bundler has one program for every policy. */
  program: string
  /** The program with everything that any policy can use. */
  everything: string
  /** As deployed: bundled for each of the gate's configurations, which is baked in. */
  deployables: Record<Deployment, string>
  metafile: Metafile | null
  /** Own source files of the bundle → digest of their text, by which a change is blamed on a file. */
  sources: Record<string, string>
}

const text = z.string().min(1)
export const deployablesSchema = z.strictObject({ usual: text, routes: text, cookie: text })

const builtSchema = z.object({
  program: text,
  everything: text,
  deployables: deployablesSchema,
  metafile: z.custom<Metafile>().nullish(),
})
const run = promisify(execFile)
const builder = fileURLToPath(new URL('./build-bundle.ts', import.meta.url))

/**
 * Builds what is checked out in `directory`, below `scratch`. Its dependencies are `root`'s where both have the same lock
 * file, else they are installed. Throws a UsageError with one line where it does not build.
 */
export async function buildSide(
  checkout: { name: string; commit: string; directory: string },
  options: {
    root: string
    bundler: string
    configurations: RequestSource['configurations']
    scratch: string
    signal: AbortSignal
  },
): Promise<Side> {
  const { name, commit, directory } = checkout
  const label = `${name} (${commit.slice(0, 12)})`
  if (!existsSync(join(directory, options.bundler))) {
    throw new UsageError(
      `${label}: has no ${options.bundler}; name the module that builds it in the configuration's gate.bundler`,
    )
  }
  await provideDependencies(directory, options, label)
  const output = join(options.scratch, `${commit}.json`)
  const configurations = join(options.scratch, 'configurations.json')
  writeFileSync(configurations, JSON.stringify(options.configurations))
  try {
    await run(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', builder, directory, options.bundler, configurations, output],
      {
        cwd: directory,
        signal: options.signal,
      },
    )
  } catch (error) {
    options.signal.throwIfAborted()
    throw new UsageError(`${label}: does not build: ${reason(error)}`)
  }
  const built = builtSchema.safeParse(JSON.parse(readFileSync(output, 'utf8')))
  if (!built.success) throw new UsageError(`${label}: ${options.bundler} returned no program`)
  const metafile = built.data.metafile ?? null
  const { program, everything, deployables } = built.data
  return { name, commit, program, everything, deployables, metafile, sources: sourceDigests(directory, metafile) }
}

async function provideDependencies(
  directory: string,
  { root, signal }: { root: string; signal: AbortSignal },
  label: string,
): Promise<void> {
  const target = join(directory, 'node_modules')
  if (existsSync(target)) return
  if (lock(directory) === lock(root)) {
    if (existsSync(join(root, 'node_modules'))) symlinkSync(join(root, 'node_modules'), target)
    return
  }
  // Another version of a dependency is part of the change that is measured.
  try {
    await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: directory, signal })
  } catch (error) {
    signal.throwIfAborted()
    throw new UsageError(
      `${label}: its package-lock.json differs from the working tree's and npm ci fails: ${reason(error)}`,
    )
  }
}

function lock(directory: string): string | null {
  const file = join(directory, 'package-lock.json')
  return existsSync(file) ? readFileSync(file, 'utf8') : null
}

function sourceDigests(directory: string, metafile: Metafile | null): Record<string, string> {
  const files = Object.keys(metafile?.inputs ?? {}).filter(
    (file) => !file.includes('node_modules/') && existsSync(join(directory, file)),
  )
  return Object.fromEntries(files.map((file) => [file, digest(readFileSync(join(directory, file), 'utf8'))]))
}

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

/** The line of a child's output that says what is wrong, best with its file as esbuild writes it. */
function reason(error: unknown): string {
  const { stderr = '', message } = error as Error & { stderr?: string }
  const lines = stderr.split('\n').map((line) => line.trim())
  return (
    lines.find((line) => /^\S+:\d+:\d+: ERROR/.test(line)) ??
    lines.find((line) => /error/i.test(line)) ??
    lines.find((line) => line !== '') ??
    message.split('\n', 1)[0] ??
    ''
  )
}
