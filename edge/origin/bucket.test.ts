import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Ask, UpstreamRequest } from '../cache/upstream.ts'
import { headerValue } from '../viewer/header-list.ts'
import { type BucketServer, startBucket } from './bucket.ts'
import { demoObjects } from './bucket-objects.ts'
import { originClient } from './origin-client.ts'

const identity = { accessKeyId: 'KEY', secretAccessKey: 'secret' }
const cors = [
  {
    allowedOrigins: ['https://*.example.com'],
    allowedMethods: ['GET'],
    allowedHeaders: ['x-*'],
    exposedHeaders: ['ETag'],
    maxAge: 60,
  },
]
let bucket: BucketServer
let closeClients: (() => void)[]

beforeEach(async () => {
  bucket = await startBucket({ objects: demoObjects(), cors, listable: false, identity })
  closeClients = []
})

afterEach(async () => {
  for (const close of closeClients) close()
  await bucket.close()
})

async function get(changes: Partial<UpstreamRequest> = {}, signer: typeof identity | null = identity) {
  const counters = { requests: 0, failures: 0, bytes: 0 }
  const address = {
    protocol: 'http:' as const,
    hostname: '127.0.0.1',
    port: bucket.port,
    host: 'bucket.s3.us-east-1.amazonaws.com',
    origin: {
      signed: true,
      path: '',
      customHeaders: [],
      connectionAttempts: 1,
      connectionTimeoutMs: 1000,
      readTimeoutMs: 1000,
    },
  }
  const { upstream, close } = originClient({ ...address, identity: signer, counters })
  closeClients.push(close)
  const response = await upstream(
    { method: 'GET', uri: '/public/500.txt', querystring: '', headers: [], body: null, ...changes },
    {} as Ask,
  )
  return { ...response, code: /<Code>(\w+)/.exec(response.body.toString())?.[1] ?? null }
}

test('only the distribution itself gets an object', async () => {
  expect(await get()).toMatchObject({ status: 200, code: null })
  expect(await get({}, null)).toMatchObject({ status: 403, code: 'AccessDenied' })
  expect(await get({}, { ...identity, secretAccessKey: 'other' })).toMatchObject({ status: 403, code: 'AccessDenied' })
  expect(await get({ method: 'PUT', body: Buffer.from('x') })).toMatchObject({ status: 403, code: 'AccessDenied' })
})

test('a missing key and a folder are 403, a malformed path 400', async () => {
  for (const uri of ['/public/none.txt', '/public/', '/'])
    expect(await get({ uri })).toMatchObject({ status: 403, code: 'AccessDenied' })
  expect(await get({ uri: '/%zz' })).toMatchObject({ status: 400, code: 'InvalidURI' })
})

test('to whom it may list, a missing key and a folder are 404, and the bucket itself is a list', async () => {
  await bucket.close()
  bucket = await startBucket({ objects: demoObjects(), cors, listable: true, identity })
  for (const uri of ['/public/none.txt', '/public/', '/public/?prefix=reports'])
    expect(await get({ uri })).toMatchObject({ status: 404, code: 'NoSuchKey' })
  expect(await get({}, null)).toMatchObject({ status: 403, code: 'AccessDenied' })
  const keys = async (uri: string) =>
    [...(await get({ uri })).body.toString().matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key]) => key)
  expect(await keys('/')).toEqual([...demoObjects().keys()])
  expect(await keys('/?list-type=2&prefix=users%2Fbob%2F50')).toEqual(['users/bob/500.txt'])
  const none = await get({ uri: '/' }, null)
  expect([none.status, none.body.toString()]).toEqual([403, expect.not.stringContaining('<Key>')])
})

test('conditions and one range are honoured, several ranges are not', async () => {
  const etag = headerValue((await get()).headers, 'etag') ?? ''
  expect(await get({ headers: ['If-None-Match', etag] })).toMatchObject({ status: 304 })
  expect(await get({ headers: ['If-Match', '"other"'] })).toMatchObject({ status: 412, code: 'PreconditionFailed' })
  const part = await get({ headers: ['Range', 'bytes=490-'] })
  expect([part.status, part.body.length, headerValue(part.headers, 'content-range')]).toEqual([
    206,
    10,
    'bytes 490-499/500',
  ])
  expect(await get({ headers: ['Range', 'bytes=500-'] })).toMatchObject({ status: 416, code: 'InvalidRange' })
  expect((await get({ headers: ['Range', 'bytes=0-1,4-5'] })).status).toBe(200)
})

test('a preflight is answered by the first CORS rule that fits, or refused', async () => {
  const preflight = (origin: string, method: string, headers: string) =>
    get({
      method: 'OPTIONS',
      headers: ['Origin', origin, 'Access-Control-Request-Method', method, 'Access-Control-Request-Headers', headers],
    })
  const allowed = await preflight('https://app.example.com', 'GET', 'X-One')
  expect(allowed.status).toBe(200)
  expect(headerValue(allowed.headers, 'access-control-allow-origin')).toBe('https://app.example.com')
  expect(headerValue(allowed.headers, 'access-control-max-age')).toBe('60')
  for (const [origin, method, headers] of [
    ['https://app.example.org', 'GET', 'X-One'],
    ['https://app.example.com', 'PUT', 'X-One'],
    ['https://app.example.com', 'GET', 'Authorization'],
  ] as const) {
    expect(await preflight(origin, method, headers)).toMatchObject({ status: 403, code: 'AccessForbidden' })
  }
})

test('faults: a share of the requests, until they are lifted', async () => {
  bucket.fault({ status: 503, share: 0.02 })
  const statuses = []
  for (let count = 0; count < 4; count++) statuses.push((await get()).status)
  expect(statuses).toEqual([503, 503, 200, 200])
  bucket.fault({ disconnect: 'before' })
  await expect(get()).rejects.toMatchObject({ name: 'UpstreamFailure', status: 502 })
  bucket.restore()
  expect((await get()).status).toBe(200)
})
