/** The child process's program as one CommonJS file: stripping types and linking modules anew is most of what starting a child costs. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

let file: string | undefined

/** Path of the program, built at the first call and removed when this thread ends. */
export function childProgram(): string {
  if (file !== undefined) return file
  const directory = mkdtempSync(join(tmpdir(), 'edgeproof-child-'))
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }))
  file = join(directory, 'child.cjs')
  buildSync({
    entryPoints: [fileURLToPath(new URL('./child.ts', import.meta.url))],
    outfile: file,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    define: { 'import.meta.url': 'programUrl' },
    banner: { js: "const programUrl = require('node:url').pathToFileURL(__filename).href" },
  })
  return file
}
