/** Makes a function's code ready for sandboxes: unpacked, in a directory of its own as on Lambda, or built. */
import { cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { unzipSync } from 'fflate'
import { UsageError } from '../../config/usage-error.ts'
import type { CloudFrontFunction, EdgeFunction } from '../template/distribution.ts'
import type { SandboxProgram } from './sandbox-protocol.ts'

/** `directory` is where copies go; the caller removes it. Throws a UsageError for code that cannot be read. */
export async function prepareProgram(
  edgeFunction: EdgeFunction | CloudFrontFunction,
  directory: string,
): Promise<SandboxProgram> {
  if (edgeFunction.kind === 'cloudfront') {
    const { code, runtime, store } = edgeFunction
    return { kind: 'cloudfront', code, runtime, store }
  }
  const { code, handler, id } = edgeFunction
  if ('inline' in code) return { kind: 'code', code: code.inline, handler }
  const { path, module, extraFiles = {} } = code
  const isDirectory = statSync(path).isDirectory()
  // A file that stands in for the function runs where it is, with the packages around it.
  if (!isDirectory && !path.endsWith('.zip')) {
    const file = /\.[cm]?ts$/.test(path) ? await built(path, join(directory, id)) : path
    return { kind: 'file', file, directory: dirname(file), handler }
  }
  const task = join(directory, id)
  if (isDirectory) cpSync(path, task, { recursive: true, dereference: true })
  else unzip(path, task)
  for (const [name, text] of Object.entries(extraFiles)) writeFileSync(join(task, name), text)
  // Lambda knows nothing of the packages above the function's own directory.
  if (!existsSync(join(task, 'package.json'))) writeFileSync(join(task, 'package.json'), '{"type":"commonjs"}')
  const file = ['.js', '.mjs', '.cjs'].map((ending) => join(task, module + ending)).find(existsSync)
  if (file === undefined) throw new UsageError(`${path}: has no module ${module} of function ${id}`)
  return { kind: 'file', file, directory: task, handler }
}

function unzip(path: string, directory: string): void {
  let files: Record<string, Uint8Array>
  try {
    files = unzipSync(readFileSync(path))
  } catch (error) {
    throw new UsageError(`${path}: is no zip archive (${(error as Error).message})`)
  }
  for (const [name, bytes] of Object.entries(files)) {
    if (name.endsWith('/') || name.split('/').includes('..')) continue
    mkdirSync(dirname(join(directory, name)), { recursive: true })
    writeFileSync(join(directory, name), bytes)
  }
}

/** A TypeScript handler, bundled; what Lambda's runtime has stays outside. */
async function built(path: string, directory: string): Promise<string> {
  const { build } = await import('esbuild')
  const file = join(directory, `${basename(path).replace(/\.[cm]?ts$/, '')}.mjs`)
  try {
    await build({
      entryPoints: [path],
      outfile: file,
      bundle: true,
      platform: 'node',
      target: 'node24',
      format: 'esm',
      external: ['@aws-sdk/*', '@smithy/*'],
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
      logLevel: 'silent',
    })
  } catch (error) {
    throw new UsageError(`--handler ${path}: cannot be built (${(error as Error).message.split('\n')[1] ?? ''})`)
  }
  return file
}
