import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { specifiers } from './module-specifiers.ts'

/**
 * Removes every declaration that no entry leads to: nobody can import those, and they are two of three files. Of the others,
 * schemas are taken out: no entry exports them, and zod's own declarations do not compile under every user's settings.
 */
export function keepPublicDeclarations(dist: string, entries: readonly string[]): void {
  const kept = new Set(reachableDeclarations(dist, entries))
  for (const file of globSync('**/*.d.ts', { cwd: dist })) {
    const path = join(dist, file)
    if (kept.has(file)) writeFileSync(path, withoutSchemas(readFileSync(path, 'utf8'), file))
    else rmSync(path)
  }
}

function withoutSchemas(text: string, file: string): string {
  if (!text.includes("from 'zod'")) return text
  const rest = text.replace(/^import .* from 'zod';\n|^export declare (?:const|function) .*\bz\.[A-Z].*;\n/gm, '')
  if (/\bz\.[A-Z]/.test(rest)) throw new Error(`${file}: a schema is in a declaration that users read`)
  return rest
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
