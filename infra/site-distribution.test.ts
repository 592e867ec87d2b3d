import { Match } from 'aws-cdk-lib/assertions'
import { expect, test } from 'vitest'
import type { Policy } from '../authorizer/policy.ts'
import type { SiteConfig } from '../config/site-schema.ts'
import { plainPolicy, templateOf } from './template-of.ts'

test('the authorizer runs before the cache, over HTTP/2 and 3, compressed, with OPTIONS only for preflights', async () => {
  const template = await templateOf({}, { ...plainPolicy, corsPreflight: true })
  const [version] = Object.keys(template.findResources('AWS::Lambda::Version'))
  template.hasResourceProperties('AWS::CloudFront::Distribution', {
    DistributionConfig: {
      HttpVersion: 'http2and3',
      PriceClass: 'PriceClass_100',
      ViewerCertificate: Match.absent(),
      DefaultCacheBehavior: {
        AllowedMethods: ['GET', 'HEAD', 'OPTIONS'],
        CachedMethods: ['GET', 'HEAD'],
        Compress: true,
        ViewerProtocolPolicy: 'redirect-to-https',
        LambdaFunctionAssociations: [{ EventType: 'viewer-request', LambdaFunctionARN: { Ref: version } }],
      },
    },
  })
  const plain = await templateOf()
  plain.hasResourceProperties('AWS::CloudFront::Distribution', {
    DistributionConfig: { DefaultCacheBehavior: { AllowedMethods: ['GET', 'HEAD'] } },
  })
})

test('the bucket is reached with origin access control alone', async () => {
  const template = await templateOf()
  template.hasResourceProperties('AWS::CloudFront::OriginAccessControl', {
    OriginAccessControlConfig: {
      OriginAccessControlOriginType: 's3',
      SigningBehavior: 'always',
      SigningProtocol: 'sigv4',
    },
  })
  template.resourceCountIs('AWS::CloudFront::CloudFrontOriginAccessIdentity', 0)
})

test('neither token, cookie nor query string tells two cached objects apart, unless the configuration asks', async () => {
  const plain = await templateOf()
  plain.hasResourceProperties('AWS::CloudFront::CachePolicy', {
    CachePolicyConfig: {
      ParametersInCacheKeyAndForwardedToOrigin: {
        HeadersConfig: { HeaderBehavior: 'none' },
        CookiesConfig: { CookieBehavior: 'none' },
        QueryStringsConfig: { QueryStringBehavior: 'none' },
        EnableAcceptEncodingBrotli: true,
        EnableAcceptEncodingGzip: true,
      },
    },
  })
  const asked = await templateOf({ cacheKey: { queryStrings: ['width'], cookies: ['theme'] } })
  asked.hasResourceProperties('AWS::CloudFront::CachePolicy', {
    CachePolicyConfig: {
      ParametersInCacheKeyAndForwardedToOrigin: {
        HeadersConfig: { HeaderBehavior: 'none' },
        CookiesConfig: { CookieBehavior: 'whitelist', Cookies: ['theme'] },
        QueryStringsConfig: { QueryStringBehavior: 'whitelist', QueryStrings: ['width'] },
      },
    },
  })
})

test('S3 gets what it decides about preflights by, and nothing else of the viewer', async () => {
  const template = await templateOf()
  template.hasResourceProperties('AWS::CloudFront::OriginRequestPolicy', {
    OriginRequestPolicyConfig: {
      HeadersConfig: {
        HeaderBehavior: 'whitelist',
        Headers: ['Origin', 'Access-Control-Request-Method', 'Access-Control-Request-Headers'],
      },
      CookiesConfig: { CookieBehavior: 'none' },
      QueryStringsConfig: { QueryStringBehavior: 'none' },
    },
  })
})

test('objects carry security headers, and CORS headers for the configured origins', async () => {
  const corsOrigins = ['https://app.example.com', 'https://*.preview.example.com']
  const template = await templateOf({}, { ...plainPolicy, corsOrigins })
  template.hasResourceProperties('AWS::CloudFront::ResponseHeadersPolicy', {
    ResponseHeadersPolicyConfig: {
      SecurityHeadersConfig: {
        ContentTypeOptions: { Override: true },
        FrameOptions: { FrameOption: 'SAMEORIGIN', Override: true },
        ReferrerPolicy: Match.anyValue(),
        StrictTransportSecurity: {
          AccessControlMaxAgeSec: 63_072_000,
          IncludeSubdomains: false,
          Override: true,
        },
      },
      CorsConfig: Match.objectLike({
        AccessControlAllowCredentials: false,
        AccessControlAllowOrigins: { Items: corsOrigins },
        OriginOverride: true,
      }),
    },
  })
  const plain = await templateOf()
  plain.hasResourceProperties('AWS::CloudFront::ResponseHeadersPolicy', {
    ResponseHeadersPolicyConfig: { CorsConfig: Match.absent() },
  })
})

test.each<[NonNullable<Policy['credentials']>, boolean]>([
  [{ cookie: 'token' }, true],
  [['header', { cookie: 'token' }], true],
  [['header'], false],
  [{ header: 'X-Token', scheme: null }, false],
])('with credentials %j pages of allowed origins may send cookies: %s', async (credentials, isAllowed) => {
  const template = await templateOf({}, { ...plainPolicy, corsOrigins: ['https://app.example.com'], credentials })
  template.hasResourceProperties('AWS::CloudFront::ResponseHeadersPolicy', {
    ResponseHeadersPolicyConfig: { CorsConfig: { AccessControlAllowCredentials: isAllowed } },
  })
})

