import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { silentProgress } from '../../command/progress.ts'
import demo from '../../edgeproof.config.ts'
import type { Result } from '../../result/result.ts'
import { installedK6 } from '../k6/find-k6.ts'
import { type ScriptOptions, scriptStage } from './script-stage.ts'

const k6 = installedK6() ?? ''
if (!k6) console.log('skipped: k6 missing')

const directory = mkdtempSync(join(tmpdir(), 'edgeproof-script-'))
afterAll(() => rmSync(directory, { recursive: true }))
const lines: string[] = []
const progress = { ...silentProgress, log: (line: string) => void lines.push(line) }

function run(name: string, text: string, options: Partial<ScriptOptions> = {}): Promise<Result> {
  const script = join(directory, name)
  writeFileSync(script, text)
  const { signal } = new AbortController()
  return scriptStage({ config: demo, configFile: '', out: directory, progress, signal }, { script, ...options })
}

const named = ({ checks }: Result, id: string) => checks.find((each) => each.id === `load.${id}`)

const open = `
import http from 'k6/http'
import { check } from 'k6'
export const options = {
  scenarios: { api: { executor: 'constant-arrival-rate', rate: 80, timeUnit: '1s', duration: '1s', preAllocatedVUs: 60, exec: 'read' } },
}
const paths = JSON.parse(__ENV.EDGEPROOF_PATHS)
export function read() {
  const path = paths[__ITER % paths.length]
  const answer = http.get(__ENV.API + path, { headers: { Authorization: 'Bearer ' + __ENV.EDGEPROOF_TOKEN } })
  check(answer, { 'may be read': ({ status }) => status === 200 })
}
`

const closed = `
import http from 'k6/http'
import { check, sleep } from 'k6'
export const options = { vus: 2, iterations: 10, thresholds: { http_req_duration: ['max<0'] } }
export default function () {
  check(http.get('https://www.example.com/users/somebody/file', { redirects: 0 }), { 'is found': ({ status }) => status === 200 })
  sleep(0.01)
}
`

describe.skipIf(!k6)("a user's own script", () => {
  it('is streamed, counted and merged over its processes, and its iterations timed from their intended start', async () => {
    const csv = join(directory, 'k6.csv')
    const options = { segments: 2, env: ['API={url}'], k6Out: [`csv=${csv}`], live: true }
    const result = await run('open.js', open, options)
    expect(named(result, 'end')).toBeUndefined()
    // A busy machine drops some of the eighty.
    const [, held] = /^(\d+) held$/.exec(named(result, 'script.checks')?.detail ?? '') ?? []
    expect(Number(held)).toBeGreaterThan(20)
    expect(named(result, 'script.checks')).toMatchObject({ value: 0, verdict: 'pass' })
    expect(named(result, 'script.requests')).toMatchObject({
      value: 0,
      detail: `k6 sent ${held} to the edge; the edge answered ${held}`,
    })
    expect(named(result, 'hit-ratio')?.value).toBeGreaterThan(0)
    expect(named(result, 'late.p99')?.value).toBeGreaterThan(0)
    expect(named(result, 'intended.iteration.p99')?.detail).toBe(`${held} requests`)
    expect(existsSync(csv) && readFileSync(csv, 'utf8')).toMatch(/http_req_duration/)
    expect(lines.filter((line) => /^\d+ s: \d+\/s, p50 .* ms, hits .* %, errors 0$/.test(line)).length).toBeGreaterThan(
      0,
    )
  })

  it("of a closed model has no intended starts, and its failed checks and thresholds are the run's", async () => {
    const result = await run('closed.js', closed, { host: ['www.example.com'] })
    expect(named(result, 'script.requests')).toMatchObject({
      value: 0,
      detail: 'k6 sent 10 to the edge; the edge answered 10',
    })
    expect(named(result, 'script.checks')).toMatchObject({ value: 10, verdict: 'fail', detail: '10x is found, of 10' })
    expect(named(result, 'late')).toMatchObject({
      verdict: 'not-measured',
      detail: expect.stringMatching(/use constant-arrival-rate/),
    })
    expect(named(result, 'end')).toMatchObject({ verdict: 'fail', detail: expect.stringMatching(/thresholds/) })
    expect(named(result, 'tls.p99')?.value).toBeGreaterThan(0)
  })

  it('that k6 cannot read is refused with its words', async () => {
    await expect(run('broken.js', 'export default function () {')).rejects.toThrow(
      /^--script: .*broken\.js: k6 cannot read it: /,
    )
    await expect(run('open.js', open, { env: ['API'] })).rejects.toThrow('--env API: should be NAME=VALUE')
  })
})
