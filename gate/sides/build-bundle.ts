/**
 * Runs in a side's own checkout, so that its bundler, its sources and the way it bakes a policy in are that side's:
 * `node build-bundle.ts ROOT BUNDLER CONFIGURATIONS.json OUTPUT.json`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

interface Bundle {
  program: string
  metafile?: unknown
}

interface Bundler {
  /** Older commits take no policy and have one program for all. */
  bundleAuthorizer?: (policy?: unknown) => Bundle | Promise<Bundle>
  deployable?: (program: string, configuration: unknown) => string
}

const [root = '', file = '', configurationsFile = '', output = ''] = process.argv.slice(2)
const bundler = (await import(pathToFileURL(join(root, file)).href)) as Bundler
const { bundleAuthorizer, deployable } = bundler
if (!bundleAuthorizer || !deployable) throw new Error(`${file} does not export bundleAuthorizer() and deployable()`)
const configurations = JSON.parse(readFileSync(configurationsFile, 'utf8')) as Record<string, { policy: unknown }>
const deployables: Record<string, string> = {}
for (const [name, configuration] of Object.entries(configurations)) {
  const { program } = await bundleAuthorizer(configuration.policy)
  deployables[name] = deployable(program, configuration)
}
const { program, metafile } = await bundleAuthorizer(configurations.usual?.policy)
const { program: everything } = await bundleAuthorizer()
writeFileSync(output, JSON.stringify({ program, metafile, everything, deployables }))
