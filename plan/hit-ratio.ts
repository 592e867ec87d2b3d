/** The share of requests that a cache at a point of presence answers, by how many points of presence share them. */

export interface Popularity {
  /** Cacheable requests per second, of the whole distribution; viewers spread evenly over the points of presence. */
  rate: number
  objects: number
  /** Exponent of Zipf's law. */
  zipf: number
  ttlSeconds: number
}

/**
 * Independent TTL caches: an object that is asked for r times a second (Poisson) is fetched once and then answered for
 * the time to live, so r T of r T + 1 requests are hits (Jung, Berger and Balakrishnan, Modeling TTL-based Internet caches,
 * INFOCOM 2003). Nothing is evicted for want of room, and no regional cache helps: CloudFront publishes the size of neither.
 */
export function hitRatio({ rate, objects, zipf, ttlSeconds }: Popularity, pops: number): number {
  let weights = 0
  for (let rank = 1; rank <= objects; rank++) weights += rank ** -zipf
  const requestsInLifetime = ((rate / pops) * ttlSeconds) / weights
  let hits = 0
  for (let rank = 1; rank <= objects; rank++) {
    const weight = rank ** -zipf
    const expected = requestsInLifetime * weight
    hits += (weight * expected) / (1 + expected)
  }
  return hits / weights
}
