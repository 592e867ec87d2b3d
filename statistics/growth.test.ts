import { expect, it } from 'vitest'
import { growth } from './growth.ts'
import { seededRandom } from './seeded-random.ts'

const mebibyte = 2 ** 20

/** Ten minutes of readings, two a second: 300 MiB, saw teeth of a collector, noise, and so much more each minute. */
function readings(leakPerMinute: number): number[] {
  const random = seededRandom(3).uniform
  return Array.from({ length: 1200 }, (_, index) => {
    const filling = 80 * Math.exp(-index / 60)
    const sawTooth = index % 40
    return (300 - filling + sawTooth / 2 + random() * 10 + (leakPerMinute * index) / 120) * mebibyte
  })
}

it('finds no growth in memory that only fills at first and is collected again and again', () => {
  const found = growth(readings(0))
  expect(found?.low).toBeLessThanOrEqual(0)
  expect(found?.high).toBeGreaterThanOrEqual(0)
  expect(found?.high).toBeLessThan(0.03)
})

it('gives a leak its size, with an interval that holds it', () => {
  // 7.5 minutes of 10 MiB each on a median near 360 MiB.
  const found = growth(readings(10))
  expect(found?.growth).toBeCloseTo(0.2, 1)
  expect(found?.low).toBeGreaterThan(0.15)
  expect(found?.low).toBeLessThanOrEqual(found?.growth ?? 0)
  expect(found?.high).toBeGreaterThanOrEqual(found?.growth ?? 1)
})

it('is not misled by a peak', () => {
  const peaked = readings(0)
    .with(1190, 3000 * mebibyte)
    .with(1191, 3000 * mebibyte)
  expect(growth(peaked)?.high).toBeLessThan(0.03)
})

it('says nothing about a few readings', () => {
  expect(growth(readings(0).slice(0, 30))).toBeNull()
})
