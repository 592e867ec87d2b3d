import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib'
import * as s3 from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import type { Policy } from '../authorizer/policy.ts'
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
export function siteBucket(scope: Construct, id: string, policy: Policy): s3.IBucket {
  const { corsOrigins = [] } = policy
  const bucket = new s3.Bucket(scope, id, {
    ...privateBucket,
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
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason:
      "Only the distribution can read the bucket, and the distribution's access logs hold every viewer's request.",
  })
  // The library's class misses its own interface under exactOptionalPropertyTypes.
  return bucket as s3.IBucket
}
