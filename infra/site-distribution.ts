import { Annotations, Duration } from 'aws-cdk-lib'
import * as acm from 'aws-cdk-lib/aws-certificatemanager'
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront'
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins'
import type * as s3 from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import type { Policy } from '../authorizer/policy.ts'
import type { CustomDomain, SiteConfig } from '../config/site-schema.ts'
import { acknowledge } from './acknowledge.ts'
import type { AuthorizerFunction } from './authorizer-function.ts'
import { acrossRegions } from './cross-region.ts'
import { defaultRootObject } from './default-root-object.ts'
import { edgeScope } from './edge-scope.ts'
import { protectBehaviors } from './protected-behaviors.ts'
import { cachePolicy, originRequestPolicy, responseHeadersPolicy } from './site-policies.ts'
import { distributionAcl } from './web-acl.ts'

export interface SiteDistributionProps {
  policy: Policy
  site: SiteConfig
  bucket: s3.IBucket
  authorizer: AuthorizerFunction
  additionalBehaviors?: Readonly<Record<string, SiteBehavior>>
}

/**
 * A behavior beside the default one. What it leaves out is as there: cache policy, security headers, methods and https. An origin gets
 * no token: the function takes it off what it lets pass.
 */
export interface SiteBehavior extends cloudfront.BehaviorOptions {
  /** False: everybody may use it, without the function. Default true. */
  protected?: boolean
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
  readonly #unprotected = new Set<string>()
  readonly #shared: Omit<cloudfront.BehaviorOptions, 'origin'>

  constructor(scope: Construct, id: string, props: SiteDistributionProps) {
    super(scope, id)
    const { policy, site, bucket, authorizer } = props
    const preflight = policy.corsPreflight === true || policy.methods?.includes('OPTIONS') === true
    this.#shared = {
      cachePolicy: cachePolicy(this, 'CachePolicy', site),
      responseHeadersPolicy: responseHeadersPolicy(this, 'ResponseHeadersPolicy', policy, site),
      viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      allowedMethods: preflight
        ? cloudfront.AllowedMethods.ALLOW_GET_HEAD_OPTIONS
        : cloudfront.AllowedMethods.ALLOW_GET_HEAD,
      cachedMethods: cloudfront.CachedMethods.CACHE_GET_HEAD,
      compress: true,
    }
    const webAclArn = site.webAcl && acrossRegions(this, distributionAcl(edgeScope(this), 'WebAcl', site.webAcl))
    this.distribution = new cloudfront.Distribution(this, 'Distribution', {
      comment: 'edgeproof: private objects behind a viewer-request authorizer',
      defaultBehavior: {
        ...this.#shared,
        // Who may list is told that an object is missing (S3 API Reference, GetObject, "Permissions"), and others 403.
        origin: origins.S3BucketOrigin.withOriginAccessControl(bucket, {
          originAccessLevels: [cloudfront.AccessLevel.READ, cloudfront.AccessLevel.LIST],
        }),
        originRequestPolicy: originRequestPolicy(this, 'OriginRequestPolicy'),
      },
      defaultRootObject: defaultRootObject(policy),
      errorResponses: uncachedErrors.map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) })),
      httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
      enableIpv6: true,
      priceClass: priceClasses[site.priceClass ?? '100'],
      ...(site.additionalMetrics === true && { publishAdditionalMetrics: true }),
      ...((site.webAclArn ?? webAclArn) !== undefined && { webAclId: site.webAclArn ?? webAclArn }),
      ...(site.domain && customDomain(this, site.domain)),
    })
    for (const [pattern, behavior] of Object.entries(props.additionalBehaviors ?? {})) {
      this.addBehavior(pattern, behavior)
    }
    protectBehaviors(authorizer, this.distribution, undefined, { except: this.#unprotected, policy })
    this.acknowledge(site)
  }

  addBehavior(pattern: string, { protected: isProtected = true, origin, ...options }: SiteBehavior): void {
    if (!isProtected) this.#unprotected.add(pattern)
    this.distribution.addBehavior(pattern, origin, { ...this.#shared, ...options })
  }

  /** Rules of AwsSolutionsChecks that a configuration may leave open on purpose, each with its reason. */
  private acknowledge(site: SiteConfig): void {
    Annotations.of(this.distribution).acknowledgeWarning(
      '@aws-cdk/aws-cloudfront-origins:listBucketSecurityRisk',
      'There is always a default root object, and S3 is asked for objects only.',
    )
    acknowledge(
      this.distribution,
      {
        rule: 'AwsSolutions-CFR1',
        reason: 'Who may see an object is decided by the token, not by the country.',
      },
      {
        rule: 'AwsSolutions-CFR3',
        reason: 'The rule looks for legacy logs; standard logging (v2) is a delivery of its own (access-logs.ts).',
      },
    )
    if (site.webAclArn === undefined && !site.webAcl) {
      acknowledge(this.distribution, {
        rule: 'AwsSolutions-CFR2',
        reason: 'A web ACL costs money; site.webAclArn attaches one, site.webAcl makes one.',
      })
    }
    if (!site.domain) {
      acknowledge(this.distribution, {
        rule: 'AwsSolutions-CFR4',
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
