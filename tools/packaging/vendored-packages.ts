/**
 * Packages that the package brings in `dist/vendor/` instead of having them installed. A package is here for one of three
 * reasons: it would bring many megabytes of which we use few (echarts); it is measured or attacked, so that its version
 * belongs to the figure and it is no business of the user's own tree (the peers); or its installation asks for more than its
 * code does: esbuild has an install script that only makes its command start faster, and commander names a Node newer than
 * the construct's. Their licences are written beside them.
 */
import { cpSync, globSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { buildSync } from 'esbuild'
import { packageOf, replaceSpecifiers, specifiers } from './module-specifiers.ts'

const vendored: readonly string[] = [
  'aws-jwt-verify',
  'cognito-at-edge',
  'commander',
  'echarts',
  'esbuild',
  'fast-jwt',
  'find-my-way',
  'jsonwebtoken',
  'jwks-rsa',
  'path-to-regexp',
]

/** Bundles them and points every module of `dist` at the result. */
export function vendorPackages(root: string, dist: string): void {
  const files = globSync('**/*.{js,d.ts}', { cwd: dist }).map((file) => ({
    file,
    text: readFileSync(join(dist, file), 'utf8'),
  }))
  const sources = new Set<string>()
  const places = new Map<string, string>()
  for (const name of vendored) {
    const importers = files.map(({ text }) => text).filter((text) => specifiersOf(text, name).length > 0)
    if (importers.length === 0) throw new Error(`${name} is vendored and nothing imports it`)
    const place = name === 'esbuild' ? copyEsbuild(root, dist) : `vendor/${name}.cjs`
    const inputs =
      name === 'esbuild' ? ['node_modules/esbuild/lib/main.js'] : bundle(name, importers, root, join(dist, place))
    for (const input of inputs) sources.add(input)
    places.set(name, place)
  }
  for (const { file, text } of files) {
    const pointed = replaceSpecifiers(text, (name) => {
      const place = places.get(packageOf(name) ?? '')
      return place === undefined ? name : relativeTo(file, place)
    })
    if (pointed !== text) writeFileSync(join(dist, file), pointed)
  }
  writeFileSync(join(dist, 'vendor/package.json'), '{"type":"commonjs"}\n')
  writeFileSync(join(dist, 'THIRD-PARTY.md'), notices(root, sources))
}

/** One file for a package, whichever of its entries are imported; gives the files that it was made of. */
function bundle(name: string, importers: readonly string[], root: string, outfile: string): string[] {
  const entries = [...new Set(importers.flatMap((text) => specifiersOf(text, name)))]
  // What is imported as a whole is CommonJS whose names are its object's.
  const isWhole = importers.some((text) => new RegExp(`import \\w+(?:, \\{[^}]*\\})? from ['"]${name}['"]`).test(text))
  const { metafile } = buildSync({
    absWorkingDir: root,
    stdin: {
      contents: isWhole
        ? `module.exports = require('${name}')`
        : entries.map((entry) => `export * from '${entry}'`).join('\n'),
      resolveDir: root,
    },
    outfile,
    bundle: true,
    minifySyntax: true,
    minifyWhitespace: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    legalComments: 'none',
    logLevel: 'error',
    metafile: true,
  })
  return Object.keys(metafile.inputs)
}

const specifiersOf = (text: string, name: string) => specifiers(text).filter((each) => packageOf(each) === name)

/** Its JavaScript looks for its own path's end, and finds the program in one of the packages `@esbuild/*`. */
function copyEsbuild(root: string, dist: string): string {
  const place = 'vendor/esbuild/lib'
  mkdirSync(join(dist, place), { recursive: true })
  for (const name of ['main.js', 'main.d.ts'])
    cpSync(join(root, 'node_modules/esbuild/lib', name), join(dist, place, name))
  return `${place}/main.js`
}

function relativeTo(file: string, place: string): string {
  const path = relative(dirname(file), place)
  return path.startsWith('.') ? path : `./${path}`
}

/** The packages that any of these files belongs to, with version and the whole text of the licence. */
function notices(root: string, sources: ReadonlySet<string>): string {
  const folders = new Set([...sources].flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []))
  const sections = [...folders].map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
    return `## ${name} ${version} (${license})\n\n\`\`\`\n${licenceText(join(root, folder))}\n\`\`\`\n`
  })
  return `# What the files in vendor/ are made of\n\n${sections.sort().join('\n')}`
}

/** Of its licence's files, or where it has none, of its README's last section. */
function licenceText(folder: string): string {
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile())
  const own = files.map(({ name }) => name).filter((name) => /^(?:licen[cs]e|notice)/i.test(name))
  const texts = own.sort().map((name) => readFileSync(join(folder, name), 'utf8').trim())
  const readme = files.find(({ name }) => /^readme/i.test(name))?.name ?? ''
  const [, section] = texts.length > 0 ? [] : readFileSync(join(folder, readme), 'utf8').split(/^#*\s*licen[cs]e.*$/im)
  const text = [...texts, section?.trim() ?? ''].filter((part) => part !== '').join('\n\n')
  if (text === '') throw new Error(`${folder} has no licence that could be packed with it`)
  return text
}
