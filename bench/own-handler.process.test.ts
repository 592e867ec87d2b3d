import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { runProgram } from '../program.ts'
import { inProcess } from '../testing/command-line.ts'

const directory = mkdtempSync(join(tmpdir(), 'edgeproof-own-handler-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const policy = { issuer: 'https://id.example.com', clientIds: ['portal'], routes: [{ path: '/users/{sub}/*' }] }
const policyFile = join(directory, 'policy.json')
writeFileSync(policyFile, JSON.stringify(policy))

test('bench refuses to time a handler that does not answer as the policy says, in one line', async () => {
  const file = join(directory, 'open.cjs')
  writeFileSync(file, 'exports.handler = async (event) => event.Records[0].cf.request')
  const { status, stderr } = await inProcess(() =>
    runProgram(['bench', '--handler', file, '--policy', policyFile, '--processes', '5', '--out', directory]),
  )
  expect(stderr).toMatch(
    /^edgeproof: .*open\.cjs: \d+ of 64 denied requests were allowed, which the policy does not say/m,
  )
  expect(status).toBe(2)
})

test('size weighs a handler as it is, against no limit but the configuration of its own', async () => {
  const file = join(directory, 'handler.mjs')
  writeFileSync(file, 'export const handler = async (event) => event.Records[0].cf.request\n')
  const config = join(directory, 'own.json')
  writeFileSync(config, JSON.stringify({ policy, size: { raw: 10 } }))
  const size = (...args: string[]) =>
    inProcess(() => runProgram(['size', '--handler', file, '--out', directory, ...args]))
  expect((await size('--policy', policyFile)).status).toBe(0)
  const { checks } = JSON.parse(readFileSync(join(directory, 'size.json'), 'utf8'))
  expect(checks[0]).toMatchObject({ id: 'size.raw', value: readFileSync(file).length, limit: null })
  expect((await size('--config', config)).status).toBe(1)
})
