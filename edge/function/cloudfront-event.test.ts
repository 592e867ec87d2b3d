/** The structure of the guide's example event (CloudFront Developer Guide, functions-event-structure, source of 2023-06-15). */
import { describe, expect, test } from 'vitest'
import { cloudFrontEvent } from '../../testing/cloudfront-functions/event.ts'
import { judgeCloudFrontResult } from './cloudfront-event.ts'
import type { WireEvent } from './event-wire.ts'

const distribution = { distributionDomainName: 'd1.cloudfront.net', distributionId: 'E1' }
const request = {
  requestId: 'ID==',
  clientIp: '198.51.100.11',
  method: 'GET',
  uri: '/media/index.mpd',
  querystring: 'ID=42&NoValue&mv=1&mv=2,3',
  headers: [
    'Host',
    'video.example.com',
    'Accept',
    'application/json',
    'Accept',
    'text/html',
    'Cookie',
    'id=CookeIdA; loggedIn=false',
  ],
}
const response = {
  status: 200,
  statusDescription: 'OK',
  headers: [
    'Date',
    'now',
    'Set-Cookie',
    'ID=id1234; Expires=soon; Path=/',
    'Set-Cookie',
    'ID=id5678; Secure',
    'Set-Cookie',
    'plain=1',
  ],
}
const event: WireEvent = { request, response }
const given = cloudFrontEvent(event, 'viewer-response', distribution)

test('a viewer response: version, context, viewer, request and response', () => {
  expect(given).toEqual({
    version: '1.0',
    context: { ...distribution, eventType: 'viewer-response', requestId: 'ID==' },
    viewer: { ip: '198.51.100.11' },
    request: {
      method: 'GET',
      uri: '/media/index.mpd',
      querystring: {
        ID: { value: '42' },
        NoValue: { value: '' },
        mv: { value: '1', multiValue: [{ value: '1' }, { value: '2,3' }] },
      },
      headers: {
        host: { value: 'video.example.com' },
        accept: { value: 'application/json', multiValue: [{ value: 'application/json' }, { value: 'text/html' }] },
      },
      cookies: { id: { value: 'CookeIdA' }, loggedIn: { value: 'false' } },
    },
    response: {
      statusCode: 200,
      statusDescription: 'OK',
      headers: { date: { value: 'now' } },
      cookies: {
        ID: {
          value: 'id1234',
          attributes: 'Expires=soon; Path=/',
          multiValue: [
            { value: 'id1234', attributes: 'Expires=soon; Path=/' },
            { value: 'id5678', attributes: 'Secure' },
          ],
        },
        plain: { value: '1' },
      },
    },
  })
})

describe('a result', () => {
  const judge = (result: unknown) => judgeCloudFrontResult(event, 'viewer-response', given, result)
  const whole = given.response as object

  test('that is the response itself changes nothing', () => {
    expect(judge(whole)).toMatchObject({
      kind: 'answer',
      answer: {
        status: 200,
        headers: expect.arrayContaining([
          'Set-Cookie',
          'ID=id1234; Expires=soon; Path=/',
          'ID=id5678; Secure',
          'plain=1',
        ]),
      },
    })
  })

  test.each([
    ['no status', { ...whole, statusCode: undefined }, 'statusCode undefined'],
    ['a status as text', { ...whole, statusCode: '200' }, 'statusCode 200'],
    ['an upper-case header', { ...whole, headers: { Date: { value: 'now' } } }, 'header name Date is not lower-case'],
    ['a header without a value', { ...whole, headers: { date: {} } }, 'headers.date has no value'],
    [
      'a read-only header',
      { ...whole, headers: { date: { value: 'now' }, via: { value: 'x' } } },
      'header via is read-only',
    ],
    ['a hidden header', { ...whole, headers: { 'x-edge-a': { value: '1' } } }, 'header x-edge-a is not allowed'],
    ['a body that is not base64', { ...whole, body: { encoding: 'base64', data: '%' } }, 'body.data is not base64'],
    ['nothing', undefined, 'the result is not an object'],
  ])('with %s is not valid', (_name, result, reason) => {
    expect(judge(result)).toEqual({ kind: 'invalid', reason })
  })
})
