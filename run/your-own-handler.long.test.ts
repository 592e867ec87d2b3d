/** docs/your-own-handler.md, followed word by word up to its gates. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { valgrindVersion } from '../bench/callgrind.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const page = readFileSync(join(root, 'docs', 'your-own-handler.md'), 'utf8').split('**Anything else**')[0] ?? ''
const valgrind = valgrindVersion() !== null
const minutes = 60_000 // Room for a busy machine; nothing here asserts on time.

/** The page's indented blocks: a file where the first line names one, else a line of shell each. */
const blocks = page
  .split(/\n(?! {4})(?=.)/)
  .filter((text) => text.includes('\n    '))
  .map((text) =>
    text
      .slice(text.indexOf('\n    ') + 1)
      .replaceAll(/^ {4}/gm, '')
      .trim(),
  )

const firstGate = blocks.findIndex((block) => block.includes('edgeproof gate'))

const commonJs = (text: string) =>
  text
    .replace(/^import (\{.*\}) from '(.*)'$/gm, "const $1 = require('$2')")
    .replace('export const handler =', 'exports.handler =')

test.skipIf(!valgrind).each([
  ['an ES module', (text: string) => text, true],
  // A gate takes a minute or two, and what it measures is a bundle of either.
  ['CommonJS, up to the gate', commonJs, false],
])(
  `the page leads to a finding, figures, and a red and a green gate: %s${valgrind ? '' : ' (skipped: valgrind missing)'}`,
  (kind, adapted, isGated) => {
    const directory = mkdtempSync(join(tmpdir(), 'edgeproof-own-'))
    try {
      symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'))
      const output: string[] = []
      for (const block of isGated ? blocks : blocks.slice(0, firstGate)) {
        const [, file] = /^\/\/ (\S+)\n/.exec(block) ?? []
        if (file !== undefined) {
          mkdirSync(dirname(join(directory, file)), { recursive: true })
          const text = block.slice(block.indexOf('\n') + 1)
          writeFileSync(join(directory, file), file.startsWith('src/') ? adapted(text) : text)
          continue
        }
        // What a configuration or a finding looks like, and no command.
        if (block.startsWith('{') || block.startsWith('high')) continue
        for (const line of block.split('\n')) output.push(run(line, kind, directory))
      }
      const all = output.join('\n')
      expect(all).toMatch(/^high {5}bypass, by a signed-in user \(CVSS 7\.1\)/m)
      expect(all).toMatch(/a token never seen: to edgeproof's authorizer/)
      if (!isGated) return
      expect(all).toMatch(/^hot: \+\d+ % instructions \(src\/handler\.js\)$/m)
      expect(all).toMatch(/same program but for the names/)
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  },
  30 * minutes,
)

/** A line of the page as its reader types it: the package is this repository, and there is no time for 45 seconds. */
function run(line: string, kind: string, cwd: string): string {
  if (line.startsWith('npm install')) return ''
  const typed = line
    .replace('npx edgeproof', '"$EDGEPROOF_NODE" "$EDGEPROOF_CLI"')
    .replace('--seconds 45', '--seconds 10')
    .replace('set type=module', `set type=${kind.startsWith('CommonJS') ? 'commonjs' : 'module'}`)
  const identity = { GIT_AUTHOR_NAME: 't', GIT_AUTHOR_EMAIL: 't@example.com' }
  const env = {
    ...process.env,
    ...identity,
    GIT_COMMITTER_NAME: 't',
    GIT_COMMITTER_EMAIL: 't@example.com',
    EDGEPROOF_NODE: process.execPath,
    EDGEPROOF_CLI: join(root, 'cli.ts'),
  }
  const { status, stdout, stderr } = spawnSync('bash', ['-c', typed], { cwd, env, encoding: 'utf8' })
  const wanted = Number(/# exit (\d)$/.exec(line)?.[1] ?? 0)
  expect({ line, status, stderr: status === wanted ? '' : stderr }).toEqual({ line, status: wanted, stderr: '' })
  return stdout
}
