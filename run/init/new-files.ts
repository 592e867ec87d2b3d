/** What `edgeproof init` writes, by name. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Policy } from '../../authorizer/policy.ts'
import { UsageError } from '../../config/usage-error.ts'
import { writeWholeFile } from '../../config/write-file.ts'

/** `handler`: a file of the user's own, which the workflow attacks instead of ours. */
export function newFiles(policy: Policy, handler: string | undefined): Record<string, string> {
  return {
    'policy.json': `${JSON.stringify(policy, null, 2)}\n`,
    'edgeproof.config.mjs': configuration,
    '.github/workflows/edgeproof.yml': workflow(handler),
  }
}

const configuration = `import policy from './policy.json' with { type: 'json' }

// Other sections: gate, objectives, site, size, bench, fleet.
export default { policy }
`

function workflow(handler: string | undefined): string {
  const ofHandler = handler === undefined ? '' : ` --handler ${handler}`
  return `name: edgeproof
on: [push, pull_request]
permissions:
  contents: read
jobs:
  edgeproof:
    runs-on: ubuntu-24.04
    timeout-minutes: 15
    steps:
      - uses: actions/checkout@v4
        with: { persist-credentials: false }
      - uses: actions/setup-node@v4
        with: { node-version: 24 }
      - run: npm ci
      - run: npx edgeproof check
      - run: npx edgeproof fuzz${ofHandler} --seconds 60
      - uses: actions/upload-artifact@v4
        if: always()
        with: { name: edgeproof, path: results }
`
}

/**
 * Writes them all, or none.
 *
 * @throws UsageError that names those that are there already.
 */
export function writeNewFiles(directory: string, files: Readonly<Record<string, string>>): void {
  const present = Object.keys(files).filter((name) => existsSync(join(directory, name)))
  if (present.length > 0) {
    throw new UsageError(
      `${present.join(', ')}: already there; nothing was written, remove them or choose another directory`,
    )
  }
  for (const [name, text] of Object.entries(files)) writeWholeFile(join(directory, name), text)
}
