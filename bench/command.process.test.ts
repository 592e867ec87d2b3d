import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const directory = mkdtempSync(join(tmpdir(), 'edgeproof-bench-test-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

test('Ctrl-C ends the run and every measured process with it', async () => {
  const child = spawn(process.execPath, ['cli.ts', 'bench', '--quick', '--out', directory], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let errors = ''
  const measuring = new Promise<void>((resolve) => {
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk
      if (errors.includes('fresh processes')) resolve()
    })
  })
  const ended = once(child, 'exit')
  await measuring
  child.kill('SIGINT')
  const [code] = await ended
  expect(code).toBe(130)
  expect(errors).toMatch(/interrupted\n$/)
  expect(errors).not.toContain('fault')
})
