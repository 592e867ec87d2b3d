import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { silentProgress } from '../../command/progress.ts'
import { type EffectivenessOptions, effectivenessStage } from './effectiveness-stage.ts'
import { cataloguePolicy } from './flaws/flawed-handler.ts'

let out = ''
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'edgeproof-effectiveness-'))
})
afterAll(() => rmSync(out, { recursive: true, force: true }))

function measure(options: EffectivenessOptions) {
  const signal = new AbortController().signal
  const context = { config: { policy: cataloguePolicy }, configFile: 'test', out, progress: silentProgress, signal }
  const few = { flaw: 'alg-none-accepted', seconds: 60, baselineSeconds: 0.5, strict: true }
  return effectivenessStage(context, { ...few, ...options })
}

const lines = () => readFileSync(join(out, 'effectiveness-runs.jsonl'), 'utf8').trimEnd().split('\n')
const valueIn = (result: Awaited<ReturnType<typeof measure>>, id: string) =>
  result.checks.find((check) => check.id === `effectiveness.${id}`)?.value

test('each run is kept as it ends, and a measurement that goes on does only what is missing', async () => {
  const first = await measure({ seeds: 1 })
  expect([valueIn(first, 'flaws'), valueIn(first, 'full'), valueIn(first, 'bytes')]).toEqual([1, 1, 0])
  const kept = lines()
  expect(kept).toHaveLength(4)
  const more = await measure({ seeds: 2, resume: true })
  expect(lines().slice(0, 4)).toEqual(kept)
  expect(lines()).toHaveLength(5)
  expect(valueIn(more, 'runs')).toBe(5)
  expect(readFileSync(join(out, 'effectiveness.md'), 'utf8')).toMatch(/^\| alg-none-accepted \| CWE-347 \| 2\/2 \|/m)
  appendFileSync(join(out, 'effectiveness-runs.jsonl'), '{}\n')
  await expect(measure({ resume: true })).rejects.toThrow(/line 6 is no run/)
})