test('they may send what reading takes, the header that holds the token, and what the policy names, each once', async () => {
  const template = await templateOf(
    {},
    {
      ...plainPolicy,
      corsOrigins: ['https://app.example.com'],
      credentials: ['header', { header: 'X-Token' }],
      corsHeaders: ['baggage', 'range', 'sentry-trace', 'Baggage'],
    },
  )
  const reading = ['Authorization', 'Cache-Control', 'If-Modified-Since', 'If-None-Match', 'Range']
  template.hasResourceProperties('AWS::CloudFront::ResponseHeadersPolicy', {
    ResponseHeadersPolicyConfig: {
      CorsConfig: { AccessControlAllowHeaders: { Items: [...reading, 'X-Token', 'baggage', 'sentry-trace'] } },
    },
  })
})

test.each<[NonNullable<SiteConfig['frameOptions']>, unknown]>([
  ['DENY', { FrameOption: 'DENY', Override: true }],
  ['SAMEORIGIN', { FrameOption: 'SAMEORIGIN', Override: true }],
  [false, Match.absent()],
])('frame options are a choice: %s', async (frameOptions, FrameOptions) => {
  const template = await templateOf({ frameOptions })
  template.hasResourceProperties('AWS::CloudFront::ResponseHeadersPolicy', {
    ResponseHeadersPolicyConfig: { SecurityHeadersConfig: { FrameOptions } },
  })
})

test('hosts below are told to use https only where that is asked, by objects and by denials', async () => {
  const template = await templateOf({ hsts: { maxAge: 300, includeSubDomains: true } })
  template.hasResourceProperties('AWS::CloudFront::ResponseHeadersPolicy', {
    ResponseHeadersPolicyConfig: {
      SecurityHeadersConfig: {
        StrictTransportSecurity: { AccessControlMaxAgeSec: 300, IncludeSubdomains: true, Override: true },
      },
    },
  })
  template.hasResourceProperties('AWS::Lambda::Function', {
    Code: {
      ZipFile: Match.stringLikeRegexp('"strict-transport-security":"max-age=300; includeSubDomains"'),
    },
  })
})

test('the root is an object, always: the index, or index.html', async () => {
  for (const [policy, DefaultRootObject] of [
    [plainPolicy, 'index.html'],
    [{ ...plainPolicy, index: 'home.htm' }, 'home.htm'],
  ] as const) {
    const template = await templateOf({}, policy)
    template.hasResourceProperties('AWS::CloudFront::Distribution', { DistributionConfig: { DefaultRootObject } })
  }
})

test('no error is answered with a page or another status, which no function would be asked about', async () => {
  const routes = [{ path: '/*', app: '/index.html' }]
  const template = await templateOf({}, { ...plainPolicy, routes, index: 'index.html', slash: 'redirect' })
  const [distribution] = Object.values(template.findResources('AWS::CloudFront::Distribution'))
  const errors: object[] = distribution?.Properties.DistributionConfig.CustomErrorResponses
  for (const error of errors) expect(Object.keys(error).sort()).toEqual(['ErrorCachingMinTTL', 'ErrorCode'])
})

test('no error is cached', async () => {
  const template = await templateOf()
  const [distribution] = Object.values(template.findResources('AWS::CloudFront::Distribution'))
  const errors: { ErrorCode: number; ErrorCachingMinTTL: number }[] =
    distribution?.Properties.DistributionConfig.CustomErrorResponses
  for (const status of [403, 404, 500, 502, 503, 504]) {
    expect(errors).toContainEqual({ ErrorCode: status, ErrorCachingMinTTL: 0 })
  }
})

test("a domain of one's own brings its certificate and TLS 1.2 at least; a web ACL and all locations by choice", async () => {
  const certificateArn = 'arn:aws:acm:us-east-1:111122223333:certificate/0f0f0f0f'
  const webAclArn = 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/site/0f0f0f0f'
  const domain = { names: ['files.example.com'], certificateArn }
  const template = await templateOf({ domain, webAclArn, priceClass: 'all' })
  template.hasResourceProperties('AWS::CloudFront::Distribution', {
    DistributionConfig: {
      Aliases: ['files.example.com'],
      WebACLId: webAclArn,
      PriceClass: 'PriceClass_All',
      ViewerCertificate: {
        AcmCertificateArn: certificateArn,
        MinimumProtocolVersion: 'TLSv1.2_2021',
        SslSupportMethod: 'sni-only',
      },
    },
  })
})

test('the paid metrics are a choice', async () => {
  const plain = await templateOf()
  plain.resourceCountIs('AWS::CloudFront::MonitoringSubscription', 0)
  const paid = await templateOf({ additionalMetrics: true })
  paid.hasResourceProperties('AWS::CloudFront::MonitoringSubscription', {
    MonitoringSubscription: { RealtimeMetricsSubscriptionConfig: { RealtimeMetricsSubscriptionStatus: 'Enabled' } },
  })
})
