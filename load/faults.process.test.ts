/** The local edge under real k6 while something breaks. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { silentProgress } from '../command/progress.ts'
import { objectivesOf } from '../config/objectives-schema.ts'
import demo from '../edgeproof.config.ts'
import { readResult } from '../result/result-file.ts'
import { installedK6 } from './k6/find-k6.ts'
import { loadChecks } from './load-checks.ts'
import { type LoadRun, loadRun } from './load-run.ts'
import { type LocalTarget, startLocalTarget } from './local-distribution.ts'
import type { Scenario } from './scenarios/scenario.ts'

const k6 = installedK6() ?? ''
if (!k6) console.log('skipped: k6 missing')

const directory = mkdtempSync(join(tmpdir(), 'edgeproof-faults-'))
afterAll(() => rmSync(directory, { recursive: true }))

const signal = new AbortController().signal
const cli = fileURLToPath(new URL('../cli.ts', import.meta.url))
/** A mount that only the child sees. */
const mountNamespace = ['--map-root-user', '--mount']
const privateMounts = spawnSync('unshare', [...mountNamespace, 'true']).status === 0
const scenario: Scenario = {
  name: 'fault',
  title: '',
  rate: 60,
  seconds: 2,
  warmUp: 0,
  arrival: 'constant',
  mix: { valid: 80, public: 10, forged: 5, expired: 5 },
  users: 6,
  objects: 3,
  zipf: 1,
  tokens: 'per-user',
  jwks: { maxAge: 1, maxStale: 3600, cooldown: 0.5 },
}

