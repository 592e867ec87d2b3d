/** Against ministack (PyPI), which keeps a distribution's configuration as CloudFront does. */
import { join } from 'node:path'
import { CloudFrontClient, CreateDistributionCommand, type DistributionConfig } from '@aws-sdk/client-cloudfront'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Emulator, startEmulator } from '../../infra/deployment/emulator.ts'
import { pythonTools, skipNote } from '../../infra/deployment/python-tools.ts'
import { explainLoadTesting, isLoopback, loadTestingReasons } from './load-testing-policy.ts'

const skip = skipNote('ministack')

describe.skipIf(skip !== '')(`what a distribution forbids${skip}`, () => {
  let emulator: Emulator
  beforeAll(async () => {
    emulator = await startEmulator(join(pythonTools, 'ministack'), [])
    Object.assign(process.env, emulator.environment)
  })
  afterAll(() => emulator.stop())

  it('names its viewer triggers and its Origin Shield, found by id or by domain name', async () => {
    const { Distribution } = await new CloudFrontClient({ region: 'us-east-1' }).send(
      new CreateDistributionCommand({ DistributionConfig: config }),
    )
    const host = Distribution?.DomainName ?? ''
    const reasons = [
      'the default behavior has a Lambda@Edge viewer-request trigger',
      'the origin bucket has Origin Shield',
    ]
    expect(await loadTestingReasons({ id: Distribution?.Id ?? '', host })).toEqual(reasons)
    expect(await loadTestingReasons({ id: null, host })).toEqual(reasons)
  })

  it('is unknown for a domain of another account', async () => {
    expect(await loadTestingReasons({ id: null, host: 'd2.cloudfront.net' })).toEqual([
      expect.stringMatching(/^no distribution of this account serves d2\.cloudfront\.net/),
    ])
  })

  it('is unknown when it cannot be read', async () => {
    expect(await loadTestingReasons({ id: 'EUNKNOWN', host: 'd2.cloudfront.net' })).toEqual([
      expect.stringMatching(/^its configuration could not be read/),
    ])
  })
})

describe('the explanation', () => {
  it('names the page, and a probe unless the user made a statement', () => {
    expect(explainLoadTesting('d1', ['a reason'], undefined)).toMatch(
      /^d1: a reason\. See https:.*load-testing\.html\. Without .* at most 1 request per second is sent$/,
    )
    expect(explainLoadTesting('d1', ['a reason'], 'AWS agreed')).toMatch(/by your own statement: AWS agreed$/)
  })

  it.each(['localhost', '127.0.0.1', '127.8.9.10', '[::1]'])('is not needed for %s', (host) => {
    expect(isLoopback(host)).toBe(true)
  })

  it.each(['d1.cloudfront.net', '127.0.0.1.example.com', 'localhost.example.com'])('is needed for %s', (host) => {
    expect(isLoopback(host)).toBe(false)
  })
})

const config: DistributionConfig = {
  CallerReference: 'load',
  Comment: '',
  Enabled: true,
  Origins: {
    Quantity: 1,
    Items: [
      {
        Id: 'bucket',
        DomainName: 'bucket.s3.amazonaws.com',
        S3OriginConfig: { OriginAccessIdentity: '' },
        OriginShield: { Enabled: true, OriginShieldRegion: 'us-east-1' },
      },
    ],
  },
  DefaultCacheBehavior: {
    TargetOriginId: 'bucket',
    ViewerProtocolPolicy: 'https-only',
    CachePolicyId: '658327ea-f89d-4fab-a63d-7e88639e58f6',
    LambdaFunctionAssociations: {
      Quantity: 1,
      Items: [{ EventType: 'viewer-request', LambdaFunctionARN: 'arn:aws:lambda:us-east-1:000000000000:function:f:1' }],
    },
  },
}
