import { expect, test } from 'vitest'
import { attacks } from '../../fuzz/attacks/attacks.ts'
import { attacksDue, beginnings } from './suited-attacks.ts'

test('every beginning is that of an attack', () => {
  const idle = Object.values(beginnings)
    .flat()
    .filter((beginning) => !attacks.some(({ name }) => name.startsWith(beginning)))
  expect(idle).toEqual([])
})

test('what found something comes first, then what suits the changed field, then what is left; rounds together try all', () => {
  const first = attacksDue({ fields: ['kid'], telling: ['rule-text'], tried: [] }).map(({ name }) => name)
  const suited = attacks.filter(({ name }) => name.startsWith('kid-'))
  expect(first[0]).toBe('rule-text')
  expect(first.slice(1, 1 + suited.length).filter((name) => /^(?:kid-|keys-key|jwks-name)/.test(name))).toHaveLength(
    suited.length,
  )
  expect(new Set(first)).toEqual(new Set(attacks.map(({ name }) => name)))
  const tried = first.slice(0, 500)
  const next = attacksDue({ fields: ['kid'], telling: [], tried }).map(({ name }) => name)
  expect(next).toEqual(first.slice(500))
})
