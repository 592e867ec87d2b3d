import { expect, test } from 'vitest'
import type { Count } from '../measure/instructions.ts'
import { instructionChange } from './instruction-change.ts'

function count(segments: number[], verification = 0): Count {
  return { segments, verification, parsing: 0, collection: 0, allocatedBytes: 0 }
}
const base = count([20_000, 20_100, 20_050, 20_000, 20_020])
const plus = (...added: number[]) => count(base.segments.map((segment, index) => segment + (added[index] ?? 0)))

test('fails only above both one per cent and the smallest number of instructions', () => {
  expect(instructionChange(base, plus(400, 400, 400, 400, 400), 0.01, 100)).toMatchObject({
    verdict: 'fail',
    difference: 400,
  })
  expect(instructionChange(base, plus(150, 150, 150, 150, 150), 0.01, 100).verdict).toBe('pass')
  const small = count([5000, 5000, 5000, 5000, 5000])
  const more = count([5090, 5090, 5090, 5090, 5090])
  expect(instructionChange(small, more, 0.01, 100).verdict).toBe('pass')
})

test('one segment with a compilation in it decides nothing; segments that disagree are inconclusive', () => {
  expect(instructionChange(base, plus(0, 90_000, 0, 0, 0), 0.01, 100).verdict).toBe('pass')
  expect(instructionChange(base, plus(0, 900, 900, 0, 900), 0.01, 100).verdict).toBe('inconclusive')
})

test('growth is of our own instructions: the bare verification does not hide it', () => {
  const withRsa = count(
    base.segments.map((segment) => segment + 344_000),
    344_000,
  )
  const slower = count(
    withRsa.segments.map((segment) => segment + 400),
    344_000,
  )
  expect(instructionChange(withRsa, slower, 0.01, 100)).toMatchObject({ verdict: 'fail', base: 20_020 })
})
