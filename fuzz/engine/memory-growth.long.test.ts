import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { flaws } from '../effectiveness/flaws/catalogue.ts'
import { cataloguePolicy, flawedHandler, referenceHandler } from '../effectiveness/flaws/flawed-handler.ts'
import { buildShipped } from '../shipped/shipped-handlers.ts'
import { createWorld, servedByIssuers } from '../world/make-world.ts'
import { measureGrowth } from './memory-growth.ts'

/** Some thousand tokens are signed and verified. */
const timeout = 120_000
const directory = mkdtempSync(join(tmpdir(), 'edgeproof-memory-growth-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

async function storyOf(file: string): Promise<string | undefined> {
  const tested = { name: 'handler', whose: 'foreign', file, policy: cataloguePolicy, runtime: 'nodejs24.x' } as const
  const world = await createWorld(cataloguePolicy, Date.now())
  const growth = await measureGrowth(tested, world, servedByIssuers(world.issuers), () => false)
  return growth?.observation.story
}

function written(name: string, code: string): string {
  const file = join(directory, `${name}.cjs`)
  writeFileSync(file, code)
  return file
}

const flaw = flaws.find(({ name }) => name === 'tokens-remembered-by-count')
if (!flaw) throw new Error('the catalogue has no such flaw')
const { code } = flawedHandler(flaw)

test('a memory of two thousand tokens is too much, because they can be large', { timeout }, async () => {
  expect(await storyOf(written('by-count', code))).toMatch(
    /^memory grew by \d\d MiB, \d+ bytes for each new large good token after \d+ of them$/,
  )
})

test('a memory of a hundred is small, however large they are', { timeout }, async () => {
  const few = code.replace('remembered.size >= 2e3', 'remembered.size >= 100')
  expect(few).not.toBe(code)
  expect(await storyOf(written('few', few))).toBeUndefined()
})

test('nothing is found where nothing is remembered, nor in ours', { timeout }, async () => {
  expect(await storyOf(written('reference', referenceHandler().code))).toBeUndefined()
  expect(await storyOf((await buildShipped('ours', { directory }, cataloguePolicy)).file)).toBeUndefined()
})
