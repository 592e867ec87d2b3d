import { describe, expect, it } from 'vitest'
import { createAuthorizer, createTestBed } from '../testing/authorizer-test-bed.ts'
import { createSigningKey } from '../testing/issuer.ts'
import { viewerRequestEvent } from '../testing/viewer-request.ts'

const lines = (log: readonly string[]) => log.map((line) => JSON.parse(line))

describe('the log of denials', () => {
  it('has one line of JSON with the reason, the status and where to look', async () => {
    const bed = createTestBed()
    const event = viewerRequestEvent('/nowhere')
    const config = event.Records[0]?.cf.config
    await bed.authorizer.handler(event)
    expect(bed.log[0]).not.toContain('\n')
    expect(lines(bed.log)).toEqual([
      {
        edgeproof: 'denied',
        reason: 'no-route',
        status: '403',
        count: 1,
        distributionId: config?.distributionId,
        requestId: config?.requestId,
      },
    ])
  })

  it('goes to standard output where nothing else is said, a line for each denial', async () => {
    const { write } = process.stdout
    const written: unknown[] = []
    process.stdout.write = (text: unknown) => written.push(text) > 0
    try {
      const routes = [{ path: '/a', public: true }]
      const { handler } = createAuthorizer(
        { issuer: 'https://issuer.example.com', clientIds: ['web'], routes },
        { get: () => Promise.reject(new Error('no network here')) },
      )
      await handler(viewerRequestEvent('/nowhere'))
    } finally {
      process.stdout.write = write
    }
    expect(written).toEqual([expect.stringMatching(/^\{"edgeproof":"denied","reason":"no-route".*\}\n$/)])
  })

  it('has no line for an allowed request', async () => {
    const bed = createTestBed()
    await bed.authorizer.handler(viewerRequestEvent('/public/x'))
    expect(bed.log).toEqual([])
  })

  it('has at most five lines of a reason in ten seconds, and the next denial of any tells how many it left out', async () => {
    const bed = createTestBed()
    const start = bed.clock.now
    const deny = async (uri: string, times: number) => {
      for (let time = 0; time < times; time++) await bed.authorizer.handler(viewerRequestEvent(uri))
    }
    await deny('/nowhere', 3)
    await deny('/%', 105)
    await deny('/nowhere', 9)
    expect(lines(bed.log).map(({ reason, count }) => `${reason} ${count}`)).toEqual([
      ...Array(3).fill('no-route 1'),
      ...Array(5).fill('uri 1'),
      ...Array(2).fill('no-route 1'),
    ])
    bed.clock.now += 9_999
    await deny('/%', 1)
    expect(bed.log).toHaveLength(10)
    bed.clock.now += 1
    await deny('/users/alice/x', 1)
    expect(lines(bed.log.slice(10))).toEqual([
      { edgeproof: 'denied', reason: 'no-route', count: 7, since: start },
      { edgeproof: 'denied', reason: 'uri', count: 101, since: start },
      expect.objectContaining({ reason: 'no-credentials', count: 1, requestId: expect.any(String) }),
    ])
    await deny('/%', 1)
    expect(lines(bed.log).at(-1)).toMatchObject({ reason: 'uri', count: 1, requestId: expect.any(String) })
    const total = lines(bed.log).reduce((sum, { count }) => sum + count, 0)
    expect(total).toBe(12 + 106 + 1 + 1)
  })

  it('has a line for each rare denial, however many of another reason anybody asks for', async () => {
    const bed = createTestBed()
    for (let second = 0; second < 100; second++) {
      for (let time = 0; time < 5; time++) await bed.authorizer.handler(viewerRequestEvent('/nowhere'))
      if (second % 10 === 9) await bed.authorizer.handler(viewerRequestEvent('/users/alice/x'))
      bed.clock.now += 1000
    }
    expect(lines(bed.log).filter(({ reason }) => reason === 'no-credentials')).toHaveLength(10)
  })

  it('raises an alarm during a flood: a fault and missing keys have their line', async () => {
    const bed = createTestBed({ keys: [await createSigningKey()], get: () => Promise.reject(new Error('an outage')) })
    for (let time = 0; time < 50; time++) await bed.authorizer.handler(viewerRequestEvent('/nowhere'))
    await bed.authorizer.handler({ Records: [] })
    const authorization = `Bearer ${await bed.mint()}`
    await bed.authorizer.handler(viewerRequestEvent('/open/file', { headers: { authorization } }))
    expect(lines(bed.log).map(({ reason }) => reason)).toEqual([...Array(5).fill('no-route'), 'fault', 'no-keys'])
  })

  it('goes on when the clock goes back', async () => {
    const bed = createTestBed()
    for (let time = 0; time < 30; time++) await bed.authorizer.handler(viewerRequestEvent('/%'))
    // As many as have a line: nothing is left out.
    for (let time = 0; time < 5; time++) await bed.authorizer.handler(viewerRequestEvent('/nowhere'))
    bed.clock.now -= 3_600_000
    await bed.authorizer.handler(viewerRequestEvent('/nowhere'))
    expect(lines(bed.log.slice(10))).toMatchObject([
      { reason: 'uri', count: 25 },
      { reason: 'no-route', count: 1 },
    ])
  })
})
