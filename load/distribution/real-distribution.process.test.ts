import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { silentProgress } from '../../command/progress.ts'
import type { RequestRecord } from '../../edge/log/request-record.ts'
import demo from '../../edgeproof.config.ts'
import { allObjects } from '../../testing/population/population.ts'
import { installedK6 } from '../k6/find-k6.ts'
import { type LocalTarget, startLocalTarget } from '../local-distribution.ts'
import { scenarioNamed } from '../scenarios/catalogue.ts'
import { accessLogsStage } from './access-logs-stage.ts'
import { realTarget } from './real-distribution.ts'
import { realLoadStage } from './real-load-stage.ts'

const directory = mkdtempSync(join(tmpdir(), 'edgeproof-target-'))
afterAll(() => rmSync(directory, { recursive: true }))

const file = (name: string, content: string) => {
  const path = join(directory, name)
  writeFileSync(path, content)
  return path
}
const signal = new AbortController().signal
const context = { config: demo, configFile: '', out: directory, progress: silentProgress, signal }
if (!installedK6()) console.log('skipped: k6 missing')

describe.skipIf(!installedK6())('a target that is not ours, here the local edge over its URL alone', () => {
  let site: LocalTarget
  const logged: RequestRecord[] = []
  beforeAll(async () => {
    site = await startLocalTarget({ config: demo, scenario: scenarioNamed('smoke'), requests: 0, seconds: 60, signal })
    site.edge.log.subscribe((record) => logged.push(record))
  })
  afterAll(() => site.close())

  it('is measured with the given tokens and paths, and its logs joined afterwards', async () => {
    const values = await Promise.all(
      site.population.users.map(({ identity }) => (identity ? site.credentials.valid(identity, 0, false) : null)),
    )
    const tokens = file(
      'tokens.json',
      JSON.stringify({ tokens: values.map((header) => header?.value.replace('Bearer ', '')) }),
    )
    const paths = file(
      'paths.txt',
      allObjects(site.population)
        .map(({ path }) => path)
        .join('\n'),
    )
    const result = await realLoadStage(context, { target: site.url, tokens, paths, seconds: 3, rate: 60 })
    const checks = Object.fromEntries(result.checks.map(({ id, value }) => [id, value]))
    expect(checks).toMatchObject({ 'load.rate': 60, 'load.wrong-answers': 0, 'load.error-ratio': 0 })
    expect(checks['load.hit-ratio']).toBeGreaterThan(30)

    const half = Math.floor(logged.length / 2)
    const w3c = file('E1.gz', '')
    writeFileSync(w3c, gzipSync(standardLog(logged.slice(0, half))))
    const json = file('E2.json', logged.slice(half).map(jsonLine).join('\n'))
    const joined = await accessLogsStage(context, { files: [w3c, json] })
    const counts = Object.fromEntries(joined.checks.map(({ id, value }) => [id, value]))
    // One more in the logs: the question whether the target answers at all.
    expect(counts).toMatchObject({
      'accesslogs.missing': 0,
      'accesslogs.hits': 0,
      'accesslogs.disagreements': 0,
      'accesslogs.others': 1,
    })
    expect(counts['accesslogs.joined']).toBe(
      readFileSync(join(directory, 'load-requests.ndjson'), 'utf8').trim().split('\n').length,
    )
  })
})

describe.skipIf(!installedK6())('a target that cannot be measured', () => {
  let server: Server
  const paths = file('public.txt', '/public/a')
  beforeAll(async () => {
    server = createServer((_, response) => void response.end('hello'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => void server.close())

  it('because it answers without X-Cache is not measured, with the reason', async () => {
    const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const { verdict, checks } = await realLoadStage(context, { target, paths })
    expect(verdict).toBe('not-measured')
    expect(checks[0]?.detail).toMatch(/answers 200 without X-Cache/)
  })

  it('because nothing answers is a mistake in the usage', async () => {
    await expect(realLoadStage(context, { target: 'http://127.0.0.1:9', paths })).rejects.toThrow(
      /^--target: http:\/\/127\.0\.0\.1:9 does not answer \(.*\); is it deployed, and reachable from here\?$/,
    )
  })
})

describe('what a real target needs', () => {
  const paths = file('some.txt', '/public/a\n')
  it.each([
    [
      'no paths',
      { target: 'https://d1.cloudfront.net' },
      '--paths: missing; a real target needs a file with one existing path on each line',
    ],
    [
      'a path without a slash',
      { target: 'https://d1.cloudfront.net', paths: file('bad.txt', 'public/a') },
      /bad\.txt: "public\/a" should begin with "\/"$/,
    ],
    [
      'paths that nobody may read',
      { target: 'https://d1.cloudfront.net', paths: file('none.txt', '/users/x/y') },
      /none\.txt: the policy grants none of these paths/,
    ],
    [
      'tokens that are none',
      { target: 'https://d1.cloudfront.net', paths, tokens: file('t1.json', '{"tokens":["x"]}') },
      /t1\.json holds something that is no JWT/,
    ],
    [
      'an empty list of tokens',
      { target: 'https://d1.cloudfront.net', paths, tokens: file('t2.json', '{"tokens":[]}') },
      /t2\.json should hold/,
    ],
    [
      'an outputs file without a distribution',
      { target: file('o.json', '{"Stack":{}}'), paths },
      /o\.json has no output DistributionDomain/,
    ],
    ['no such file', { target: join(directory, 'nowhere.json'), paths }, /nowhere\.json cannot be read \(ENOENT\)$/],
  ])('%s: is refused with a remedy', async (_, options, message) => {
    await expect(realTarget(demo.policy, options)).rejects.toThrow(message)
  })

  it('is read from what cdk wrote', async () => {
    const outputs = { SiteStack: { DistributionDomain: 'd1.cloudfront.net', DistributionId: 'E1' } }
    const target = await realTarget(demo.policy, { target: file('outputs.json', JSON.stringify(outputs)), paths })
    expect(target).toMatchObject({
      url: 'https://d1.cloudfront.net',
      distribution: { id: 'E1', host: 'd1.cloudfront.net' },
    })
  })

  it('rules out scenarios that need the local edge', async () => {
    await expect(
      realLoadStage(context, { target: 'https://d1.cloudfront.net', paths, scenario: 'key-rotation' }),
    ).rejects.toThrow(/^--scenario: key-rotation needs the local edge/)
  })
})

function standardLog(records: readonly RequestRecord[]): string {
  const lines = records.map(({ id, xCache, status, bytes }) => [id, xCache.split(' ')[0], status, bytes].join('\t'))
  return [
    '#Version: 1.0',
    '#Fields: x-edge-request-id x-edge-response-result-type sc-status sc-bytes',
    ...lines,
    '',
  ].join('\n')
}

function jsonLine({ id, xCache, status }: RequestRecord): string {
  return JSON.stringify({
    'x-edge-request-id': id,
    'x-edge-result-type': xCache.split(' ')[0],
    'sc-status': String(status),
  })
}
