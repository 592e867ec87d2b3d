import { existsSync, globSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { specifiers } from './module-specifiers.ts'

/** Removes every declaration that no entry leads to: nobody can import those, and they are two of three files. */
export function keepPublicDeclarations(dist: string, entries: readonly string[]): void {
  const kept = new Set(reachableDeclarations(dist, entries))
  for (const file of globSync('**/*.d.ts', { cwd: dist })) if (!kept.has(file)) rmSync(join(dist, file))
}

/** The entries' declarations and all that those import, as paths below `dist`. */
export function reachableDeclarations(dist: string, entries: readonly string[]): string[] {
  const found = new Set<string>()
  const visit = (file: string): void => {
    if (found.has(file) || !existsSync(file)) return
    found.add(file)
    for (const name of specifiers(readFileSync(file, 'utf8')))
      if (name.startsWith('.')) visit(resolve(dirname(file), name.replace(/\.js$/, '.d.ts')))
  }
  for (const entry of entries) visit(join(dist, `${entry}.d.ts`))
  return [...found].map((file) => relative(dist, file))
}
