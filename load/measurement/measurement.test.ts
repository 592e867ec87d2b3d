import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../statistics/seeded-random.ts'
import type { Sample } from '../k6/sample.ts'
import { byteHitRatio, hitRatio, Measurement, merged } from './measurement.ts'

const random = seededRandom(7).uniform
const samples: Sample[] = Array.from({ length: 5000 }, (_, index) => ({
  at: index,
  // Times over five orders of magnitude.
  durationMs: 0.05 * 10 ** (random() * 5),
  intendedMs: 0.1 * 10 ** (random() * 5),
  lateMs: random(),
  connectMs: random() < 0.1 ? random() : 0,
  tlsMs: 0,
  class: random() < 0.8 ? 'valid' : 'forged',
  route: '/users/{sub}/*',
  cache: ['Hit', 'RefreshHit', 'Miss', 'LambdaGeneratedResponse', 'Error'][Math.floor(random() * 5)] ?? '',
  pop: random() < 0.5 ? 'FRA1' : 'IAD2',
  id: String(index),
  status: 200,
  bytes: Math.floor(random() * 1000),
  fault: random() < 0.01 ? 'wrong-bytes: digest differs (GET /x)' : null,
}))

function measure(some: readonly Sample[]): Measurement {
  const measurement = new Measurement()
  for (const sample of some) measurement.add(sample, sample.at < 100)
  return measurement
}

describe('a measurement', () => {
  const whole = measure(samples)

  it('of merged segments is the one of a single process on the same samples', () => {
    const segments = [0, 1, 2].map((segment) => samples.filter((_, index) => index % 3 === segment))
    expect(merged(segments.map(measure)).toDocument()).toEqual(whole.toDocument())
  })

  it('survives being written and read', () => {
    const read = Measurement.fromDocument(JSON.parse(JSON.stringify(whole.toDocument())))
    expect(read.toDocument()).toEqual(whole.toDocument())
    expect(read.percentile('hit', 99.9)).toBe(whole.percentile('hit', 99.9))
  })

  it.each([50, 90, 99, 99.9])('has the p%d of its samples to three digits', (percentile) => {
    const times = samples
      .filter(({ cache, at }) => cache === 'Miss' && at >= 100)
      .map(({ durationMs }) => durationMs)
      .sort((a, b) => a - b)
    const exact = times[Math.ceil((percentile / 100) * times.length) - 1] ?? 0
    expect(Math.abs((whole.percentile('miss', percentile) ?? 0) / exact - 1)).toBeLessThanOrEqual(0.001)
  })

  it('leaves the warm-up out of times and ratios but not out of the faults', () => {
    const early = { ...(samples[0] as Sample), at: 0, fault: 'wrongly-allowed: 200 (GET /y)' }
    const measurement = measure([early])
    expect(measurement.counts.requests).toBe(0)
    expect(measurement.warmUpRequests).toBe(1)
    expect([...measurement.faults.values()]).toMatchObject([{ kind: 'wrongly-allowed', count: 1 }])
  })

  it('counts and times refresh hits apart: they had to ask the origin', () => {
    const of = (cache: string) => samples.filter((each) => each.cache === cache && each.at >= 100).length
    expect(whole.counts.refreshHits).toBe(of('RefreshHit'))
    expect(whole.counts.hits).toBe(of('Hit') + of('RefreshHit'))
    expect(whole.timesRecorded('hit')).toBe(of('Hit'))
    expect(whole.timesRecorded('refresh-hit')).toBe(of('RefreshHit'))
    expect(whole.timesRecorded('intended-allowed')).toBe(of('Hit') + of('RefreshHit') + of('Miss'))
  })

  it('counts hits among what could be cached: denials and errors are neither', () => {
    const counts = {
      requests: 10,
      hits: 3,
      refreshHits: 1,
      misses: 1,
      denials: 5,
      errors: 1,
      hitBytes: 50,
      missBytes: 50,
    }
    expect(hitRatio(counts)).toBe(0.75)
    expect(byteHitRatio(counts)).toBe(0.5)
    expect(hitRatio({ ...counts, hits: 0, misses: 0 })).toBeNull()
  })
})
