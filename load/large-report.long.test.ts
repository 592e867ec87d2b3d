import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { exampleResult } from '../reports/example-report.ts'
import { check } from '../result/result.ts'
import { writeResult } from '../result/result-file.ts'
import type { Sample } from './k6/sample.ts'
import { runData } from './load-run.ts'
import { Measurement, merged } from './measurement/measurement.ts'
import { TimeSeries } from './measurement/time-series.ts'

const cli = fileURLToPath(new URL('../cli.ts', import.meta.url))
const requests = 10_000_000
const parts = 100

/** Ten minutes of load as load's own types hold them: a hundredth is recorded, and a hundred such parts are merged. */
function writeLargeLoad(out: string): void {
  const part = new Measurement()
  const series = new TimeSeries(600, 10)
  series.begin(0)
  const classes = ['public', 'own', 'group', 'expired', 'forged']
  for (let index = 0; index < requests / parts; index += 1) {
    // Spread over five powers of ten, so that as many of the histograms' buckets are filled as ever will be.
    const durationMs = 10 ** (((index * 7919) % 50_000) / 10_000 - 1)
    const cache = ['Hit', 'Hit', 'Hit', 'Miss', 'LambdaGeneratedResponse'][index % 5] ?? ''
    const sample: Sample = {
      at: (index * 600_000 * parts) / requests,
      durationMs,
      intendedMs: durationMs,
      lateMs: 0,
      connectMs: 0,
      tlsMs: 0,
      class: classes[index % 7] ?? 'other',
      route: `/route-${index % 20}/*`,
      cache,
      pop: `POP${index % 8}`,
      id: '',
      status: 200,
      bytes: 1000,
      fault: null,
    }
    part.add(sample, false)
    part.recordTime('authorizer', durationMs / 10)
    series.addSample(sample)
  }
  const measured = merged(Array.from({ length: parts }, () => part))
  const machine = { foreign: null, steal: null, ownSeconds: 0, k6Seconds: 0 }
  const data = JSON.parse(JSON.stringify(runData({ measured, join: null, series: series.toDocument(), machine })))
  const count = { id: 'load.requests', title: 'requests', value: measured.counts.requests, unit: 'count' } as const
  writeResult(out, exampleResult('load', [check({ ...count, limit: null, direction: 'none' })], { data }))
}

/** The kernel's own record of the child; `resourceUsage` would begin with what its parent had. */
const sayPeak = `import { readFileSync } from 'node:fs'
process.on('exit', () => process.stderr.write(/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]))`

test.skipIf(process.platform !== 'linux')('a report of ten million requests is made in 512 MB', () => {
  const out = mkdtempSync(join(tmpdir(), 'edgeproof-large-'))
  writeLargeLoad(out)
  const began = performance.now()
  const { stderr, status } = spawnSync(
    process.execPath,
    [
      '--max-old-space-size=384',
      `--import=data:text/javascript,${encodeURIComponent(sayPeak)}`,
      cli,
      'report',
      '--out',
      out,
    ],
    { encoding: 'utf8' },
  )
  const seconds = (performance.now() - began) / 1000
  expect(status).toBe(3)
  const peakMegabytes = Number(stderr) / 1024
  expect(peakMegabytes).toBeGreaterThan(30)
  expect(peakMegabytes).toBeLessThan(512)
  const page = statSync(join(out, 'report.html')).size
  expect(page).toBeLessThan(1_000_000)
  expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('10,000,000')
  console.log(
    `report of ${requests.toLocaleString('en-US')} requests: ${seconds.toFixed(1)} s, ${peakMegabytes.toFixed(0)} MB at most; load.json ${(statSync(join(out, 'load.json')).size / 1024).toFixed(0)} KB, report.html ${(page / 1024).toFixed(0)} KB`,
  )
})
