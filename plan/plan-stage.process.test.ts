import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { silentProgress } from '../command/progress.ts'
import type { Config } from '../config/config.ts'
import { UsageError } from '../config/usage-error.ts'
import config from '../edgeproof.config.ts'
import { Measurement } from '../load/measurement/measurement.ts'
import { runProgram } from '../program.ts'
import { environment } from '../result/environment.ts'
import type { Result } from '../result/result.ts'
import { writeResult } from '../result/result-file.ts'
import { inProcess } from '../testing/command-line.ts'
import { type PlanOptions, planStage } from './plan-stage.ts'

const directory = () => mkdtempSync(join(tmpdir(), 'edgeproof-plan-'))

async function plan(options: PlanOptions & { out?: string; fleet?: Config['fleet'] } = {}): Promise<Result> {
  const { out = directory(), fleet, ...given } = options
  const context = {
    config: { ...config, ...(fleet ? { fleet } : {}) },
    configFile: 'test',
    out,
    progress: silentProgress,
    signal: new AbortController().signal,
  }
  return planStage(context, given)
}

function value(result: Result, id: string) {
  return find(result, id)?.value
}

function find(result: Result, id: string) {
  return result.checks.find((check) => check.id === `plan.${id}`)
}

function document(command: string, data: Result['data']): Result {
  return {
    schema: `edgeproof/${command}@1`,
    startedAt: '2026-01-02T03:04:05.000Z',
    durationMs: 1,
    environment: environment(),
    inputs: {},
    checks: [],
    verdict: 'pass',
    data: JSON.parse(JSON.stringify(data)),
  }
}

function writeLoad(out: string, times: Record<string, readonly number[]>): void {
  const measured = new Measurement()
  for (const [name, values] of Object.entries(times)) for (const time of values) measured.recordTime(name, time)
  writeResult(out, document('load', { measured: JSON.parse(JSON.stringify(measured.toDocument())) }))
}

function writeBench(out: string): void {
  const wall = (median: number) => ({ median, low: median * 0.9, high: median * 1.1 })
  const cases = [
    { id: 'warm', subjects: [{ id: 'edgeproof', wall: wall(60) }] },
    { id: 'hot', subjects: [{ id: 'edgeproof', wall: wall(5) }] },
  ]
  const fresh = [{ suite: 'init', subjects: [{ id: 'edgeproof', wall: wall(40) }] }]
  writeResult(out, document('bench', { cases, fresh }))
}

test('where nothing was measured nothing is planned', async () => {
  const result = await plan()
  expect(result.verdict).toBe('not-measured')
  expect(result.checks.map(({ id, value }) => [id, value])).toEqual([
    ['plan.service', null],
    ['plan.init', null],
  ])
})

test('times come from options, else from the load, else from the benchmark, and the plan says which', async () => {
  const out = directory()
  writeBench(out)
  const fromBench = await plan({ out })
  expect(value(fromBench, 'service')).toBe(0.06)
  expect(find(fromBench, 'service')?.interval?.low).toBeCloseTo(0.0045, 10)
  expect(find(fromBench, 'service')?.detail).toContain('bench.json of 2026-01-02')
  expect(value(fromBench, 'init')).toBe(40)

  writeLoad(out, { authorizer: [0.2, 0.4, 0.2, 0.4], 'cold-start': [300] })
  const fromLoad = await plan({ out })
  expect(value(fromLoad, 'service')).toBeCloseTo(0.3, 2)
  expect(find(fromLoad, 'service')?.detail).toContain('load.json')
  expect(value(fromLoad, 'init')).toBe(40)

  const given = await plan({ out, serviceMs: 2, initMs: 100 })
  expect([value(given, 'service'), value(given, 'init')]).toEqual([2, 100])
  expect(find(given, 'service')?.detail).toBe('--service-ms')
})

test('without INIT its cost is not measured, and the total says that it is left out', async () => {
  const out = directory()
  writeLoad(out, { authorizer: [0.3] })
  const result = await plan({ out })
  expect(find(result, 'init')).toMatchObject({
    verdict: 'not-measured',
    detail: expect.stringContaining('pass --init-ms'),
  })
  expect(value(result, 'rate-100.cost')).toBeGreaterThan(0)
  expect(find(result, 'rate-100.cost')?.detail).toContain('init not measured and left out')
  expect(value(result, 'spike.cold-starts')).toBeNull()
})

test('below 100 ms the requests per second bind before the concurrency, above it after', async () => {
  const short = await plan({ serviceMs: 1, initMs: 100, rates: [10_000] })
  expect(value(short, 'rate-10000.binds')).toBe('requests per second, 50 % used')
  const long = await plan({ serviceMs: 150, initMs: 100, rates: [10_000] })
  expect(value(long, 'rate-10000.binds')).toMatch(/^concurrency, /)
  // 5,000 requests per second of 150 ms in the busiest region are 750 in service, of 1,000.
  expect(find(long, 'rate-10000.binds')?.detail).toMatch(/concurrency 85\d .* of 1,000/)
})

