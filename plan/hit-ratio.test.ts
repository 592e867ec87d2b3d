import { expect, test } from 'vitest'
import { zipfDraw } from '../load/population/zipf.ts'
import { seededRandom } from '../statistics/seeded-random.ts'
import { exponential } from './fleet-simulation.ts'
import { hitRatio } from './hit-ratio.ts'

/** A cache for each point of presence that keeps what it fetched until the time to live is over, request by request. */
function simulated(popularity: Parameters<typeof hitRatio>[0], pops: number, requests: number): number {
  const { rate, objects, zipf, ttlSeconds } = popularity
  const random = seededRandom(3).uniform
  const draw = zipfDraw(objects, zipf, random)
  const freshUntil = Array.from({ length: pops }, () => new Float64Array(objects))
  let time = 0
  let hits = 0
  for (let request = 0; request < requests; request++) {
    time += exponential(rate, random)
    const cache = freshUntil[Math.floor(random() * pops)] as Float64Array
    const object = draw()
    if ((cache[object] as number) > time) hits++
    else cache[object] = time + ttlSeconds
  }
  return hits / requests
}

test.each([1, 5, 40])('the share of hits is that of simulated caches, at %i points of presence', (pops) => {
  const popularity = { rate: 100, objects: 2000, zipf: 0.8, ttlSeconds: 60 }
  const requests = 200_000
  const share = hitRatio(popularity, pops)
  expect(Math.abs(simulated(popularity, pops, requests) - share)).toBeLessThan(0.01)
})

test('more points of presence, flatter popularity and a shorter life make for fewer hits', () => {
  const usual = { rate: 1000, objects: 10_000, zipf: 0.8, ttlSeconds: 3600 }
  const share = hitRatio(usual, 10)
  expect(hitRatio(usual, 100)).toBeLessThan(share)
  expect(hitRatio({ ...usual, zipf: 0.4 }, 100)).toBeLessThan(hitRatio(usual, 100))
  expect(hitRatio({ ...usual, ttlSeconds: 60 }, 10)).toBeLessThan(share)
})
