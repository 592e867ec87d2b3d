import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'

const cli = fileURLToPath(new URL('cli.ts', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'edgeproof-cli-'))
afterAll(() => rmSync(directory, { recursive: true }))

function edgeproof(...args: string[]) {
  return spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', cwd: directory })
}

test('build writes the function, its package and the metafile, and says so in one JSON document', () => {
  const file = join(directory, 'good.json')
  writeFileSync(file, JSON.stringify({ issuer: 'https://issuer.example', clientIds: ['c'], routes: [{ path: '/*' }] }))
  const out = join(directory, 'built')
  const { status, stdout } = edgeproof('build', '--policy', file, '--out', out, '--json')
  expect(status).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ schema: 'edgeproof/build@1', verdict: 'pass' })
  expect(readdirSync(out).sort()).toEqual([
    'build.json',
    'function.zip',
    'index.js',
    'meta.json',
    'policy.checked.json',
  ])
})

test.each([
  ['of the usage', ['build', '--nope'], /^error: unknown option '--nope'\n$/],
  ['in a file', ['build', '--config', 'none.json'], /^edgeproof: .*none\.json: not found; pass --config FILE/],
])('a mistake %s ends the process with exit code 2 and one line', (_, args, line) => {
  const { status, stdout, stderr } = edgeproof(...args)
  expect(stderr).toMatch(line)
  expect(stderr.trim().split('\n')).toHaveLength(1)
  expect([status, stdout]).toEqual([2, ''])
})
