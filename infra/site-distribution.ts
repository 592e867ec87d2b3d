import { Annotations, Duration, Validations } from 'aws-cdk-lib'
import * as acm from 'aws-cdk-lib/aws-certificatemanager'
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront'
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins'
import type * as lambda from 'aws-cdk-lib/aws-lambda'
import type * as s3 from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import type { Policy } from '../authorizer/policy.ts'
import type { CustomDomain, SiteConfig } from '../config/site-schema.ts'
import { defaultRootObject } from './default-root-object.ts'
import { cachePolicy, originRequestPolicy, responseHeadersPolicy } from './site-policies.ts'

export interface SiteDistributionProps {
  policy: Policy
  site: SiteConfig
  bucket: s3.IBucket
  authorizer: lambda.IVersion
}

/**
 * Every status that CloudFront would cache for ten seconds as an error (Developer Guide, "How CloudFront caches HTTP 4xx
 * and 5xx status codes"): S3 says 404 for an object that is not there yet. None is given another page or status: such a page is
 * served without asking the function.
 */
const uncachedErrors = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504]

const priceClasses = {
  '100': cloudfront.PriceClass.PRICE_CLASS_100,
  '200': cloudfront.PriceClass.PRICE_CLASS_200,
  all: cloudfront.PriceClass.PRICE_CLASS_ALL,
}

/** The distribution: the authorizer before the cache, one cache entry for all who are allowed, S3 behind it. */
export class SiteDistribution extends Construct {
  readonly distribution: cloudfront.Distribution

  constructor(scope: Construct, id: string, { policy, site, bucket, authorizer }: SiteDistributionProps) {
    super(scope, id)
    const preflight = policy.corsPreflight === true || policy.methods?.includes('OPTIONS') === true
    this.distribution = new cloudfront.Distribution(this, 'Distribution', {
      comment: 'edgeproof: private objects behind a viewer-request authorizer',
      defaultBehavior: {
        // Who may list is told that an object is missing (S3 API Reference, GetObject, "Permissions"), and others 403.
        origin: origins.S3BucketOrigin.withOriginAccessControl(bucket, {
          originAccessLevels: [cloudfront.AccessLevel.READ, cloudfront.AccessLevel.LIST],
        }),
        cachePolicy: cachePolicy(this, 'CachePolicy', site.cacheKey ?? {}),
        originRequestPolicy: originRequestPolicy(this, 'OriginRequestPolicy'),
        responseHeadersPolicy: responseHeadersPolicy(this, 'ResponseHeadersPolicy', policy, site),
        viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        allowedMethods: preflight
          ? cloudfront.AllowedMethods.ALLOW_GET_HEAD_OPTIONS
          : cloudfront.AllowedMethods.ALLOW_GET_HEAD,
        cachedMethods: cloudfront.CachedMethods.CACHE_GET_HEAD,
        compress: true,
        edgeLambdas: [{ eventType: cloudfront.LambdaEdgeEventType.VIEWER_REQUEST, functionVersion: authorizer }],
      },
      defaultRootObject: defaultRootObject(policy),
      errorResponses: uncachedErrors.map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) })),
      httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
      enableIpv6: true,
      priceClass: priceClasses[site.priceClass ?? '100'],
      ...(site.additionalMetrics === true && { publishAdditionalMetrics: true }),
      ...(site.webAclArn !== undefined && { webAclId: site.webAclArn }),
      ...(site.domain && customDomain(this, site.domain)),
    })
    this.acknowledge(site)
  }

  /** Rules of AwsSolutionsChecks that a configuration may leave open on purpose, each with its reason. */
  private acknowledge(site: SiteConfig): void {
    Annotations.of(this.distribution).acknowledgeWarning(
      '@aws-cdk/aws-cloudfront-origins:listBucketSecurityRisk',
      'There is always a default root object, and S3 is asked for objects only.',
    )
    const validations = Validations.of(this.distribution)
    validations.acknowledge({
      id: 'AwsSolutions-CFR1',
      reason: 'Who may see an object is decided by the token, not by the country.',
    })
    validations.acknowledge({
      id: 'AwsSolutions-CFR3',
      reason: 'The rule looks for legacy logs; standard logging (v2) is a delivery of its own (access-logs.ts).',
    })
    if (site.webAclArn === undefined) {
      validations.acknowledge({
        id: 'AwsSolutions-CFR2',
        reason: 'A web ACL costs money; site.webAclArn attaches one.',
      })
    }
    if (!site.domain) {
      validations.acknowledge({
        id: 'AwsSolutions-CFR4',
        reason: 'CloudFront fixes the TLS policy of its own cloudfront.net certificate; site.domain brings another.',
      })
    }
  }
}

function customDomain(scope: Construct, { names, certificateArn, minimumTls = 'TLSv1.2_2021' }: CustomDomain) {
  return {
    domainNames: [...names],
    certificate: acm.Certificate.fromCertificateArn(scope, 'Certificate', certificateArn),
    minimumProtocolVersion: minimumTls as cloudfront.SecurityPolicyProtocol,
  }
}
