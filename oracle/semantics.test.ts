/** The page, the list of ids and the code that prints them say the same. */
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { ruleReference, rules } from './rules.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const page = readFileSync(`${root}oracle/SEMANTICS.md`, 'utf8')

/** List items that begin with an anchor and an id. */
const sentences = [...page.matchAll(/^(?:-|\d+\.) <a id="([^"]*)"><\/a>`([^`]*)` \S/gm)].map(([, anchor, id = '']) => ({
  anchor,
  id,
}))

test('each rule has its sentence on the page, and each sentence with an id is a rule', () => {
  expect(sentences.map(({ id }) => id).sort()).toEqual([...rules].sort())
})

test('a reference leads to its sentence', () => {
  for (const { anchor, id } of sentences) expect(ruleReference(id)).toBe(`oracle/SEMANTICS.md#${anchor}`)
  // An anchor elsewhere on the page would be a rule that the first test does not see.
  expect(page.match(/<a\b/g)).toHaveLength(sentences.length)
  const anchors = sentences.map(({ anchor }) => anchor)
  for (const [, anchor] of page.matchAll(/\]\(#([^)]*)\)/g)) expect(anchors).toContain(anchor)
})

test('each rule is one that the judge gives as its reason, and the judge gives no other', () => {
  // What takes several requests to see, such as most of sign-in, is judged by the watch over stories.
  const judge = ['oracle/*.ts', 'fuzz/{invariants,engine}/**/*.ts', 'fuzz/sessions/watch*.ts']
  const sources = globSync(judge, { cwd: root })
    .filter((file) => !/\.test\.ts$|\/rules\.ts$/.test(file))
    .map((file) => readFileSync(`${root}${file}`, 'utf8'))
  // A first argument, or a field's value: neither a comparison nor a key.
  const given = sources.flatMap((source) =>
    [...source.matchAll(/(?:\(|: )\s*'([a-z-]+\/[a-z\d-]+)'/g)].map(([, id]) => id),
  )
  // A media type has a slash, too.
  const sections = new Set(rules.map((rule) => rule.split('/')[0]))
  const ids = given.filter((id = '') => sections.has(id.split('/')[0]))
  expect([...new Set(ids)].sort()).toEqual([...rules].sort())
})
