import { expect, test } from 'vitest'
import { decide } from './decision.ts'

const limit = Math.log(1.02)

/** Symmetric about the logarithm of `ratio`, with the given scatter. */
function around(ratio: number, scatter: number, count = 20): number[] {
  return Array.from({ length: count }, (_, index) => Math.log(ratio) + scatter * Math.sin(index * 2.4))
}

function verdictOf(samples: number[]) {
  return decide([{ suite: 'warm', samples, limit }], 0.01)[0]
}

test('fails a slow-down above the limit, passes no change, and says so when it cannot tell', () => {
  expect(verdictOf(around(1.1, 0.02))).toMatchObject({ verdict: 'fail' })
  expect(verdictOf(around(1, 0.01))).toMatchObject({ verdict: 'pass' })
  expect(verdictOf(around(1.02, 0.02))).toMatchObject({ verdict: 'inconclusive' })
  expect(verdictOf(around(1.1, 0.5))).toMatchObject({ verdict: 'inconclusive' })
})

test('an improvement passes', () => {
  expect(verdictOf(around(0.8, 0.02))).toMatchObject({ verdict: 'pass' })
})

test('the smallest visible change shrinks with more processes and grows with noise', () => {
  const visible = (scatter: number, count: number) => verdictOf(around(1, scatter, count))?.visible ?? Number.NaN
  expect(visible(0.01, 60)).toBeLessThan(visible(0.01, 20))
  expect(visible(0.05, 20)).toBeGreaterThan(visible(0.01, 20))
  expect(visible(0.01, 60)).toBeGreaterThan(1.02)
})

test('the error rate is that of the whole family: with many suites each needs stronger evidence', () => {
  const weak = around(1.031, 0.016, 15)
  const quiet = around(1, 0.001, 15)
  const alone = decide([{ suite: 'warm', samples: weak, limit }], 0.01)
  const others = Array.from({ length: 40 }, (_, index) => ({ suite: String(index), samples: quiet, limit }))
  const inFamily = decide([{ suite: 'warm', samples: weak, limit }, ...others], 0.01)
  expect(alone[0]?.verdict).toBe('fail')
  expect(inFamily[0]?.verdict).toBe('inconclusive')
})
