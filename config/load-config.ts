import { existsSync, readFileSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Config, parseConfig, parsePolicy } from './config.ts'
import { UsageError } from './usage-error.ts'

export type PolicyCompletion = (policy: unknown, place: string) => Promise<unknown>

const defaultFiles = ['ts', 'mjs', 'js', 'json'].map((kind) => `edgeproof.config.${kind}`)
const demoConfig = fileURLToPath(new URL('../edgeproof.config.ts', import.meta.url))

/**
 * The configuration of a command: `--config FILE`, else the first of edgeproof.config.{ts,mjs,js,json} in the working
 * directory, else the demo that ships; its policy replaced by `--policy FILE` where that is given.
 * Every mistake is a UsageError that names the file and the field.
 *
 * @param complete what becomes of the policy between being read and being checked; it hears what names it in mistakes
 */
export async function loadConfig(
  options: { config?: string; policy?: string },
  complete: PolicyCompletion = async (policy) => policy,
): Promise<{ config: Config; file: string }> {
  const file = options.config ?? defaultFiles.find((name) => existsSync(name)) ?? demoConfig
  const written = await readModule(file, 'pass --config FILE')
  if (options.policy === undefined)
    return { config: parseConfig(await withPolicy(written, file, complete), file), file }
  const policy = await complete(readJson(options.policy, 'pass --policy FILE'), options.policy)
  return {
    config: { ...parseConfig(written, file), policy: parsePolicy(policy, options.policy) },
    file: options.policy,
  }
}

async function withPolicy(config: unknown, file: string, complete: PolicyCompletion): Promise<unknown> {
  if (typeof config !== 'object' || config === null || !('policy' in config)) return config
  return { ...config, policy: await complete(config.policy, `${file}: policy`) }
}

/** Whether limits in a command's configuration are the user's: those of the demo, or beside a policy alone, are our authorizer's. */
export function isOwnConfiguration(file: string, policy: string | undefined): boolean {
  return file !== demoConfig && file !== policy
}

async function readModule(file: string, remedy: string): Promise<unknown> {
  if (extname(file) === '.json') return readJson(file, remedy)
  readText(file, remedy)
  let module: { default?: unknown }
  try {
    module = await import(pathToFileURL(resolve(file)).href)
  } catch (error) {
    throw new UsageError(`${file}: cannot be loaded: ${firstLine(error)}`)
  }
  if (module.default === undefined)
    throw new UsageError(`${file}: has no default export; write "export default defineConfig({ policy: … })"`)
  return module.default
}

/** A JSON file's content; a mistake is a UsageError that ends with the remedy. */
export function readJson(file: string, remedy: string): unknown {
  const text = readText(file, remedy)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new UsageError(`${file}: is not JSON: ${firstLine(error)}`)
  }
}

/** A file's text; a mistake is a UsageError that ends with the remedy. */
export function readText(file: string, remedy: string): string {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    const reason = code === 'ENOENT' ? 'not found' : `cannot be read (${code})`
    throw new UsageError(`${file}: ${reason}; ${remedy}`)
  }
  if (text.trim() === '') throw new UsageError(`${file}: is empty; ${remedy}`)
  return text
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? ''
}
