/** Loads a handler file as Lambda's runtime would, each time as a new instance of its module. */
import { existsSync, readFileSync } from 'node:fs'
import Module, { createRequire, registerHooks } from 'node:module'
import { dirname, extname } from 'node:path'
import { pathToFileURL } from 'node:url'

export type Handler = (
  event: unknown,
  context: object,
  callback?: (error: unknown, result?: unknown) => void,
) => unknown

const require = createRequire(import.meta.url)

interface CommonJs {
  exports: unknown
  filename: string
  paths: string[]
  _compile(source: string, file: string, format: 'commonjs'): void
}
const CommonJsModule = Module as unknown as {
  new (id: string): CommonJs
  _nodeModulePaths(directory: string): string[]
}

const sources = new Map<string, string>()
let instances = 0

/** Throws what the module throws; an Error of its own where there is no such file or no `handler`. */
export async function loadHandler(file: string): Promise<Handler> {
  const exports = await loadModule(file)
  const handler = member(exports, 'handler') ?? member(member(exports, 'default'), 'handler')
  if (typeof handler !== 'function') throw new Error('it has no export named "handler" that is a function')
  return handler as Handler
}

/** A .js file is CommonJS unless it only parses as a module: a deployed function has no package.json above it. */
export async function loadModule(file: string): Promise<unknown> {
  if (!existsSync(file)) throw new Error('no such file')
  const extension = extname(file)
  if (extension === '.mjs' || extension === '.mts' || extension === '.ts') return importFresh(file)
  const source = sources.get(file) ?? readFileSync(file, 'utf8')
  sources.set(file, source)
  for (const name of Object.keys(require.cache)) delete require.cache[name]
  try {
    return requireFresh(file, source)
  } catch (error) {
    const isModule =
      error instanceof SyntaxError && /import statement|export|import\.meta|await is only valid/.test(error.message)
    if (extension === '.cjs' || !isModule) throw error
    return importFresh(file)
  }
}

function requireFresh(file: string, source: string): unknown {
  const module = new CommonJsModule(file)
  module.filename = file
  module.paths = CommonJsModule._nodeModulePaths(dirname(file))
  module._compile(source, file, 'commonjs')
  return module.exports
}

// Modules beside it are a part of the instance: their state is new with it. Packages stay, as they hold next to none.
registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context)
    const instance = /\?instance=\d+$/.exec(context.parentURL ?? '')?.[0]
    const isOwn = resolved.url.startsWith('file:') && !resolved.url.includes('/node_modules/')
    const isModule = resolved.format?.startsWith('module') === true
    return instance && isOwn && isModule ? { ...resolved, url: resolved.url + instance } : resolved
  },
})

function importFresh(file: string): Promise<unknown> {
  return import(`${pathToFileURL(file).href}?instance=${++instances}`)
}

export function member(value: unknown, name: string): unknown {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
    ? (value as Record<string, unknown>)[name]
    : undefined
}
