import type { Side } from './sides/side.ts'

/**
 * The files a change is blamed on: those of head's bundle that are new or differ from base's, largest share of the bundle
 * first; where none is (a dependency or the bundler changed), what the bundle gained of other files.
 */
export function changedFiles(base: Side, head: Side): string[] {
  const own = Object.keys(head.sources).filter((file) => head.sources[file] !== base.sources[file])
  const removed = Object.keys(base.sources).filter((file) => !(file in head.sources))
  const files = own.length > 0 || removed.length > 0 ? [...own, ...removed] : changedInputs(base, head)
  const share = shares(head)
  return files.toSorted((a, b) => (share.get(b) ?? 0) - (share.get(a) ?? 0))
}

function changedInputs(base: Side, head: Side): string[] {
  const before = shares(base)
  return [...shares(head)].filter(([file, bytes]) => before.get(file) !== bytes).map(([file]) => file)
}

function shares({ metafile }: Side): Map<string, number> {
  const outputs = Object.values(metafile?.outputs ?? {})
  return new Map(
    outputs.flatMap(({ inputs }) =>
      Object.entries(inputs).map(([file, { bytesInOutput }]) => [file, bytesInOutput] as const),
    ),
  )
}
