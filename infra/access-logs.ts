import { Duration, Stack } from 'aws-cdk-lib'
import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as logs from 'aws-cdk-lib/aws-logs'
import * as s3 from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import { acknowledge } from './acknowledge.ts'
import { acrossRegions } from './cross-region.ts'
import { edgeRegion, edgeScope } from './edge-scope.ts'
import { privateBucket } from './site-bucket.ts'

/**
 * Fields of a record (CloudFront Developer Guide, "Configure standard logging (v2)"): neither the query string nor the
 * cookies nor the referrer, which may hold tokens.
 */
const recordFields = [
  'date',
  'time',
  'x-edge-location',
  'x-edge-request-id',
  'c-ip',
  'cs-method',
  'x-host-header',
  'cs-uri-stem',
  'cs-protocol',
  'cs-protocol-version',
  'ssl-protocol',
  'cs(User-Agent)',
  'sc-status',
  'sc-bytes',
  'sc-content-type',
  'time-taken',
  'time-to-first-byte',
  'x-edge-result-type',
  'x-edge-response-result-type',
  'x-edge-detailed-result-type',
]

export interface AccessLogsProps {
  /** What the delivery is named after; the account has one of a name. */
  siteName: string
  distribution: cloudfront.Distribution
  retentionDays: number
}

/**
 * CloudFront's standard logs (v2) as JSON lines in a bucket of their own, by CloudWatch Logs' delivery. The bucket is in the construct's
 * own region. The delivery is in us-east-1 (CloudFront Developer Guide, "Configure standard logging (v2)"), if need be in a stack of
 * its own that comes after the distribution's.
 */
export class AccessLogs extends Construct {
  constructor(scope: Construct, id: string, { siteName, distribution, retentionDays }: AccessLogsProps) {
    super(scope, id)
    const { account } = Stack.of(this)
    const bucket = new s3.Bucket(this, 'Bucket', {
      ...privateBucket,
      lifecycleRules: [{ id: 'expire-logs', expiration: Duration.days(retentionDays) }],
    })
    acknowledge(bucket, {
      rule: 'AwsSolutions-S1',
      reason: 'This bucket receives logs; logging its own access to itself would never end.',
    })
    // CloudWatch Logs User Guide, "Enable logging from AWS services", permissions for logs sent to Amazon S3 (v2).
    bucket.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'AWSLogDeliveryWrite',
        principals: [new iam.ServicePrincipal('delivery.logs.amazonaws.com')],
        actions: ['s3:PutObject'],
        resources: [bucket.arnForObjects(`AWSLogs/${account}/*`)],
        conditions: {
          StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control', 'aws:SourceAccount': account },
          ArnLike: {
            'aws:SourceArn': Stack.of(this).formatArn({
              service: 'logs',
              region: edgeRegion,
              resource: 'delivery-source:*',
            }),
          },
        },
      }),
    )
    const edge = edgeScope(this, `logs-${edgeRegion}`)
    const name = `${siteName}-access-logs`.slice(-60)
    const source = new logs.CfnDeliverySource(edge, 'Source', {
      name,
      logType: 'ACCESS_LOGS',
      resourceArn: acrossRegions(edge, distribution.distributionArn),
    })
    const destination = new logs.CfnDeliveryDestination(edge, 'Destination', {
      name,
      destinationResourceArn: acrossRegions(edge, bucket.bucketArn),
      outputFormat: 'json',
    })
    const delivery = new logs.CfnDelivery(edge, 'Delivery', {
      deliverySourceName: source.name,
      deliveryDestinationArn: destination.attrArn,
      recordFields,
      // Below AWSLogs/<account>/CloudFront/, which the delivery puts first.
      s3SuffixPath: '{DistributionId}/{yyyy}/{MM}/{dd}/{HH}',
    })
    // The names alone are no reference, and both ends must exist first; so must the right to write.
    delivery.node.addDependency(source)
    if (bucket.policy) delivery.node.addDependency(bucket.policy)
  }
}
