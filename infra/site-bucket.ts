import { Annotations, CfnResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import type * as kms from 'aws-cdk-lib/aws-kms'
import * as s3 from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import type { Policy } from '../authorizer/policy.ts'
import { UsageError } from '../config/usage-error.ts'
import { acknowledge } from './acknowledge.ts'
import { corsMaxAge, corsRequestHeaders, corsResponseHeaders } from './cors.ts'

/** What both buckets are: closed, encrypted, TLS only, and kept when the stack goes. */
export const privateBucket = {
  blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
  objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
  encryption: s3.BucketEncryption.S3_MANAGED,
  enforceSSL: true,
  removalPolicy: RemovalPolicy.RETAIN,
} satisfies s3.BucketProps

/**
 * The private bucket behind the distribution. The CORS rules are S3's own: it is S3 that answers a preflight, with 403
 * where it has no rule for the origin (S3 User Guide, "Troubleshooting CORS"), whatever headers CloudFront adds.
 */
export function siteBucket(scope: Construct, id: string, policy: Policy, encryptionKey?: kms.IKey): s3.IBucket {
  const { corsOrigins = [] } = policy
  const bucket = new s3.Bucket(scope, id, {
    ...privateBucket,
    ...(encryptionKey && { encryption: s3.BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true }),
    versioned: true,
    lifecycleRules: [
      {
        id: 'expire-replaced-versions',
        noncurrentVersionExpiration: Duration.days(90),
        abortIncompleteMultipartUploadAfter: Duration.days(7),
      },
    ],
    ...(corsOrigins.length > 0 && {
      cors: [
        {
          allowedOrigins: [...corsOrigins],
          allowedMethods: [s3.HttpMethods.GET, s3.HttpMethods.HEAD],
          allowedHeaders: corsRequestHeaders(policy),
          exposedHeaders: corsResponseHeaders,
          maxAge: corsMaxAge,
        },
      ],
    }),
  })
  acknowledge(bucket, {
    rule: 'AwsSolutions-S1',
    reason:
      "Only the distribution can read the bucket, and the distribution's access logs hold every viewer's request.",
  })
  // The library's class misses its own interface under exactOptionalPropertyTypes.
  return bucket as s3.IBucket
}

/**
 * A bucket that was there before. One of this stack gets the statement that lets the distribution read; of one that is imported, in any
 * region, policy and CORS rules are its owner's, who is told what they take.
 *
 * @throws UsageError for a bucket of another stack of the app: each of the two would need the other first.
 */
export function existingBucket(scope: Construct, bucket: s3.IBucket, policy: Policy): s3.IBucket {
  const isOwned = CfnResource.isCfnResource(bucket.node.defaultChild)
  if (isOwned && Stack.of(bucket) !== Stack.of(scope)) {
    throw new UsageError(
      `${scope.node.path}: bucket: ${bucket.node.path} is made by another stack, whose policy would need this one's distribution first; make it in this stack, or import it: Bucket.fromBucketAttributes(stack, 'Files', { bucketName, region })`,
    )
  }
  const { corsOrigins = [] } = policy
  if (corsOrigins.length > 0) {
    Annotations.of(scope).addWarningV2(
      'edgeproof:bucket-cors',
      `bucket: S3 answers preflights by the bucket's own CORS rules; it needs one for ${corsOrigins.join(', ')} with the headers ${corsRequestHeaders(policy).join(', ')}`,
    )
  }
  return bucket
}

/** What an imported bucket's policy and its key's have to say, and this stack cannot (CloudFront Developer Guide, "Restrict access to an Amazon S3 origin"). */
export function readStatements(bucket: s3.IBucket, distributionArn: string) {
  const reader = {
    principals: [new iam.ServicePrincipal('cloudfront.amazonaws.com')],
    conditions: { StringEquals: { 'AWS:SourceArn': distributionArn } },
  }
  return {
    bucket: new iam.PolicyStatement({
      ...reader,
      actions: ['s3:GetObject', 's3:ListBucket'],
      resources: [bucket.bucketArn, bucket.arnForObjects('*')],
    }),
    key: new iam.PolicyStatement({ ...reader, actions: ['kms:Decrypt'], resources: ['*'] }),
  }
}
