import { Match } from 'aws-cdk-lib/assertions'
import { expect, test } from 'vitest'
import { plainPolicy, templateOf } from './template-of.ts'

test('both buckets are closed, encrypted, TLS only and outlive the stack', async () => {
  const template = await templateOf()
  const buckets = template.findResources('AWS::S3::Bucket')
  expect(Object.keys(buckets)).toHaveLength(2)
  template.allResources('AWS::S3::Bucket', {
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      BucketEncryption: Match.anyValue(),
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    },
  })
  template.allResourcesProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Effect: 'Deny', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      ]),
    },
  })
})

test('objects keep their versions, and only the one distribution reads them and is told which are missing', async () => {
  const template = await templateOf()
  template.hasResourceProperties('AWS::S3::Bucket', { VersioningConfiguration: { Status: 'Enabled' } })
  const [distribution] = Object.keys(template.findResources('AWS::CloudFront::Distribution'))
  template.hasResourceProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: {
      Statement: [
        Match.anyValue(),
        {
          Effect: 'Allow',
          Action: ['s3:GetObject', 's3:ListBucket'],
          Principal: { Service: 'cloudfront.amazonaws.com' },
          Resource: Match.anyValue(),
          Condition: {
            StringEquals: { 'AWS:SourceArn': { 'Fn::Join': ['', Match.arrayWith([{ Ref: distribution }])] } },
          },
        },
      ],
    },
  })
})

test('S3 itself answers preflights of the configured origins and headers, and has no rule where there are none', async () => {
  const corsOrigins = ['https://app.example.com', 'https://*.preview.example.com']
  const template = await templateOf({}, { ...plainPolicy, corsOrigins, corsHeaders: ['baggage'] })
  template.hasResourceProperties('AWS::S3::Bucket', {
    CorsConfiguration: {
      CorsRules: [
        Match.objectLike({
          AllowedOrigins: corsOrigins,
          AllowedMethods: ['GET', 'HEAD'],
          AllowedHeaders: Match.arrayWith(['Authorization', 'baggage']),
        }),
      ],
    },
  })
  const plain = await templateOf()
  plain.allResourcesProperties('AWS::S3::Bucket', { CorsConfiguration: Match.absent() })
})