describe.skipIf(!k6)('under load', () => {
  let target: LocalTarget
  beforeAll(async () => {
    const whole = { ...scenario, objects: 40 }
    target = await startLocalTarget({ config: demo, scenario: whole, requests: 0, seconds: 600, signal })
    // A run of two seconds has no time for the start of a sandbox on a busy machine.
    await (await fetch(`${target.url}/`)).arrayBuffer()
  })
  afterAll(() => target.close())

  const underLoad = async (changes: Partial<Scenario>, binary = k6): Promise<LoadRun> => {
    const changed = { ...scenario, ...changes }
    const { seconds, rate } = changed
    const options = { k6: binary, target, segments: 1, seed: 1, progress: silentProgress, signal }
    const run = await loadRun({ ...options, rate, scenario: changed, seconds })
    target.edge.issuer.restore()
    target.edge.origin.restore()
    return run
  }

  it('the origin goes down: hits are served, misses are errors, and nothing wrong is in the cache afterwards', async () => {
    const run = await underLoad({ events: [{ at: 0.4, action: 'origin-down' }], mix: { valid: 1 } })
    expect([...run.measured.faults.values()]).toMatchObject([{ kind: 'error', class: 'valid' }])
    const { hits, errors } = run.measured.counts
    expect(errors).toBeGreaterThan(5)
    expect(hits).toBeGreaterThan(5)
    const again = await underLoad({ mix: { valid: 1 } })
    expect(again.measured.faults).toEqual(new Map())
    expect(again.measured.counts.hits).toBeGreaterThan(50)
  })

  it('the issuer goes down for good: no valid request is refused', async () => {
    const failures = () => target.edge.metrics().issuer.failures
    const before = failures()
    const run = await underLoad({ events: [{ at: 0.2, action: 'issuer-down' }] })
    expect(run.measured.faults).toEqual(new Map())
    expect(failures()).toBeGreaterThan(before + 1)
    expect(run.measured.by.class.get('valid')?.denials).toBe(0)
  })

  it('a sandbox is killed: at most the one request in it fails', async () => {
    const ended = () => target.edge.metrics().sandboxes.started - target.edge.metrics().sandboxes.running
    const before = ended()
    const run = await underLoad({ events: [{ at: 0.5, action: 'kill-sandbox' }] })
    const faults = [...run.measured.faults.values()]
    expect(faults.filter(({ kind }) => kind !== 'error')).toEqual([])
    expect(faults.reduce((sum, { count }) => sum + count, 0)).toBeLessThanOrEqual(1)
    expect(ended()).toBeGreaterThan(before)
  })

  it('k6 is killed: the run says so and keeps what was measured', async () => {
    const killed = join(directory, 'killed-k6')
    writeFileSync(killed, `#!/bin/sh\nexec timeout --signal=KILL 3 "${k6}" "$@"\n`)
    chmodSync(killed, 0o755)
    const run = await underLoad({ seconds: 30 }, killed)
    const checks = loadChecks({ run, scenario, objectives: objectivesOf(undefined), seconds: 30 })
    expect(checks[0]).toMatchObject({ id: 'load.end', verdict: 'fail' })
    expect(checks[0]?.detail).toMatch(
      /^k6 (ended with code 137|was ended by SIGKILL); what was measured until then is kept/,
    )
    expect(run.measured.counts.requests).toBeGreaterThan(20)
    expect(run.join?.joined).toBeGreaterThan(20)
  })

  it.skipIf(!privateMounts)(
    `a full disk for the results: the figures are printed, nothing half written stays${privateMounts ? '' : ' (skipped: unshare missing)'}`,
    async () => {
      const full = join(directory, 'full')
      mkdirSync(full)
      const load = `"${process.execPath}" "${cli}" load --seconds 1 --rate 20 --out "${full}"`
      const inside = `mount -t tmpfs -o size=4k tmpfs "${full}" && { ${load}; code=$?; ls -A "${full}"; exit $code; }`
      const { status, stdout, stderr } = spawnSync('unshare', [...mountNamespace, 'sh', '-c', inside], {
        encoding: 'utf8',
      })
      expect(stderr).toMatch(/load\.json: cannot be written \(ENOSPC\); choose another directory with --out\n$/)
      expect(stdout).toMatch(/wrong answers/)
      // Nothing is listed after the figures.
      expect(stdout).not.toMatch(/load\.json/)
      expect(status).toBe(2)
    },
  )

  it('an authorizer that lets everything through is found out, in every class that it should deny', async () => {
    const program = 'exports.handler = async (event) => event.Records[0].cf.request'
    const broken = await startLocalTarget({ config: demo, scenario, requests: 0, seconds: 600, program, signal })
    try {
      const mix: Scenario['mix'] = { valid: 1, anonymous: 1, expired: 1, forged: 1, forbidden: 1 }
      const options = { k6, target: broken, rate: 60, segments: 1, seed: 1, progress: silentProgress, signal }
      const { measured } = await loadRun({ ...options, scenario: { ...scenario, mix }, seconds: 2 })
      const faults = [...measured.faults.values()].map((fault) => `${fault.kind} ${fault.class}`)
      expect(faults.sort()).toEqual(
        ['anonymous', 'expired', 'forbidden', 'forged'].map((kind) => `wrongly-allowed ${kind}`),
      )
    } finally {
      await broken.close()
    }
  })

  it('Ctrl-C: what was measured is in the result file, and no process, port or directory stays', async () => {
    const own = join(directory, 'k6-of-this-test')
    symlinkSync(k6, own)
    const out = join(directory, 'out')
    const env = { ...process.env, K6_BIN: own, TMPDIR: directory }
    const before = readdirSync(directory)
    const child = spawn(process.execPath, [cli, 'load', '--seconds', '60', '--out', out], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    child.stdout.on('data', (chunk) => {
      said += chunk
    })
    let stopped = false
    child.stderr.on('data', (chunk: Buffer) => {
      // Requests have been answered by now.
      if (!stopped && /load: smoke [1-9]\d*\/60/.test(String(chunk))) stopped = child.kill('SIGINT')
    })
    const [code] = await once(child, 'exit')
    expect(code).toBe(130)
    expect(said).toMatch(/the run came to its end/)
    const result = readResult(join(out, 'load.json'))
    expect(result.checks[0]).toMatchObject({ id: 'load.end', verdict: 'inconclusive' })
    expect(result.checks[0]?.detail).toMatch(/^the run was interrupted; what was measured until then is kept/)
    // Cut off in its warm-up or on a cold cache: no reason to call the edge bad.
    expect(result.verdict).toBe('inconclusive')
    expect(said).toMatch(/^inconclusive {2}the run came to its end: the run was interrupted/m)
    expect((result.data as { join: { joined: number } }).join.joined).toBeGreaterThan(20)
    expect(processesOf(own)).toEqual([])
    expect(readdirSync(directory)).toEqual([...before, 'out'].sort())
  })
})

function processesOf(binary: string): string[] {
  if (!existsSync('/proc/self/cmdline')) return []
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((id) => {
      try {
        return readFileSync(`/proc/${id}/cmdline`, 'utf8').startsWith(binary)
      } catch {
        return false
      }
    })
}
