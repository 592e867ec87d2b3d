import { describe, expect, it } from 'vitest'
import { createAuthorizer } from '../index.ts'
import { viewerRequestEvent } from '../tokens/viewer-request.ts'
import { createTestBed } from './testing/test-bed.ts'

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

  it('has at most 20 lines in ten seconds, and the next line of a reason counts what it left out', async () => {
    const bed = createTestBed()
    const deny = async (uri: string, times: number) => {
      for (let time = 0; time < times; time++) await bed.authorizer.handler(viewerRequestEvent(uri))
    }
    await deny('/nowhere', 15)
    await deny('/%', 105)
    expect(lines(bed.log).map(({ reason, count }) => `${reason} ${count}`)).toEqual([
      ...Array(15).fill('no-route 1'),
      ...Array(5).fill('uri 1'),
    ])
    bed.clock.now += 9_999
    await deny('/%', 1)
    expect(bed.log).toHaveLength(20)
    bed.clock.now += 1
    await deny('/nowhere', 1)
    await deny('/%', 2)
    expect(lines(bed.log.slice(20)).map(({ reason, count }) => [reason, count])).toEqual([
      ['no-route', 1],
      ['uri', 102],
      ['uri', 1],
    ])
    const total = lines(bed.log).reduce((sum, { count }) => sum + count, 0)
    expect(total).toBe(15 + 105 + 1 + 1 + 2)
  })

  it('goes on when the clock goes back', async () => {
    const bed = createTestBed()
    for (let time = 0; time < 30; time++) await bed.authorizer.handler(viewerRequestEvent('/%'))
    bed.clock.now -= 3_600_000
    await bed.authorizer.handler(viewerRequestEvent('/%'))
    expect(lines(bed.log).at(-1)).toMatchObject({ reason: 'uri', count: 11 })
  })
})