test('a rate beyond the default quotas names what to ask for, with headroom', async () => {
  const result = await plan({ serviceMs: 1, initMs: 100, rates: [100, 1_000_000] })
  expect(value(result, 'rate-100.increases')).toBe('none')
  // 500,000 requests/s in the busiest region need a concurrency of 50,000, and a quarter more.
  expect(find(result, 'rate-1000000.increases')?.detail).toContain('region 1 of 3: 1,000 to 63,000')
  expect(find(result, 'rate-1000000.increases')?.detail).toContain('of the distribution: 250,000 to 1,300,000')
  expect(value(result, 'spike.refused')).toBeGreaterThan(value(result, 'spike.refused-after-increase') as number)
})

test("quotas, prices and assumptions can be one's own: the configuration's, and a file's over them", async () => {
  const own = { serviceMs: 1, initMs: 100, rates: [10_000] }
  const listed = value(await plan(own), 'rate-10000.cost') as number
  const out = directory()
  const file = join(out, 'quotas.json')
  writeFileSync(file, JSON.stringify({ prices: { httpsRequest: 0 }, quotas: { concurrency: 100 } }))
  const fleet = { quotas: { concurrency: 100_000 }, assumptions: { slowdown: 1, lifetimeSeconds: 3600 } }
  const configured = await plan({ ...own, fleet })
  expect(value(configured, 'rate-10000.binds')).toMatch(/, 0.5 % used/)
  const result = await plan({ ...own, fleet, quotas: file })
  // HTTPS requests are 26,280 dollars of a month of 10,000 a second at the list price.
  expect(listed - (value(result, 'rate-10000.cost') as number)).toBeCloseTo(26_280, -2)
  expect(value(result, 'rate-10000.binds')).toMatch(/, 500 % used/)
  expect(find(result, 'service')?.interval).toBeUndefined()
})

test('every figure of the plan has its band, and the band holds the figure', async () => {
  const out = directory()
  writeBench(out)
  const { checks } = await plan({ out })
  for (const { id, value, interval } of checks) {
    if (typeof value !== 'number' || /refused|quotas$/.test(id)) continue
    expect([id, interval]).not.toEqual([id, undefined])
    expect(interval?.low).toBeLessThanOrEqual(value)
    expect(interval?.high).toBeGreaterThanOrEqual(value)
  }
})

test('an exceeded quota fails, one that is exceeded at the ends of the assumptions is undecided', async () => {
  const inTime = await plan({
    serviceMs: 1,
    initMs: 100,
    rates: [10_000],
    fleet: { traffic: { spike: { from: 10, to: 20, seconds: 60 } } },
  })
  expect(find(inTime, 'rate-10000.quotas')).toMatchObject({ value: 50, limit: 100, verdict: 'pass' })
  expect(inTime.verdict).toBe('pass')
  const beyond = await plan({ serviceMs: 1, initMs: 100, rates: [30_000] })
  expect(find(beyond, 'rate-30000.quotas')).toMatchObject({
    value: 150,
    verdict: 'fail',
    detail: expect.stringMatching(/^ask for it .*region 1 of 3/),
  })
  expect(beyond.verdict).toBe('fail')
  // 80 ms on the machine it was measured on may be a second in a function of 128 MB.
  const unsure = await plan({ serviceMs: 80, initMs: 100, rates: [10_000] })
  expect(find(unsure, 'rate-10000.quotas')).toMatchObject({
    verdict: 'inconclusive',
    detail: expect.stringMatching(/^enough by the values/),
  })
  const launch = await plan({
    serviceMs: 1,
    initMs: 100,
    rates: [100],
    fleet: { traffic: { spike: { from: 1000, to: 100_000, seconds: 900 } } },
  })
  expect(find(launch, 'spike.refused')).toMatchObject({
    verdict: 'fail',
    detail: expect.stringMatching(/ask for concurrent executions/),
  })
})

test('traffic that nobody named is an example: what it would exceed is told, and fails nothing', async () => {
  const result = await plan({ serviceMs: 1, initMs: 100 })
  expect(find(result, 'rate-1000000.quotas')).toMatchObject({
    limit: null,
    verdict: 'pass',
    detail: expect.stringMatching(/^an example, judged where the traffic is named \(--rates\); ask for it/),
  })
  expect(result.verdict).toBe('pass')
})

