/**
 * The distribution that http-cache-tests runs against: every method, every header and query string to the origin, the
 * query string in the key, and a default TTL of 0, without which nothing about absent lifetimes could be seen.
 */
export const cacheTestsTemplate = {
  Resources: {
    Function: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: { ZipFile: 'exports.handler = async (event) => event.Records[0].cf.request' },
        Handler: 'index.handler',
      },
    },
    Version: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Function' } } },
    CachePolicy: {
      Type: 'AWS::CloudFront::CachePolicy',
      Properties: {
        CachePolicyConfig: {
          MinTTL: 0,
          DefaultTTL: 0,
          MaxTTL: 31_536_000,
          ParametersInCacheKeyAndForwardedToOrigin: {
            HeadersConfig: { HeaderBehavior: 'none' },
            CookiesConfig: { CookieBehavior: 'none' },
            QueryStringsConfig: { QueryStringBehavior: 'all' },
            EnableAcceptEncodingGzip: false,
          },
        },
      },
    },
    Distribution: {
      Type: 'AWS::CloudFront::Distribution',
      Properties: {
        DistributionConfig: {
          Origins: [{ Id: 'suite', DomainName: 'origin.example.com', CustomOriginConfig: {} }],
          DefaultCacheBehavior: {
            TargetOriginId: 'suite',
            AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
            ViewerProtocolPolicy: 'allow-all',
            CachePolicyId: { Ref: 'CachePolicy' },
            // AllViewer, managed.
            OriginRequestPolicyId: '216adef6-5c7f-47e4-b989-5492eafa07d3',
            LambdaFunctionAssociations: [{ EventType: 'viewer-request', LambdaFunctionARN: { Ref: 'Version' } }],
          },
        },
      },
    },
  },
}
