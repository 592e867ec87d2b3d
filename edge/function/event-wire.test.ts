/** The fields of the guide's examples (CloudFront Developer Guide, lambda-event-structure, source of 2023-06-15), and no others. */
import { expect, test } from 'vitest'
import { decodeWireEvent, encodeEvent, encodeWireEvent, lambdaEvent, type WireEvent } from './event-wire.ts'

const distribution = { distributionDomainName: 'd1.cloudfront.net', distributionId: 'E1' }
const request = {
  requestId: 'ID==',
  clientIp: '203.0.113.178',
  method: 'GET',
  uri: '/',
  querystring: '',
  headers: ['Host', 'd1.cloudfront.net', 'accept', '*/*', 'X-Two', '1', 'x-two', '2'],
}
const headers = {
  host: [{ key: 'Host', value: 'd1.cloudfront.net' }],
  accept: [{ key: 'accept', value: '*/*' }],
  'x-two': [
    { key: 'X-Two', value: '1' },
    { key: 'x-two', value: '2' },
  ],
}
const plain = { clientIp: '203.0.113.178', headers, method: 'GET', querystring: '', uri: '/' }
const origin = {
  s3: { authMethod: 'none', customHeaders: {}, domainName: 'b.s3.amazonaws.com', path: '', region: 'us-east-1' },
}
const response = { status: 200, statusDescription: 'OK', headers: ['Last-Modified', 'now'] }
const config = (eventType: string) => ({ ...distribution, eventType, requestId: 'ID==' })

test.each<[string, WireEvent, object]>([
  ['viewer-request', { request }, { config: config('viewer-request'), request: plain }],
  ['origin-request', { request, origin }, { config: config('origin-request'), request: { ...plain, origin } }],
  [
    'origin-response',
    { request, origin, response },
    {
      config: config('origin-response'),
      request: { ...plain, origin },
      response: {
        headers: { 'last-modified': [{ key: 'Last-Modified', value: 'now' }] },
        status: '200',
        statusDescription: 'OK',
      },
    },
  ],
  [
    'viewer-response',
    { request, response },
    {
      config: config('viewer-response'),
      request: plain,
      response: {
        headers: { 'last-modified': [{ key: 'Last-Modified', value: 'now' }] },
        status: '200',
        statusDescription: 'OK',
      },
    },
  ],
])('%s', (eventType, event, cf) => {
  const wire = decodeWireEvent(encodeWireEvent(event))
  expect(lambdaEvent(wire, eventType as 'viewer-request', distribution)).toEqual({ Records: [{ cf }] })
})

test('a body comes with its encoding, and read-only until a function says otherwise', () => {
  const event = { request, body: { data: 'eA==', inputTruncated: false } }
  expect(lambdaEvent(event, 'viewer-request', distribution).Records[0]?.cf.request).toEqual({
    ...plain,
    body: { action: 'read-only', data: 'eA==', encoding: 'base64', inputTruncated: false },
  })
})

test('the short form of a request without a body is the same event', () => {
  expect(decodeWireEvent(encodeEvent(request))).toEqual({ request })
})
