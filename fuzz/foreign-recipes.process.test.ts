import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { silentProgress } from '../command/progress.ts'
import { parseConfig } from '../config/config.ts'
import { withHandler } from './chosen-handler.ts'
import { checkFit } from './engine/fit.ts'

const page = readFileSync(new URL('../docs/foreign-handlers.md', import.meta.url), 'utf8')

/** Heading to the indented blocks below it. */
const recipes = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [heading = '', ...lines] = section.split('\n')
      const blocks = lines.join('\n').match(/(?:^ {4}.*\n(?:\n(?= {4}))?)+/gm) ?? []
      return [heading, blocks.map((block) => block.replaceAll(/^ {4}/gm, ''))]
    }),
)

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'edgeproof-recipes-'))
  symlinkSync(fileURLToPath(new URL('../node_modules', import.meta.url)), join(folder, 'node_modules'), 'dir')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The block that is JSON. */
function configurationIn(blocks: readonly string[]): unknown {
  return JSON.parse(blocks.flatMap((block) => /^\{\n.*?^\}\n/ms.exec(block) ?? [])[0] ?? '')
}

test.each([...recipes])('the configuration for %s is one', (heading, blocks) => {
  expect(() => parseConfig(configurationIn(blocks), heading)).not.toThrow()
})

test.each([
  'cognito-at-edge 1.5.5',
  'cognito-at-edge 1.5.5, its four paths in one function',
  "aws-jwt-verify 5.2.1, the README's example",
  'An application in the shape of the Fetch standard: Workers, Hono',
])('%s lets good requests in as the page has it', async (heading) => {
  const blocks = recipes.get(heading) ?? []
  const { policy, handler } = parseConfig(configurationIn(blocks), heading)
  const file = join(folder, handler?.file ?? '')
  writeFileSync(file, blocks[0]?.split(/^\{$/m)[0] ?? '')
  const config = { policy, handler: { ...handler, file } }
  const fit = await withHandler({}, { config, progress: silentProgress }, (tested) => checkFit(tested))
  expect(fit).toMatchObject({ passed: 1, of: 1, routes: [{ anonymous: 'denied' }] })
})
