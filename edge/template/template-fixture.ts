/** A small template of the resource types that `infra/` writes, for what is about the edge alone. */

export interface TemplateFixture {
  /** `index.js` of the viewer-request function; null: the behavior has none. */
  code?: string | null
  timeoutSeconds?: number
  memoryMb?: number
  behavior?: Record<string, unknown>
  /** Behaviors before the default one, each over the default one's properties. */
  behaviors?: Record<string, unknown>[]
  /** Over the distribution's own. */
  distribution?: Record<string, unknown>
  cachePolicy?: { MinTTL?: number; DefaultTTL?: number; MaxTTL?: number; parameters?: Record<string, unknown> }
  errorResponses?: { ErrorCode: number; ErrorCachingMinTTL: number }[]
}

const passAll = 'exports.handler = async (event) => event.Records[0].cf.request'

/** `parameters`: over a key of the path alone, and compression. `ttls`: over CloudFront's defaults. */
export function cachePolicyFixture(parameters: Record<string, unknown>, ttls: TemplateFixture['cachePolicy'] = {}) {
  return {
    Type: 'AWS::CloudFront::CachePolicy',
    Properties: {
      CachePolicyConfig: {
        MinTTL: 0,
        DefaultTTL: 86_400,
        MaxTTL: 31_536_000,
        ...ttls,
        ParametersInCacheKeyAndForwardedToOrigin: {
          HeadersConfig: { HeaderBehavior: 'none' },
          CookiesConfig: { CookieBehavior: 'none' },
          QueryStringsConfig: { QueryStringBehavior: 'none' },
          EnableAcceptEncodingGzip: true,
          EnableAcceptEncodingBrotli: true,
          ...parameters,
        },
      },
    },
  }
}

export function templateFixture({
  code = passAll,
  timeoutSeconds = 5,
  memoryMb = 128,
  behavior = {},
  behaviors = [],
  distribution = {},
  cachePolicy: { parameters = {}, ...ttls } = {},
  errorResponses = [],
}: TemplateFixture = {}): { Resources: Record<string, { Type: string; Properties: Record<string, unknown> }> } {
  const defaultBehavior = {
    TargetOriginId: 'bucket',
    AllowedMethods: ['GET', 'HEAD', 'OPTIONS'],
    ViewerProtocolPolicy: 'redirect-to-https',
    Compress: true,
    CachePolicyId: { Ref: 'CachePolicy' },
    ...(code !== null && {
      LambdaFunctionAssociations: [{ EventType: 'viewer-request', LambdaFunctionARN: { Ref: 'Version' } }],
    }),
    ...behavior,
  }
  return {
    Resources: {
      Bucket: { Type: 'AWS::S3::Bucket', Properties: {} },
      Access: { Type: 'AWS::CloudFront::OriginAccessControl', Properties: {} },
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          Code: { ZipFile: { 'Fn::Join': ['', [code ?? passAll, '\n']] } },
          Handler: 'index.handler',
          Timeout: timeoutSeconds,
          MemorySize: memoryMb,
        },
      },
      Version: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Function' } } },
      CachePolicy: cachePolicyFixture(parameters, ttls),
      Distribution: {
        Type: 'AWS::CloudFront::Distribution',
        Properties: {
          DistributionConfig: {
            CustomErrorResponses: errorResponses,
            Origins: [
              {
                Id: 'bucket',
                DomainName: { 'Fn::GetAtt': ['Bucket', 'RegionalDomainName'] },
                OriginAccessControlId: { 'Fn::GetAtt': ['Access', 'Id'] },
              },
            ],
            DefaultCacheBehavior: defaultBehavior,
            CacheBehaviors: behaviors.map((listed) => ({ ...defaultBehavior, ...listed })),
            ...distribution,
          },
        },
      },
    },
  }
}
