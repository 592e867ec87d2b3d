import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import * as s3 from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'

/**
 * The private bucket behind the distribution. The CORS rules are S3's own: it is S3 that answers a preflight, with 403
 * where it has no rule for the origin, whatever headers CloudFront adds to responses.
 */
export function siteBucket(scope: Construct, id: string, corsOrigins: readonly string[]): s3.IBucket {
  const bucket = new s3.Bucket(scope, id, {
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    encryption: s3.BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    versioned: true,
    removalPolicy: RemovalPolicy.RETAIN,
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
          allowedHeaders: ['*'],
          exposedHeaders: ['ETag'],
          maxAge: 3600,
        },
      ],
    }),
  })
  // The library's class misses its own interface under exactOptionalPropertyTypes.
  return bucket as s3.IBucket
}
