import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { silentProgress } from '../command/progress.ts'
import demo from '../edgeproof.config.ts'
import { buildShipped } from '../fuzz/shipped/shipped-handlers.ts'
import { synthesize } from '../infra/synth.ts'
import type { Result } from '../result/result.ts'
import { functionUnderLoad } from './function-under-load.ts'
import { installedK6 } from './k6/find-k6.ts'
import { type LoadOptions, loadStage } from './load-stage.ts'
import { scenarioNamed } from './scenarios/catalogue.ts'

const k6 = installedK6() ?? ''
if (!k6) console.log('skipped: k6 missing')

const directory = mkdtempSync(join(tmpdir(), 'edgeproof-foreign-'))
afterAll(() => rmSync(directory, { recursive: true }))
const signal = new AbortController().signal

function load(options: LoadOptions, config = demo): Promise<Result> {
  const context = { config, configFile: '', out: directory, progress: silentProgress, signal }
  return loadStage(context, { seconds: 2, rate: 60, ...options })
}

function value({ checks }: Result, id: string) {
  return checks.find((each) => each.id === `load.${id}`)?.value
}

/** By both sides, the warm-up's too: on a busy machine a short run is hardly more than that. */
function hits({ data }: Result): number {
  const { k6Hits, edgeHits } = (data as { join: { k6Hits: number; edgeHits: number } }).join
  expect(k6Hits).toBe(edgeHits)
  return k6Hits
}

/** Lets everything below /open through, sends everybody else away, and asks a host of its own. */
const withoutPolicy = `
const https = require('node:https')
https.get('https://flags.example.com/', () => {}).on('error', () => {})
exports.handler = async (event) => {
  const { request } = event.Records[0].cf
  if (request.uri.startsWith('/open/')) return request
  return { status: '302', headers: { location: [{ key: 'Location', value: 'https://login.example.com/' }] } }
}
`

describe.skipIf(!k6)('a foreign function under load', () => {
  it.each(['cognito-at-edge', 'jose'] as const)('by its own policy: %s answers as it says', async (name) => {
    const { file, policy } = await buildShipped(name, { directory })
    const result = await load({ handler: file, policy: 'given' }, { ...demo, policy })
    expect(result.checks.find(({ id }) => id === 'load.wrong-answers')).toMatchObject({ value: 0, verdict: 'pass' })
    expect(value(result, 'error-ratio')).toBe(0)
    expect(hits(result)).toBeGreaterThan(5)
    expect(value(result, 'jwks-fetches')).toBeGreaterThan(0)
  })

  it('by another policy is found out', async () => {
    const handler = join(directory, 'open.mjs')
    writeFileSync(handler, 'export const handler = async (event) => event.Records[0].cf.request')
    const { checks, verdict } = await load({ handler, policy: 'given' })
    expect(verdict).toBe('fail')
    expect(checks.find(({ id }) => id === 'load.wrong-answers')).toMatchObject({ verdict: 'fail' })
  })

  it('without a policy is asked for given paths, and its hits, errors and times are told', async () => {
    const handler = join(directory, 'function.js')
    writeFileSync(handler, withoutPolicy)
    const paths = join(directory, 'paths.txt')
    writeFileSync(paths, '/open/a\n/open/b%20c\n/closed\n')
    const result = await load({ handler, paths })
    expect(value(result, 'wrong-answers')).toBeUndefined()
    expect(value(result, 'error-ratio')).toBe(0)
    expect(hits(result)).toBeGreaterThan(5)
    expect(result.checks.map(({ id }) => id)).toContain('load.intended.answered.p99')
    expect(result.data).toMatchObject({ edge: { results: { LambdaGeneratedResponse: expect.any(Number) } } })
    expect(value(result, 'refused-connections')).toBeGreaterThan(0)
    expect(value(result, 'join.one-sided')).toBe(0)
  })

  it('that throws is an error at each request', async () => {
    const handler = join(directory, 'throws.cjs')
    writeFileSync(handler, 'exports.handler = async () => { throw new Error("no") }')
    const { checks } = await load({ handler })
    expect(checks.find(({ id }) => id === 'load.error-ratio')).toMatchObject({
      value: 100,
      verdict: 'fail',
      detail: expect.stringMatching(/503/),
    })
  })

  it('stands in a template of its own', async () => {
    const { template } = await synthesize({ policy: demo.policy })
    const file = join(directory, 'template.json')
    writeFileSync(file, JSON.stringify(template))
    const result = await load({ template: file, policy: 'given' }, { ...demo, site: {} })
    expect(value(result, 'wrong-answers')).toBe(0)
    expect(hits(result)).toBeGreaterThan(5)
  })
})

describe('a function that cannot be loaded', () => {
  const smoke = scenarioNamed('smoke')
  const broken = join(directory, 'broken.js')
  writeFileSync(broken, 'exports.handler = (')

  it.each([
    [
      'no such file',
      { handler: join(directory, 'absent.js') },
      'smoke',
      /^--handler: .*absent\.js cannot be read as a program/,
    ],
    [
      'no program',
      { handler: broken },
      'smoke',
      /^--handler: .*broken\.js cannot be read as a program: .*broken\.js:1\)/,
    ],
    ['tokens without a policy', { handler: broken }, 'hostile', /^--scenario: hostile sends tokens, .*pass --policy/],
    [
      'paths beside a policy',
      { handler: broken, policy: 'x', paths: 'x' },
      'smoke',
      /^--paths: the policy's own routes/,
    ],
    ['paths for our own', { paths: 'x' }, 'smoke', /^--paths: is for --target, or for --handler/],
  ])('is refused: %s', async (_, options, scenario, message) => {
    await expect(
      functionUnderLoad(options, demo, scenario === 'smoke' ? smoke : scenarioNamed(scenario)),
    ).rejects.toThrow(message)
  })
})
