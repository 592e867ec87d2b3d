/**
 * Runs in a side's own checkout, so that its bundler, its sources and the way it bakes a policy in are that side's:
 * `node build-bundle.ts ROOT BUNDLER CONFIGURATIONS.json OUTPUT.json`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

interface Bundler {
  bundleAuthorizer?: () => Promise<{ program: string; metafile?: unknown }>
  deployable?: (program: string, configuration: unknown) => string
}

const [root = '', file = '', configurationsFile = '', output = ''] = process.argv.slice(2)
const bundler = (await import(pathToFileURL(join(root, file)).href)) as Bundler
const { bundleAuthorizer, deployable } = bundler
if (!bundleAuthorizer || !deployable) throw new Error(`${file} does not export bundleAuthorizer() and deployable()`)
const { program, metafile } = await bundleAuthorizer()
const configurations = JSON.parse(readFileSync(configurationsFile, 'utf8')) as Record<string, unknown>
const deployables = Object.fromEntries(
  Object.entries(configurations).map(([name, configuration]) => [name, deployable(program, configuration)]),
)
writeFileSync(output, JSON.stringify({ program, metafile, deployables }))
