import { expect, test } from 'vitest'
import { invalidated } from './invalidation.ts'

test.each([
  ['/a', '/a', true],
  ['/a', '/a\nbr,gzip', true],
  ['/a', 'HEAD /a', true],
  ['/a', 'OPTIONS /a\ncookie:x=1', true],
  ['/a', '/a?q=1', false],
  ['/a?q=1', '/a?q=1', true],
  ['/a', '/ab', false],
  ['/a', '/A', false],
  ['/a*', '/ab/c?q=1', true],
  ['/*', '/', true],
])('%s and the key %j: %s', (path, key, expected) => {
  expect(invalidated([path])(key)).toBe(expected)
})
