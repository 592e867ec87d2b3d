import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Policy } from '../../authorizer/policy.ts'
import { silentProgress } from '../../command/progress.ts'
import type { Finding } from '../finding.ts'
import type { FuzzOptions } from '../fuzz-options.ts'
import { fuzzStage } from '../fuzz-stage.ts'
import { buildShipped } from '../shipped/shipped-handlers.ts'

const policy: Policy = {
  issuer: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_EXAMPLE01',
  clientIds: ['exampleclient'],
  routes: [{ path: '/groups/{group}/*' }],
}

let directory = ''
let handler = ''
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'edgeproof-soak-'))
  // Right but for one thing: it does not look at the group.
  const tested = await buildShipped('ours', { directory }, { ...policy, routes: [{ path: '/groups/*' }] })
  handler = tested.file
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** `stopAt`: Ctrl-C as soon as so many cases are over. */
async function fuzz(out: string, options: FuzzOptions, stopAt = Number.POSITIVE_INFINITY) {
  const controller = new AbortController()
  const progress = {
    ...silentProgress,
    step(_label: string, done = 0) {
      if (done >= stopAt) controller.abort()
    },
  }
  const context = {
    config: { policy },
    configFile: 'test',
    out: join(directory, out),
    progress,
    signal: controller.signal,
  }
  const { checks, data } = await fuzzStage(context, { handler, runs: 180, checkpoint: 60, ...options })
  const { findings } = data as unknown as { findings: Finding[] }
  return {
    counts: ['fuzz.cases', 'fuzz.requests'].map((id) => checks.find((check) => check.id === id)?.value),
    findings: findings.map(({ class: name, rule, after }) => `${name} ${rule} after ${after.cases}`),
  }
}

test('a run that is stopped and resumed tries and finds the same as one that is not', async () => {
  const whole = await fuzz('whole', {})
  const stopped = await fuzz('stopped', {}, 70)
  expect(stopped.counts).not.toEqual(whole.counts)
  expect(await fuzz('stopped', { resume: true })).toEqual(whole)
  // What is over stays as it is.
  expect(await fuzz('stopped', { resume: true })).toEqual(whole)
})

test.each<[string, FuzzOptions, RegExp]>([
  ['where nothing was saved', { resume: true }, /fuzz-state\.json is not there/],
  ['with another seed', { resume: true, seed: '2' }, /seed was "1" and is now "2"/],
])('a run does not go on %s', async (title, options, reason) => {
  const out = title.startsWith('where') ? 'empty' : 'stopped'
  await expect(fuzz(out, options)).rejects.toThrow(reason)
})
