import { Match } from 'aws-cdk-lib/assertions'
import { expect, test } from 'vitest'
import { templateOf } from './template-of.ts'

test("the distribution's standard logs go to a bucket that only their delivery may write to, and are not kept for ever", async () => {
  const template = await templateOf({ accessLogs: { retentionDays: 30 } })
  const [distribution] = Object.keys(template.findResources('AWS::CloudFront::Distribution'))
  const [source] = Object.values(template.findResources('AWS::Logs::DeliverySource'))
  expect(source?.Properties.LogType).toBe('ACCESS_LOGS')
  expect(JSON.stringify(source?.Properties.ResourceArn)).toContain(distribution)
  template.hasResourceProperties('AWS::S3::Bucket', {
    LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 30, Status: 'Enabled' })] },
  })
  template.hasResourceProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Effect: 'Allow',
          Action: 's3:PutObject',
          Principal: { Service: 'delivery.logs.amazonaws.com' },
          Condition: Match.objectLike({ StringEquals: Match.objectLike({ 'aws:SourceAccount': Match.anyValue() }) }),
        }),
      ]),
    },
  })
  template.hasResourceProperties('AWS::CloudFront::Distribution', { DistributionConfig: { Logging: Match.absent() } })
})

test('no logged field can hold a token', async () => {
  const template = await templateOf()
  const [delivery] = Object.values(template.findResources('AWS::Logs::Delivery'))
  const fields: string[] = delivery?.Properties.RecordFields
  expect(fields).toContain('cs-uri-stem')
  for (const field of ['cs-uri-query', 'cs(Cookie)', 'cs(Referer)']) expect(fields).not.toContain(field)
})

test('access logs can be left out', async () => {
  const template = await templateOf({ accessLogs: false })
  for (const type of ['DeliverySource', 'DeliveryDestination', 'Delivery']) {
    template.resourceCountIs(`AWS::Logs::${type}`, 0)
  }
  template.resourceCountIs('AWS::S3::Bucket', 1)
})
