import { expect, test } from 'vitest'
import { findPlaces, plant } from './functions-to-slow.ts'
import { neutralEdits } from './neutral-edits.ts'
import { slowCode, slowForms } from './slow-forms.ts'

const source = `
export function kind(text: string, limit: number): string {
  if (text.length === limit) { return 'equal' } else { return second(text, limit) }
}
function second(text: string, limit: number): string {
  const longer = text.length > limit
  return longer ? 'longer' : 'shorter'
}
`

async function behaviour(text: string): Promise<string[]> {
  const { stripTypeScriptTypes } = await import('node:module')
  const url = `data:text/javascript,${encodeURIComponent(stripTypeScriptTypes(text))}`
  const { kind } = (await import(url)) as { kind(text: string, limit: number): string }
  return [kind('abc', 3), kind('abcd', 3), kind('ab', 3)]
}

test('every neutral edit changes the text and not what it does', async () => {
  const edits = neutralEdits('a.ts', source)
  expect(new Set(edits.map(({ form }) => form)).size).toBeGreaterThanOrEqual(8)
  for (const { text } of edits) {
    expect(text).not.toBe(source)
    expect(await behaviour(text)).toEqual(['equal', 'longer', 'shorter'])
  }
})

test('a slow-down can be planted in every function, in every form, without changing what it does', async () => {
  const places = findPlaces('a.ts', source)
  expect(places.map(({ name }) => name)).toEqual(['kind', 'second'])
  for (const place of places) {
    for (const form of slowForms) {
      const code = slowCode(form, 5000)
      expect(code).not.toBeNull()
      const slowed = plant(source, place, code?.statement ?? '', code?.declaration)
      expect(await behaviour(slowed)).toEqual(['equal', 'longer', 'shorter'])
    }
  }
})

test('a form that costs more than it may even when it is skipped is not planted', () => {
  for (const form of slowForms) expect(slowCode(form, 10)).toBeNull()
})
