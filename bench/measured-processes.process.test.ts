/** The measured processes as they are run, with the fewest requests that mean anything. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { silentProgress } from '../command/progress.ts'
import { measureKeyChanges } from './jwks/jwks-suite.ts'
import { type JwksServer, startJwksServer } from './jwks-server.ts'
import { measureLatency } from './latency/latency-suite.ts'
import { measureRounds } from './rounds/rounds-suite.ts'
import { bundleSubjects, type SubjectBundle } from './subject-bundles.ts'
import { subjects } from './subjects.ts'

const directory = mkdtempSync(join(tmpdir(), 'edgeproof-bench-'))
const context = { progress: silentProgress, signal: new AbortController().signal }
let server: JwksServer
let bundles: SubjectBundle[]

beforeAll(async () => {
  server = await startJwksServer()
  bundles = await bundleSubjects(subjects, directory, server.jwksUri)
})
afterAll(async () => {
  await server.close()
  rmSync(directory, { recursive: true, force: true })
})

const select = (...ids: string[]) => bundles.filter(({ id }) => ids.includes(id))

test('subjects that fetch their keys do so from the local issuer, over TLS, and answer', async () => {
  const ids = ['edgeproof-network', 'jose', 'aws-jwt-verify', 'jsonwebtoken', 'naive']
  const cases = [{ id: 'warm', subjects: ids, plan: { block: 16, warmup: 1, rounds: 2 } }]
  const [summary] = await measureRounds(cases, select(...ids), 64, { processes: 1, seconds: 0 }, context)
  expect(summary?.subjects.map(({ id }) => id)).toEqual(ids)
})

test('a token under a new key makes each subject fetch the keys again, and is allowed', async () => {
  const ids = ['edgeproof-network', 'jose', 'naive']
  const summaries = await measureKeyChanges(select(...ids), 'naive', server, 1, directory, context)
  const rotation = summaries.find(({ change }) => change === 'rotation')
  for (const { id, requests } of rotation?.subjects ?? []) expect(requests, id).toBeGreaterThan(0)
})

test('a subject that was not ready is measured in a new process, one that never is ends the measurement', async () => {
  const [bundle] = select('edgeproof')
  if (!bundle) throw new Error('not bundled')
  const once = join(directory, 'once.js')
  const began = join(directory, 'began')
  const cases = [{ id: 'warm', subjects: ['edgeproof'], plan: { block: 16, warmup: 1, rounds: 2 } }]
  const measure = (program: string) => {
    writeFileSync(once, program)
    return measureRounds(cases, [{ ...bundle, file: once }], 64, { processes: 1, seconds: 0 }, context)
  }
  const denies = "exports.handler = async () => ({ status: '401' })"
  const [summary] = await measure(`const { existsSync, writeFileSync } = require('node:fs')
    if (existsSync('${began}')) exports.handler = require('${bundle.file}').handler
    else { writeFileSync('${began}', ''); ${denies} }`)
  expect(summary?.subjects).toHaveLength(1)
  await expect(measure(denies)).rejects.toThrow('edgeproof: 0 of 8 valid requests were allowed')
})

test('latencies hold each requested sample', async () => {
  const plan = { case: 'hot', subjects: ['edgeproof'], warmup: 10, iterations: 50, processes: 2 }
  const latencies = await measureLatency(plan, select('edgeproof'), context)
  expect(latencies.get('edgeproof')?.samples).toBe(100)
})
