/**
 * Writes `dist/`, what the npm package holds: Node strips types from a project's own files only, not below node_modules, so
 * the package brings JavaScript and declarations, laid out as the sources are.
 * Usage: node tools/packaging/compile.ts (npm runs it before it packs).
 */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleCommonJs } from './common-js.ts'
import { keepPublicDeclarations } from './declarations.ts'
import { vendorPackages } from './vendored-packages.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const dist = join(root, 'dist')

/** What `exports` of package.json names, in both module systems. */
const entries = ['index', 'authorizer/library', 'infra/index']

/** Files that programs read beside themselves; two sources are among them, as text that the fuzzer's flaws are edits of. */
const data = [
  'bench/**/*.{cjs,pem}',
  'fuzz/corpus/*.json',
  'fuzz/effectiveness/flaws/reference-*.ts',
  'oracle/SEMANTICS.md',
  'infra/install-python-tools.sh',
  'infra/requirements.txt',
  'infra/deployment/*.py',
  'reports/schemas/*.json',
]

compile()
pointAtCompiledFiles()
for (const pattern of data) {
  const files = globSync(pattern, { cwd: root })
  if (files.length === 0) throw new Error(`nothing to pack fits ${pattern}`)
  for (const file of files) cpSync(join(root, file), join(dist, file))
}
keepPublicDeclarations(dist, entries)
vendorPackages(root, dist)
await bundleCommonJs(dist, entries)

function compile(): void {
  rmSync(dist, { recursive: true, force: true })
  const tsc = join(root, 'node_modules/.bin/tsc')
  execFileSync(tsc, ['-p', 'tools/packaging/tsconfig.json'], { cwd: root, stdio: 'inherit' })
}

/**
 * The compiler turns `./x.ts` into `./x.js` where a module is imported; the same is done here to programs that are started
 * by their URL and to what declarations import. A URL whose source is data stays as it is.
 */
function pointAtCompiledFiles(): void {
  const url = /(?<=new URL\(')([^']+)\.ts(?=', import\.meta\.url\))/g
  const declared = /(?<=(?:from |import\()["'])(\.[^"']+)\.ts(?=["'])/g
  for (const name of globSync('**/*.{js,d.ts}', { cwd: dist })) {
    const file = join(dist, name)
    const text = readFileSync(file, 'utf8')
    const isCompiled = (path: string) => existsSync(resolve(dirname(file), `${path}.js`))
    const pointed = text
      .replace(url, (match, path: string) => (isCompiled(path) ? `${path}.js` : match))
      .replace(declared, (match, path: string) => (isCompiled(path) ? `${path}.js` : match))
    if (pointed !== text) writeFileSync(file, pointed)
  }
}
