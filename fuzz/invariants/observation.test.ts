import { expect, test } from 'vitest'
import { causeIn } from './observation.ts'

const messages = [
  '',
  '{',
  '{"a":1',
  '{"a" 1}',
  '[1 2]',
  '{"a":"\n"}',
  '{"a":"\\x"}',
  '1 2',
  'null}',
  '{"a":1,}',
  '"',
  'ü{',
  '/* */',
].map((text) => {
  try {
    JSON.parse(text)
    return ''
  } catch (error) {
    return `the handler threw ${error}`
  }
})

test('whatever JSON.parse says of a text that is none is one cause, and other errors are theirs', () => {
  expect(new Set(messages.map(causeIn))).toEqual(new Set(['the handler threw SyntaxError: no JSON']))
  const others = ['TypeError: null has no "a"', 'SyntaxError: Invalid regular expression: /(/'].map(causeIn)
  expect(others).toEqual(['TypeError: null has no …', 'SyntaxError: Invalid regular expression: /(/'])
})
