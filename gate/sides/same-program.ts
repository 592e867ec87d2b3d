import { transformSync } from 'esbuild'

/** `bytes`: the same text; `names`: the same but for what local variables are called; null: another program. */
export type Sameness = 'bytes' | 'names' | null

/**
 * Whether two programs can differ in what they cost at all. A bundler's minifier names variables by the letters that a
 * source happens to use, so that a renamed local or another type leaves new bytes and the same program; minifying both
 * results once more names both alike.
 */
export function sameProgram(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): Sameness {
  const files = Object.keys(a)
  if (files.every((file) => a[file] === b[file])) return 'bytes'
  return files.every((file) => renamed(a[file] ?? '') === renamed(b[file] ?? '')) ? 'names' : null
}

function renamed(program: string): string {
  // Twice: the first result may still order names by the letters of its input.
  return minify(minify(program))
}

function minify(program: string): string {
  return transformSync(program, { minify: true, format: 'cjs', logLevel: 'silent' }).code
}
