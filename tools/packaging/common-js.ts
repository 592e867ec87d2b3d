/** The entries once more, for `require`: one CommonJS file each in `dist/cjs/`, with declarations of its own. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { reachableDeclarations } from './declarations.ts'

/** Those whose copy in a user's application must be the application's own, or which are too large to have twice. */
const installed = ['aws-cdk-lib', 'aws-cdk-lib/*', 'constructs', 'zod']

export async function bundleCommonJs(dist: string, entries: readonly string[]): Promise<void> {
  for (const entry of entries) {
    await build({
      entryPoints: [join(dist, `${entry}.js`)],
      outfile: join(dist, `cjs/${entry}.js`),
      bundle: true,
      format: 'cjs',
      platform: 'node',
      target: 'node20',
      external: installed,
      plugins: [placesOf(dist, dirname(join(dist, `cjs/${entry}.js`)))],
      banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
      legalComments: 'none',
      define: { 'import.meta.withoutSignIn': 'undefined' },
      logLevel: 'warning',
    })
  }
  for (const file of reachableDeclarations(dist, entries)) cpSync(join(dist, file), join(dist, 'cjs', file))
  writeFileSync(join(dist, 'cjs/package.json'), '{"type":"commonjs"}\n')
}

/** Joined modules still read their files where these are, and what is vendored is there once. */
function placesOf(dist: string, outdir: string): Plugin {
  return {
    name: 'places',
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /\/vendor\// }, ({ path, resolveDir }) => ({
        path: `./${relative(outdir, join(resolveDir, path))}`.replace(/^\.\/\.\./, '..'),
        external: true,
      }))
      onLoad({ filter: /\.js$/ }, ({ path }) => {
        const text = readFileSync(path, 'utf8')
        if (!text.includes('import.meta.url') || !path.startsWith(dist)) return undefined
        const url = `new URL(${JSON.stringify(relative(outdir, path))}, bundleUrl).href`
        return { contents: text.replaceAll('import.meta.url', url), loader: 'js' }
      })
    },
  }
}
