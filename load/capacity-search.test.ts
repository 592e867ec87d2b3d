import { describe, expect, it } from 'vitest'
import { seededRandom } from '../statistics/seeded-random.ts'
import { findKnee } from './capacity-search.ts'

describe('the search for the knee', () => {
  it.each([3, 57, 400, 2999, 12_345])('finds a sharp one at %d per second to a tenth', async (truth) => {
    const knee = await findKnee({ sustained: async (rate) => rate <= truth, from: 100, most: 100_000 })
    expect(knee.rate).toBeLessThanOrEqual(truth)
    expect(knee.rate).toBeGreaterThan(truth / 1.1 - 1)
    expect(knee.open).toBe(false)
    // Three searches of a sharp knee end alike, and the knee still lies between what passed and what did not.
    expect(knee.interval?.low).toBeLessThanOrEqual(truth)
    expect(knee.interval?.high).toBeGreaterThan(truth)
    expect(knee.interval?.level).toBe(0.75)
  })

  it('gives an interval that covers a blurred one about as often as it says', async () => {
    const random = seededRandom(3).uniform
    // Sustained with a probability that falls from one to nothing around 1000 per second.
    const sustained = async (rate: number) => random() < 1 / (1 + Math.exp((rate - 1000) / 60))
    let covered = 0
    for (let search = 0; search < 400; search++) {
      const { interval } = await findKnee({ sustained, from: 100, most: 10_000, precision: 1.02, repeats: 5 })
      const { low, high, level } = interval ?? { low: 0, high: 0, level: 0 }
      expect(level).toBeCloseTo(0.9375, 12)
      if (low <= 1000 && 1000 <= high) covered += 1
    }
    expect(covered / 400).toBeGreaterThan(0.8)
  })

  it('says so when even the highest rate is sustained', async () => {
    const tried: number[] = []
    const sustained = async (rate: number) => tried.push(rate) > 0
    expect(await findKnee({ sustained, from: 100, most: 700 })).toMatchObject({ rate: 700, open: true, interval: null })
    expect(tried).toEqual([100, 200, 400, 700])
  })

  it('has no interval after one search', async () => {
    const sustained = async (rate: number) => rate <= 400
    const { interval, repeats } = await findKnee({ sustained, from: 100, most: 7000, repeats: 1 })
    expect(interval).toBeNull()
    expect(repeats).toEqual([{ passes: expect.any(Number), fails: expect.any(Number) }])
    expect(repeats[0]?.passes).toBeLessThanOrEqual(400)
    expect(repeats[0]?.fails).toBeGreaterThan(400)
  })

  it('is 0 when nothing is sustained', async () => {
    expect(await findKnee({ sustained: async () => false, from: 100, most: 700 })).toMatchObject({ rate: 0 })
  })
})
