import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { runProgram } from '../program.ts'
import { inProcess } from '../testing/command-line.ts'

describe('edgeproof edge', () => {
  test.each([
    [['--pops', 'many'], /^edgeproof: --pops many: /],
    [['--profile', 'squid'], /^edgeproof: --profile squid: /],
    [['--certificate', 'x.pem'], /^edgeproof: --certificate: there is none without --tls-port/],
    [['--template', 'none.json'], /^edgeproof: none.json: cannot be read \(ENOENT\)/],
  ])('%j: one line and exit code 2', async (options, line) => {
    const { status, stderr } = await inProcess(() => runProgram(['edge', '--port', '0', ...options]))
    expect(stderr).toMatch(line)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(status).toBe(2)
  })
})

test('the README names every option of the command', async () => {
  const readme = await readFile(new URL('./README.md', import.meta.url), 'utf8')
  const source = await readFile(new URL('./command.ts', import.meta.url), 'utf8')
  const options = [...source.matchAll(/'(--[a-z-]+)/g)].map(([, option]) => option)
  expect(options.length).toBeGreaterThan(10)
  for (const option of options) expect(readme).toContain(option)
})
