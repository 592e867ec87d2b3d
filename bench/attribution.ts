import type { Metafile } from 'esbuild'

/** Bytes of a bundle's output by where they come from. */
export interface Attribution {
  /** An npm package's name, `edgeproof` for our own sources, or `(bundler)` for what the bundler adds around the modules. */
  package: string
  bytes: number
  /** The package's files in the bundle, largest first. */
  files: { file: string; bytes: number }[]
}

/**
 * Divides an output's bytes among packages, largest first; every byte is counted once.
 * From esbuild's metafile: `bytesInOutput` is each input's contribution after minification.
 */
export function attribute(metafile: Metafile, outputFile = 'index.js'): Attribution[] {
  const output = metafile.outputs[outputFile]
  if (!output) throw new Error(`the metafile has no output ${outputFile}`)
  const packages = new Map<string, Attribution>()
  const add = (name: string, file: string, bytes: number) => {
    if (bytes === 0) return
    const entry = packages.get(name) ?? { package: name, bytes: 0, files: [] }
    entry.bytes += bytes
    entry.files.push({ file, bytes })
    packages.set(name, entry)
  }
  let attributed = 0
  for (const [file, { bytesInOutput }] of Object.entries(output.inputs)) {
    attributed += bytesInOutput
    add(packageOf(file), file, bytesInOutput)
  }
  add('(bundler)', '(bundler)', output.bytes - attributed)
  const largestFirst = (a: { bytes: number }, b: { bytes: number }) => b.bytes - a.bytes
  for (const entry of packages.values()) entry.files.sort(largestFirst)
  return [...packages.values()].sort(largestFirst)
}

function packageOf(file: string): string {
  const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file) ?? []
  return name ?? 'edgeproof'
}
