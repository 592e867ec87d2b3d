import { afterAll, beforeAll, expect, it } from 'vitest'
import demo from '../edgeproof.config.ts'
import { allObjects } from '../testing/population/population.ts'
import { fillCache } from './cache-fill.ts'
import { type LocalTarget, startLocalTarget } from './local-distribution.ts'
import { scenarioNamed } from './scenarios/catalogue.ts'

const signal = new AbortController().signal
let target: LocalTarget
beforeAll(async () => {
  const scenario = { ...scenarioNamed('soak'), users: 4, objects: 3 }
  target = await startLocalTarget({ config: demo, scenario, requests: 0, seconds: 60, signal })
})
afterAll(() => target.close())

it('asks the origin for every object once, so that whatever a user may read is a hit from then on', async () => {
  await fillCache(target, signal)
  const { origin, cache } = target.edge.metrics()
  expect({ requests: origin.requests, entries: cache.entries }).toEqual({
    requests: allObjects(target.population).length,
    entries: allObjects(target.population).length,
  })
  for (const { identity, folders } of target.population.users) {
    if (!identity) continue
    const { name, value } = await target.credentials.valid(identity, 0, false)
    for (const { path } of folders.flat()) {
      const headers = { 'accept-encoding': 'identity', [name]: value }
      const response = await fetch(target.url + path, { headers })
      await response.arrayBuffer()
      expect([path, response.headers.get('x-cache')]).toEqual([path, 'Hit from cloudfront'])
    }
  }
  expect(target.edge.metrics().origin.requests).toBe(origin.requests)
})
