/** Code that is not ours: a handler under its own policy, and a function that is no handler. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { runProgram } from '../program.ts'
import { createStandInGate } from './stand-in-gate.ts'

const standInGate = createStandInGate(runProgram)
const { repository, gate, result, scratch } = standInGate
afterAll(() => standInGate[Symbol.dispose]())

/** Too short for a verdict: the one process that is run shows whether both sides answer as they have to. */
const pilotOnly = ['--methods', 'cpu', '--budget', '5']

function configuration(name: string, gateSection: object, path: string): string {
  const file = join(scratch, `${name}.json`)
  const policy = { issuer: 'https://id.example.com', clientIds: ['portal'], routes: [{ path }] }
  writeFileSync(file, JSON.stringify({ policy, gate: gateSection }))
  return file
}

test('a handler with a bundler of its own is asked for what its own policy allows and denies', async () => {
  const right = configuration('policy', { bundler: 'build/bundle.ts' }, '/shelves/{sub}/*')
  const { status, stdout } = await gate(['--base', 'main', '--head', 'main', '--config', right])
  // One commit: nothing to measure, and the handler was built with its own policy.
  expect([status, stdout]).toEqual([0, expect.stringContaining('same program')])
  repository.branch('denying', { 'build/bundle.ts': denyingBundler })
  const { status: refused, stderr } = await gate(['--base', 'main', '--config', right, ...pilotOnly, '--suites', 'hot'])
  expect(stderr).toMatch(
    /^edgeproof: head: hot: answers deny \(403\) to a request for \/shelves\/.* that it has to allow/m,
  )
  expect(refused).toBe(2)
})

const denyingBundler = `
export const bundleAuthorizer = () => ({ program: 'exports.handler = () => ({ status: "403" })' })
export const deployable = (program) => program
`

test('a function is called with the inputs of a workload, and has to give its answers', async () => {
  const bundler = (separator: string) => `
export const bundle = () => ({ program: 'exports.split = async (text) => ({ parts: text.split("${separator}") })' })
`
  const workload = `export default { function: 'split', suites: {
    short: [{ input: 'a,b', answer: { parts: ['a', 'b'] } }],
    none: [{ input: '', answer: { parts: [''] } }] } }
`
  repository.branch('function', { 'build/function.ts': bundler(','), 'build/workload.ts': workload })
  const config = configuration('workload', { bundler: 'build/function.ts', workload: 'build/workload.ts' }, '/*')
  const same = await gate(['--base', 'function', '--config', config])
  expect([same.status, result().verdict]).toEqual([0, 'pass'])
  repository.git('checkout', '--quiet', '-b', 'other')
  repository.write('build/function.ts', bundler(';'))
  repository.git('-c', 'user.name=test', '-c', 'user.email=test@example.com', 'commit', '--quiet', '-am', 'other')
  const { status, stderr } = await gate(['--base', 'function', '--config', config, ...pilotOnly])
  expect(stderr).toContain(
    'edgeproof: head: short: answers {"parts":["a,b"]} to "a,b", and has to answer {"parts":["a","b"]}\n',
  )
  expect(status).toBe(2)
  const unknown = await gate(['--base', 'function', '--config', config, '--suites', 'warm'])
  expect([unknown.status, unknown.stderr]).toEqual([
    2,
    expect.stringContaining('--suites: "warm" is none of init, cold, short, none'),
  ])
})
