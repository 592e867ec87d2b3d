import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readCase, readCorpus } from './corpus.ts'
import { replayFresh } from './engine/replay.ts'
import { buildOurs } from './shipped/build-handler.ts'

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'edgeproof-corpus-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

test.each(readCorpus().map((stored) => [stored.file, stored.case] as const))(
  'what was found in some handler is not found in ours: %s',
  async (_file, fuzzCase) => {
    const tested = await buildOurs(fuzzCase.policy, { directory })
    const judged = await replayFresh(tested, fuzzCase)
    expect(judged.flatMap(({ observations }) => observations)).toEqual([])
  },
)

test('a file that is no case is refused with the field that is wrong', () => {
  const file = join(directory, 'bad.json')
  writeFileSync(file, JSON.stringify({ name: 'x', class: 'path', policy: {}, start: 0, serve: {}, steps: [] }))
  expect(() => readCase(file)).toThrow(/bad\.json: steps/)
  writeFileSync(file, '{')
  expect(() => readCase(file)).toThrow(/no fuzz case/)
})
