/** What the caches had. */
import type { Check } from '../../result/result.ts'
import { byteHitRatio, hitRatio, type Measurement } from '../measurement/measurement.ts'
import { share } from './share.ts'

export function hitChecks({ counts }: Measurement, limit: number | null): Check[] {
  const { hits, misses, refreshHits } = counts
  const ratio = share('load.hit-ratio', 'cache hits, of cacheable requests', hitRatio(counts), limit)
  const short = `${hits} hits, ${misses} misses: run longer, so that the cache is full, or look for what splits it (the cache key, short times to live, rarely asked objects)`
  return [
    { ...ratio, ...(ratio.verdict === 'fail' && { detail: short }) },
    share('load.byte-hit-ratio', 'cache hits, of cacheable bytes', byteHitRatio(counts), null),
    share(
      'load.refresh-hits',
      'hits that the origin confirmed (RefreshHit)',
      hits + misses === 0 ? null : refreshHits / (hits + misses),
      null,
    ),
  ]
}