test("a deployment's storm of fetches is held against the quota that is given, and against none that is not", async () => {
  const given = { serviceMs: 0.4, initMs: 100, rates: [1_000_000] }
  const silent = find(await plan(given), 'rate-1000000.deploy-rate')
  expect(silent).toMatchObject({
    limit: null,
    detail: expect.stringMatching(/compared with no quota: Cognito's .*quotas\.jwksRequests/),
  })
  const verdict = async (jwksRequests: number) =>
    find(await plan({ ...given, fleet: { quotas: { jwksRequests } } }), 'rate-1000000.deploy-rate')?.verdict
  expect(await verdict(1)).toBe('fail')
  expect(await verdict(1000)).toBe('inconclusive')
  expect(await verdict(1e7)).toBe('pass')
})

test('more memory costs more and starts sooner', async () => {
  const result = await plan({ serviceMs: 0.4, initMs: 150, rates: [10_000] })
  expect(value(result, 'memory.init')).toBe('128 MB 150 to 2,070 ms, 512 MB 150 to 518 ms, 1769 MB 150 ms')
  const { rates } = (
    result.data as unknown as { plan: { rates: { memory: { megabytes: number; month: { value: number } }[] }[] } }
  ).plan
  const months = rates[0]?.memory.map(({ month }) => month.value) ?? []
  expect(months).toHaveLength(5)
  expect(months.toSorted((a, b) => a - b)).toEqual(months)
  const large = await plan({ serviceMs: 0.4, initMs: 150, rates: [10_000], memory: 1769 })
  expect(find(large, 'init')?.interval).toBeUndefined()
  expect(value(large, 'rate-10000.cost')).toBe(months.at(-1))
})

test('names the cheapest flat-rate plan, and none above the largest', async () => {
  const result = await plan({ serviceMs: 0.4, initMs: 150, rates: [3, 40, 10_000] })
  expect(value(result, 'rate-3.flat-rate')).toBe('Pro, $15')
  expect(value(result, 'rate-40.flat-rate')).toBe('Business, $200')
  expect(find(result, 'rate-40.flat-rate')?.detail).toMatch(/as you go \$\d+; by a second-hand source/)
  expect(value(result, 'rate-10000.flat-rate')).toBe('none')
})

test('every row says its page, its date and how sure it is', async () => {
  const { sources } = (await plan({ serviceMs: 1 })).data as unknown as {
    sources: Record<string, Record<string, { page: string; date: string; sure: string }>>
  }
  const { flatRatePlans, lambdaEdgeInFlatRate, quotas, prices, assumptions } = sources
  const rows = [quotas, prices, assumptions, { flatRatePlans, lambdaEdgeInFlatRate }].flatMap((group) =>
    Object.entries(group ?? {}),
  )
  expect(rows.length).toBeGreaterThan(20)
  for (const [name, row] of rows as [string, { page: string; date: string; sure: string }][]) {
    expect([name, row.page]).not.toEqual([name, ''])
    // What was read says when.
    if (row.sure === 'stored' || row.sure === 'secondary')
      expect([name, row.date]).toEqual([name, expect.stringMatching(/^\w+ 2026$/)])
    else expect([name, row.sure]).toEqual([name, expect.stringMatching(/^(recalled|guessed|ours)$/)])
  }
})

test.each([
  ['a file that is not there', null, /quotas\.json: not found; pass --quotas FILE/],
  ['one that is not JSON', '{', /quotas\.json: is not JSON/],
  [
    'a quota that there is none of',
    '{"quotas":{"concurency":1}}',
    /quotas\.json: quotas\.concurency: is not a field; did you mean concurrency\?/,
  ],
  ['a price below zero', '{"prices":{"alarm":-1}}', /quotas\.json: prices\.alarm: should be 0 or more/],
  ['ends the wrong way round', '{"assumptions":{"zipf":{"value":1,"low":2,"high":3}}}', /assumptions\.zipf: should be/],
  ['regions that are not the whole', '{"traffic":{"regions":[0.5]}}', /traffic\.regions: should add up to 1/],
])('%s is one line that names file and field', async (_, content, line) => {
  const quotas = join(directory(), 'quotas.json')
  if (content !== null) writeFileSync(quotas, content)
  const refused = plan({ serviceMs: 1, quotas })
  await expect(refused).rejects.toThrow(UsageError)
  await expect(refused).rejects.toThrow(line)
})

test('a result file that is cut off ends with exit code 2, and no plan is written', async () => {
  const out = directory()
  writeFileSync(join(out, 'load.json'), '{"schema": "edgeproof/load@1", "startedAt"')
  const { status, stderr, stdout } = await inProcess(() => runProgram(['plan', '--out', out]))
  expect(stderr).toMatch(/load\.json: /)
  expect(stderr.trim().split('\n').length).toBe(1)
  expect([status, stdout]).toEqual([2, ''])
  expect(readdirSync(out)).toEqual(['load.json'])
})
