import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import config from '../edgeproof.config.ts'
import { runProgram } from '../program.ts'
import { resultSchema } from '../result/result.ts'
import { inProcess } from '../testing/command-line.ts'

const directory = mkdtempSync(join(tmpdir(), 'edgeproof-bench-test-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const edgeproof = (...args: string[]) => inProcess(() => runProgram([...args, '--out', directory]))

function configuration(sections: object): string {
  const file = join(directory, 'config.json')
  writeFileSync(file, JSON.stringify({ ...config, ...sections }))
  return file
}

test('size accounts for every byte and passes within its budget', async () => {
  const { status, stdout } = await edgeproof(
    'size',
    '--json',
    '--config',
    configuration({ size: { raw: 1e6, gzip: 1e6 } }),
  )
  expect(status).toBe(0)
  const result = resultSchema.parse(JSON.parse(stdout))
  const value = (id: string) => Number(result.checks.find((check) => check.id === id)?.value)
  const parts = result.checks.filter(({ id }) => id.startsWith('size.package.'))
  expect(parts.reduce((sum, check) => sum + Number(check.value), 0)).toBe(value('size.raw'))
  expect(value('size.gzip')).toBeLessThan(value('size.raw'))
})

test('size over its budget fails with exit code 1 and the figure', async () => {
  const { status } = await edgeproof('size', '--config', configuration({ size: { raw: 100 } }))
  expect(status).toBe(1)
  const result = resultSchema.parse(JSON.parse(readFileSync(join(directory, 'size.json'), 'utf8')))
  expect(result.checks.find(({ id }) => id === 'size.raw')).toMatchObject({ limit: 100, verdict: 'fail' })
})

test('a budget that is no number of bytes is one line that names the field', async () => {
  const { status, stderr } = await edgeproof('size', '--config', configuration({ size: { raw: 0 } }))
  expect(status).toBe(2)
  expect(stderr).toMatch(/^edgeproof: \S+config\.json: size\.raw: .+\n$/)
})

test('a suite that does not exist, or too few processes, are exit code 2 with one line', async () => {
  for (const args of [
    ['--suites', 'lukewarm'],
    ['--processes', '2'],
  ]) {
    const { status, stderr } = await edgeproof('bench', ...args)
    expect(status).toBe(2)
    expect(stderr).toMatch(new RegExp(`^edgeproof: ${args[0]}: .*${args[1]}.*\n$`))
  }
})
