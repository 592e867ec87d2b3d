import { expect, test } from 'vitest'
import { orphanedVersions } from './orphans.ts'

const versions = ['1', '2', '3'].map((version) => ({ version, arn: `arn:function:${version}` }))
const associated = (...numbers: string[]) => new Set(numbers.map((number) => `arn:function:${number}`))

test('a function that no stack has and no distribution runs goes as a whole', () => {
  expect(orphanedVersions({ versions, associated: associated(), owned: false })).toBe('all')
})

test('a version that a distribution runs stays, even where the stack is gone', () => {
  expect(orphanedVersions({ versions, associated: associated('2'), owned: false })).toEqual(['1', '3'])
})

test('the newest version of a living stack stays, as a deployment may be about to use it', () => {
  expect(orphanedVersions({ versions, associated: associated('2'), owned: true })).toEqual(['1'])
  expect(orphanedVersions({ versions, associated: associated(), owned: true })).toEqual(['1', '2'])
})
