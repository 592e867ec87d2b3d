/** Where templates come from: one file, or the directory that `cdk synth` writes, all of its stacks. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { UsageError } from '../../config/usage-error.ts'
import { parseTemplate } from './parse-template.ts'

/** A template and what it was read with. */
export interface StackSource {
  name: string
  /** As messages name it. */
  file: string
  template: Record<string, unknown>
  /** Relative paths in the template start here. */
  directory: string
  /** Asset's object key or hash → path of its file or directory. */
  assets: ReadonlyMap<string, string>
  /** Absent where the assembly leaves it open. */
  region?: string
  account?: string
}

/** Reads `template.yaml`, `cdk.out/Stack.template.json` or `cdk.out`. Throws a UsageError that names the file. */
export function readStacks(path: string): StackSource[] {
  const kind = statOf(path)
  if (kind === 'directory') return readAssembly(path)
  const directory = dirname(resolve(path))
  // A template of an assembly finds its assets, and the other stacks, beside it.
  if (existsSync(join(directory, 'manifest.json'))) {
    const stacks = readAssembly(directory)
    const own = stacks.find((stack) => resolve(stack.file) === resolve(path))
    if (own) return [{ ...own, file: path }, ...stacks.filter((stack) => stack !== own)]
  }
  return [
    {
      name: basename(path).replace(/(\.template)?\.(json|ya?ml|template)$/, ''),
      file: path,
      template: parseTemplate(readText(path), path),
      directory,
      assets: new Map(),
    },
  ]
}

interface Manifest {
  artifacts?: Record<
    string,
    {
      type: string
      environment?: string
      displayName?: string
      properties?: { templateFile?: string; stackName?: string; directoryName?: string; file?: string }
    }
  >
}

interface AssetFile {
  files?: Record<
    string,
    { source?: { path?: string; executable?: string[] }; destinations?: Record<string, { objectKey?: string }> }
  >
}

/** AWS Cloud Assembly: stacks, their asset manifests, and the assemblies of stages inside it. */
function readAssembly(directory: string): StackSource[] {
  const file = join(directory, 'manifest.json')
  if (!existsSync(file)) {
    const found = readdirSync(directory).filter((name) => /template\.(json|ya?ml)$/.test(name))
    const advice = found.length > 0 ? `name one of its files: ${found.join(', ')}` : 'name a template, or run cdk synth'
    throw new UsageError(`${directory}: has no manifest.json, so it is no cdk.out; ${advice}`)
  }
  const artifacts = Object.values((parseTemplate(readText(file), file) as Manifest).artifacts ?? {})
  const assets = new Map<string, string>()
  for (const { type, properties } of artifacts) {
    if (type === 'cdk:asset-manifest' && properties?.file) readAssets(directory, properties.file, assets)
  }
  return artifacts.flatMap(({ type, environment, properties }): StackSource[] => {
    if (type === 'cdk:cloud-assembly' && properties?.directoryName) {
      return readAssembly(join(directory, properties.directoryName))
    }
    if (type !== 'aws:cloudformation:stack' || !properties?.templateFile) return []
    const path = join(directory, properties.templateFile)
    const [account, region] = /^aws:\/\/([^/]*)\/(.*)$/.exec(environment ?? '')?.slice(1) ?? []
    return [
      {
        name: properties.stackName ?? properties.templateFile.replace(/\.template\.json$/, ''),
        file: path,
        template: parseTemplate(readText(path), path),
        directory: resolve(directory),
        assets,
        ...(region && !region.startsWith('unknown') && { region }),
        ...(account && !account.startsWith('unknown') && { account }),
      },
    ]
  })
}

function readAssets(directory: string, name: string, assets: Map<string, string>): void {
  const file = join(directory, name)
  if (!existsSync(file)) return
  for (const [hash, { source, destinations }] of Object.entries(
    (parseTemplate(readText(file), file) as AssetFile).files ?? {},
  )) {
    if (!source?.path) continue
    const path = resolve(directory, source.path)
    for (const key of [hash, ...Object.values(destinations ?? {}).map(({ objectKey }) => objectKey)]) {
      if (key) assets.set(key, path)
    }
  }
}

export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(
      `${file}: cannot be read (${(error as NodeJS.ErrnoException).code}); pass a CloudFormation template or a cdk.out`,
    )
  }
}

function statOf(path: string): 'file' | 'directory' {
  try {
    return statSync(path).isDirectory() ? 'directory' : 'file'
  } catch (error) {
    throw new UsageError(
      `${path}: cannot be read (${(error as NodeJS.ErrnoException).code}); pass a CloudFormation template or a cdk.out`,
    )
  }
}
