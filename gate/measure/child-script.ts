import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const scripts = {
  'counted-start': new URL('../measured/counted-start.ts', import.meta.url),
  'counted-requests': new URL('../measured/counted-requests.ts', import.meta.url),
  coverage: new URL('../measured/coverage.ts', import.meta.url),
  paired: new URL('../measured/paired.ts', import.meta.url),
}

/**
 * Bundles the scripts of the measured processes to plain JavaScript in `directory`: Node's own type stripping would load a
 * WebAssembly compiler into the process that is measured.
 */
export async function compileChildScripts(directory: string): Promise<Record<keyof typeof scripts, string>> {
  await build({
    entryPoints: Object.entries(scripts).map(([out, url]) => ({ in: fileURLToPath(url), out })),
    outdir: directory,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    outExtension: { '.js': '.cjs' },
    logLevel: 'error',
  })
  const file = (name: keyof typeof scripts) => join(directory, `${name}.cjs`)
  return {
    'counted-start': file('counted-start'),
    'counted-requests': file('counted-requests'),
    coverage: file('coverage'),
    paired: file('paired'),
  }
}
