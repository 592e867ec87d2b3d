import { basename } from 'node:path'

/**
 * A command line of this program as its user can type it: by npm in this repository, by npx where the package is a
 * dependency, by its name where it is installed for all.
 *
 * @param rest what comes after the program's name, `fuzz replay FILE`
 * @param script how the program was started
 */
export function typedCommand(rest: string, script: string = process.argv[1] ?? ''): string {
  const program = basename(script)
  if (program === 'cli.ts') return `npm run -s edgeproof -- ${rest}`
  if (program === 'edgeproof' && !script.includes('node_modules')) return `edgeproof ${rest}`
  return `npx edgeproof ${rest}`
}
