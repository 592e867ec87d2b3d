import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readCorpus } from '../corpus.ts'
import { replayFresh } from '../engine/replay.ts'
import { recordedDifferences } from './recorded-differences.ts'
import { buildShipped } from './shipped-handlers.ts'

const directory = mkdtempSync(join(tmpdir(), 'edgeproof-recorded-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** One stored case for each; shipped-handlers.long.test.ts tries the whole list of attacks. */
const stored = new Map(readCorpus().map((one) => [one.file, one.case]))

test.each(recordedDifferences)('$peer still shows $class $rule', async ({ peer, class: name, rule }) => {
  const file = `${peer}-${name}-${rule.replaceAll('/', '-')}.json`
  const fuzzCase = stored.get(file)
  if (!fuzzCase) throw new Error(`fuzz/corpus has no ${file}`)
  const tested = await buildShipped(peer, { directory })
  const judged = await replayFresh(tested, fuzzCase)
  const shown = judged.flatMap(({ observations }) => observations.map((one) => `${one.class} ${one.rule}`))
  expect(shown).toContain(`${name} ${rule}`)
  const recorded = recordedDifferences.filter((one) => one.peer === peer).map((one) => `${one.class} ${one.rule}`)
  expect(recorded).toEqual(expect.arrayContaining(shown))
})
