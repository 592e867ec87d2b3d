/** `npm run lint`: the imports of this repository against the rule of arrows in `rooms.ts`; exit code 1 and a line for each fault. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { forbiddenArrows } from './arrows.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate'], {
  cwd: root,
  encoding: 'utf8',
})
const faults = forbiddenArrows(root, listed.split('\n').filter(Boolean))
for (const fault of faults) console.error(fault)
process.exitCode = faults.length > 0 ? 1 : 0
