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
  /** Of a workload's function, which no policy has a part in. */
  bundle?: () => Bundle | Promise<Bundle>
  /** Older commits take no policy and have one program for all. */
  bundleAuthorizer?: (policy?: unknown) => Bundle | Promise<Bundle>
  deployable?: (program: string, configuration: unknown) => string
}

const [root = '', file = '', configurationsFile = '', output = ''] = process.argv.slice(2)
const bundler = (await import(pathToFileURL(join(root, file)).href)) as Bundler
const configurations = JSON.parse(readFileSync(configurationsFile, 'utf8')) as Record<
  string,
  { policy: unknown } | null
>
const bundle = bundler.bundleAuthorizer ?? bundler.bundle
const deployable = bundler.deployable ?? ((text: string) => text)
if (!bundle || (configurations.usual && !bundler.deployable)) {
  throw new Error(
    `${file} does not export ${configurations.usual ? 'bundleAuthorizer() and deployable()' : 'bundle()'}`,
  )
}
const known = new Map<string, string>()
const deployables: Record<string, string> = {}
for (const [name, configuration] of Object.entries(configurations)) {
  const key = JSON.stringify(configuration)
  const text = known.get(key) ?? deployable((await bundle(configuration?.policy)).program, configuration)
  known.set(key, text)
  deployables[name] = text
}
const { program, metafile } = await bundle(configurations.usual?.policy)
const { program: everything } = await bundle()
writeFileSync(output, JSON.stringify({ program, metafile, everything, deployables }))
