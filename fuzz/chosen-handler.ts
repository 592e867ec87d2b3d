/** The handler that a command's options and the configuration name. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import type { Policy } from '../authorizer/policy.ts'
import type { StageContext } from '../command/stage.ts'
import { parse } from '../config/config.ts'
import { type HandlerConfig, handlerSchema } from '../config/handler-schema.ts'
import { UsageError } from '../config/usage-error.ts'
import { ensureLoads } from './engine/fit.ts'
import type { HandlerOptions } from './fuzz-options.ts'
import type { HandlerUnderTest } from './sandbox/handler-under-test.ts'
import { HandlerRefused } from './sandbox/sandbox.ts'
import { buildShipped } from './shipped/shipped-handlers.ts'
import { policyOfHandler } from './world/handler-credential.ts'

/**
 * Builds what has to be built, with the policy where it is ours, in a directory that lasts as long as `use`. `policy`: by default
 * the configuration's. Throws a UsageError where the handler does not load.
 */
export async function withHandler<Value>(
  options: HandlerOptions,
  { config, progress }: Pick<StageContext, 'config' | 'progress'>,
  use: (tested: HandlerUnderTest, directory: string) => Promise<Value>,
  policy: Policy = config.policy,
): Promise<Value> {
  const directory = mkdtempSync(join(tmpdir(), 'edgeproof-fuzz-'))
  const remove = () => rmSync(directory, { recursive: true, force: true })
  process.once('exit', remove)
  const described = describedHandler(options, config.handler)
  try {
    if (described !== undefined) {
      const { tested, notes } = await foreignHandler(described, policy)
      for (const note of notes) progress.log(note)
      return await use(tested, directory)
    }
    const { target: name = 'ours', runtime = 'nodejs24.x' } = options
    const tested = await buildShipped(name, { directory, runtime }, policy)
    await ensureLoads(tested)
    return await use(tested, directory)
  } catch (error) {
    if (error instanceof HandlerRefused) {
      throw new UsageError(`${described?.file ?? 'the handler'}: cannot be used: ${error.message}`)
    }
    throw error
  } finally {
    process.off('exit', remove)
    remove()
  }
}

/** As the runtime would run it; a handler with a callback where it may, in the last runtime that takes one. */
async function foreignHandler(
  handler: HandlerConfig,
  policy: Policy,
): Promise<{ tested: HandlerUnderTest; notes: string[] }> {
  const { file, runtime = 'nodejs24.x' } = handler
  const tested: HandlerUnderTest = {
    name: basename(file),
    whose: 'foreign',
    file: resolve(file),
    policy: policyOfHandler(policy, handler),
    runtime,
    handler,
  }
  const { parameters } = await ensureLoads(tested)
  if (runtime === 'cloudfront-js-2.0') return { tested, notes: sizeNotes(tested.file) }
  if (handler.runtime !== undefined || parameters < 3) return { tested, notes: [] }
  const note = `${file} takes a callback, which Node.js 24's runtime refuses: it is run as nodejs22.x`
  return { tested: { ...tested, runtime: 'nodejs22.x' }, notes: [note] }
}

/** "Maximum function size: 10 KB" (CloudFront Developer Guide, "Quotas on CloudFront Functions"). */
const mostFunctionBytes = 10 * 1024

function sizeNotes(file: string): string[] {
  const { length } = readFileSync(file)
  const share = `${length} of the ${mostFunctionBytes} bytes that a CloudFront function may have`
  return [
    length > mostFunctionBytes
      ? `${file} has ${length} bytes: CloudFront takes ${mostFunctionBytes}`
      : `${file}: ${share}`,
  ]
}

/** The configuration's section with what options say over it; undefined: one that ships. */
function describedHandler(options: HandlerOptions, section: HandlerConfig | undefined): HandlerConfig | undefined {
  const { handler: file = section?.file, target, runtime, event, cookie, header, environment, denyOnly } = options
  if (target !== undefined) return undefined
  const changes = {
    ...(event === undefined ? {} : { event }),
    ...(runtime === undefined ? {} : { runtime }),
    ...(environment ? { environment: { ...section?.environment, ...pairs(environment, '=', '--environment') } } : {}),
    ...(denyOnly ? { credential: 'none' as const } : shownBy(cookie, header)),
  }
  if (file === undefined) {
    const { runtime: _runtime, ...others } = changes
    if (Object.keys(others).length === 0) return undefined
    throw new UsageError(
      '--event, --cookie, --header, --environment and --deny-only need --handler, or handler in the configuration',
    )
  }
  return parse(handlerSchema, { ...section, file, ...changes }, '--handler')
}

function shownBy(cookie: readonly string[] | undefined, header: readonly string[] | undefined) {
  if (!cookie && !header) return {}
  return {
    credential: {
      ...(cookie ? { cookies: pairs(cookie, '=', '--cookie') } : {}),
      ...(header ? { headers: pairs(header, ':', '--header') } : {}),
    },
  }
}

function pairs(texts: readonly string[], between: string, option: string): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const place = text.indexOf(between)
      if (place < 1) throw new UsageError(`${option}: "${text}" should be NAME${between}VALUE`)
      return [text.slice(0, place).trim(), text.slice(place + 1).trim()]
    }),
  )
}

/** The options with which another command has the same handler. */
export function handlerArguments(options: HandlerOptions, { config, configFile }: StageContext): string {
  const { handler, target, runtime, event, cookie = [], header = [], environment = [], denyOnly } = options
  const words = [
    ...(target === undefined && config.handler !== undefined ? ['--config', configFile] : []),
    ...(handler === undefined ? [] : ['--handler', handler]),
    ...(target === undefined ? [] : ['--target', target]),
    ...(runtime === undefined ? [] : ['--runtime', runtime]),
    ...(event === undefined ? [] : ['--event', event]),
    ...cookie.flatMap((text) => ['--cookie', text]),
    ...header.flatMap((text) => ['--header', text]),
    ...environment.flatMap((text) => ['--environment', text]),
    ...(denyOnly ? ['--deny-only'] : []),
  ]
  return words.map((word) => ` ${/^[\w./:@=+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`}`).join('')
}
