import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Where infra/install-python-tools.sh puts them. */
export const pythonTools = fileURLToPath(new URL('../../.venv/bin', import.meta.url))

/** For a test's title: empty where every tool is there, else what is missing. */
export function skipNote(...tools: string[]): string {
  const missing = tools.filter((tool) => !existsSync(`${pythonTools}/${tool}`))
  return missing.length === 0 ? '' : ` (skipped: ${missing.join(', ')} missing; infra/install-python-tools.sh)`
}
