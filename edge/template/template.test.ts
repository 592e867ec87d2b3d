// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation writes its variables like this.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseTemplate } from './parse-template.ts'
import { readStacks } from './read-stacks.ts'
import { type ReadOptions, readDistribution } from './template.ts'
import { templateFixture } from './template-fixture.ts'

const values = { userPoolId: 'us-east-1_A', clientId: 'client' }
const read = (yaml: string, options: Partial<ReadOptions> = {}) =>
  readDistribution(parseTemplate(yaml, 'site.yaml'), { values, ...options })

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'edgeproof-template-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** Files below a directory of its own; `.json` ones from values. */
function written(name: string, files: Record<string, string | object>): string {
  for (const [path, content] of Object.entries(files)) {
    const file = join(directory, name, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  }
  return join(directory, name)
}

const site = `
Parameters:
  Stage: { Type: String, Default: test }
  Names: { Type: CommaDelimitedList, Default: 'a, b' }
Conditions:
  Live: !Equals [!Ref Stage, live]
Mappings:
  Stages: { test: { ttl: 5 }, live: { ttl: 500 } }
Resources:
  Site: { Type: AWS::S3::Bucket }
  Policy:
    Type: AWS::CloudFront::CachePolicy
    Properties:
      CachePolicyConfig:
        MinTTL: 0
        DefaultTTL: !FindInMap [Stages, !Ref Stage, ttl]
        MaxTTL: '500'
        ParametersInCacheKeyAndForwardedToOrigin:
          HeadersConfig: { HeaderBehavior: none }
          CookiesConfig: { CookieBehavior: whitelist, Cookies: !Ref Names }
          QueryStringsConfig: { QueryStringBehavior: none }
          EnableAcceptEncodingGzip: true
  Distribution:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        DefaultRootObject: !If [Live, index.html, !Ref 'AWS::NoValue']
        Origins:
          - { Id: !Sub 'S3-\${AWS::StackName}', DomainName: !GetAtt Site.RegionalDomainName, S3OriginConfig: {} }
        CacheBehaviors: !If
          - Live
          - []
          - - { PathPattern: /debug, TargetOriginId: S3-edgeproof-local, ViewerProtocolPolicy: allow-all, CachePolicyId: !Ref Policy }
        DefaultCacheBehavior:
          TargetOriginId: S3-edgeproof-local
          ViewerProtocolPolicy: https-only
          CachePolicyId: !Ref Policy
`

test('parameters, conditions and mappings decide', () => {
  const standard = read(site)
  expect(standard.behaviors.map(({ pathPattern }) => pathPattern)).toEqual(['/debug', '*'])
  expect(standard.behaviors[0]?.cache).toMatchObject({ defaultTtl: 5, cookies: { names: new Set(['a', 'b']) } })
  expect(standard.defaultRootObject).toBeNull()
  const live = read(site, { values: { ...values, parameters: { Stage: 'live' } } })
  expect(live.behaviors.map(({ pathPattern }) => pathPattern)).toEqual(['*'])
  expect([live.behaviors[0]?.cache.defaultTtl, live.defaultRootObject]).toEqual([500, 'index.html'])
})

test('one start lists every problem with resource and property, and nothing that is not read', () => {
  const broken = `
Parameters:
  Pattern: { Type: String }
  Certificate: { Type: String }
  Image: { Type: 'AWS::SSM::Parameter::Value<String>', Default: /x }
Resources:
  Distribution:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        ViewerCertificate: { AcmCertificateArn: !Ref Certificate }
        Origins: [{ Id: o, DomainName: !GetAtt Lookup.Domain, OriginPath: !Ref Image }]
        CacheBehaviors: [{ PathPattern: !Ref Pattern, TargetOriginId: o, ViewerProtocolPolicy: sometimes }]
        DefaultCacheBehavior: { TargetOriginId: o, ViewerProtocolPolicy: allow-all, CachePolicyId: !ImportValue cache }
  Lookup: { Type: 'Custom::Lookup' }
`
  expect(() => read(broken)).toThrow(/^template: 5 problems\n/)
  for (const line of [
    'Distribution.DistributionConfig.Origins.0.DomainName: Fn::GetAtt Lookup.Domain is not known outside a deployment; pass --value Lookup.Domain=VALUE',
    'Distribution.DistributionConfig.Origins.0.OriginPath: parameter Image is read from Parameter Store; pass --parameters Image=VALUE',
    'Distribution.DistributionConfig.CacheBehaviors.0.PathPattern: parameter Pattern has no default; pass --parameters Pattern=VALUE',
    'Distribution.DistributionConfig.CacheBehaviors.0.ViewerProtocolPolicy: Invalid option',
    'Distribution.DistributionConfig.DefaultCacheBehavior.CachePolicyId: Fn::ImportValue cache is not known outside a deployment; pass --import cache=VALUE',
  ]) {
    expect(() => read(broken)).toThrow(line)
  }
  const given = {
    parameters: { Pattern: '/a*', Image: '/p' },
    values: { 'Lookup.Domain': 'example.com' },
    imports: { cache: '658327ea-f89d-4fab-a63d-7e88639e58f6' },
  }
  const fixed = read(broken.replace('sometimes', 'allow-all'), { values: { ...values, ...given } })
  expect(fixed.behaviors.map(({ pathPattern }) => pathPattern)).toEqual(['/a*', '*'])
  expect(fixed.origins.get('o')).toMatchObject({ domainName: 'example.com', path: '/p', bucket: null })
})

test('what a response headers policy asks for and does not get is said', () => {
  const { Resources } = templateFixture({ behavior: { ResponseHeadersPolicyId: { Ref: 'Timing' } } })
  const Timing = {
    Type: 'AWS::CloudFront::ResponseHeadersPolicy',
    Properties: {
      ResponseHeadersPolicyConfig: { Name: 't', ServerTimingHeadersConfig: { Enabled: true, SamplingRate: 100 } },
    },
  }
  expect(readDistribution({ Resources: { ...Resources, Timing } }, { values }).notEmulated).toEqual([
    'response headers policy Timing: ServerTimingHeadersConfig is not emulated: no Server-Timing header is added',
  ])
})

test.each([
  ['always', true],
  ['never', false],
  ['no-override', 'no-override'],
])('origin access control that signs %s', (SigningBehavior, signed) => {
  const { Resources } = templateFixture()
  const Access = {
    Type: 'AWS::CloudFront::OriginAccessControl',
    Properties: { OriginAccessControlConfig: { SigningBehavior } },
  }
  expect(readDistribution({ Resources: { ...Resources, Access } }, { values }).origins.get('bucket')?.signed).toBe(
    signed,
  )
})

test('settings without a cache policy', () => {
  const behavior = {
    CachePolicyId: undefined,
    MaxTTL: 600,
    ForwardedValues: {
      QueryString: true,
      QueryStringCacheKeys: ['q'],
      Headers: ['Origin'],
      Cookies: { Forward: 'all' },
    },
  }
  expect(readDistribution(templateFixture({ behavior }), { values }).behaviors[0]?.cache).toEqual({
    minTtl: 0,
    defaultTtl: 86_400,
    maxTtl: 600,
    headers: { kind: 'whitelist', names: new Set(['origin']) },
    cookies: { kind: 'all', names: new Set() },
    queryStrings: { kind: 'whitelist', names: new Set(['q']) },
    gzip: true,
    brotli: false,
  })
  const everything = { CachePolicyId: undefined, ForwardedValues: { QueryString: true, Headers: ['*'] } }
  expect(readDistribution(templateFixture({ behavior: everything }), { values }).behaviors[0]?.cache.maxTtl).toBe(0)
})

test.each([
  ['my-bucket.s3.eu-west-1.amazonaws.com', 'my-bucket', false],
  ['my.bucket.s3.amazonaws.com', 'my.bucket', false],
  ['my-bucket.s3.dualstack.us-east-1.amazonaws.com', 'my-bucket', false],
  ['my-bucket.s3-website-us-east-1.amazonaws.com', 'my-bucket', true],
  ['my-bucket.s3-website.eu-central-1.amazonaws.com', 'my-bucket', true],
  ['api.example.com', undefined, false],
  ['x.execute-api.us-east-1.amazonaws.com', undefined, false],
])('%s is the bucket %s', (DomainName, name, website) => {
  const distribution = { Origins: [{ Id: 'bucket', DomainName }] }
  const origin = readDistribution(templateFixture({ distribution }), { values }).origins.get('bucket')
  expect(origin?.bucket?.name).toBe(name)
  expect(origin?.bucket?.website ?? null).toEqual(website ? { index: 'index.html', error: null } : null)
})

describe('several', () => {
  const two = `
Resources:
  One: &one
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Origins: [{ Id: o, DomainName: b.s3.amazonaws.com }]
        DefaultCacheBehavior: { TargetOriginId: o, ViewerProtocolPolicy: allow-all }
  Two: *one
`
  test('distributions are chosen by their id', () => {
    expect(() => read(two)).toThrow(
      'there are 2 distributions; choose one with --distribution, or --stack: One (stack edgeproof-local), Two (stack edgeproof-local)',
    )
    expect(read(two, { distribution: 'Two' }).id).toBe('Two')
    expect(() => read(two, { distribution: 'Three' })).toThrow(/^--distribution Three: there is none of that name/)
    expect(() => read(two, { stack: 'Other' })).toThrow(/^--stack Other: .* choose one of edgeproof-local/)
  })
})

const lambda = (properties: object, more: object = {}) => ({
  Type: 'AWS::Lambda::Function',
  Properties: properties,
  ...more,
})
const oneBehavior = (association: unknown, event = 'viewer-request') => ({
  Type: 'AWS::CloudFront::Distribution',
  Properties: {
    DistributionConfig: {
      Origins: [{ Id: 'o', DomainName: 'b.s3.amazonaws.com' }],
      DefaultCacheBehavior: {
        TargetOriginId: 'o',
        ViewerProtocolPolicy: 'allow-all',
        LambdaFunctionAssociations: [{ EventType: event, LambdaFunctionARN: association }],
      },
    },
  },
})

describe('functions', () => {
  const functionOf = (path: string, options: Partial<ReadOptions> = {}) => {
    const [behavior] = readDistribution(readStacks(path), { values, ...options }).behaviors
    return behavior?.functions['viewer-request'] ?? behavior?.refusal
  }

  test('of another stack and region of the assembly, from an asset', () => {
    const path = written('cross', {
      'manifest.json': {
        artifacts: {
          Site: {
            type: 'aws:cloudformation:stack',
            environment: 'aws://unknown-account/eu-west-1',
            properties: { templateFile: 'Site.template.json' },
          },
          Edge: { type: 'aws:cloudformation:stack', properties: { templateFile: 'Edge.template.json' } },
          'Edge.assets': { type: 'cdk:asset-manifest', properties: { file: 'Edge.assets.json' } },
        },
      },
      'Site.template.json': {
        Resources: {
          Reader: {
            Type: 'Custom::CrossRegionStringParameterReader',
            Properties: { ParameterName: '/cdk/EdgeFunctionArn/eu-west-1/Site/Fn' },
          },
          Distribution: oneBehavior({ 'Fn::GetAtt': ['Reader', 'FunctionArn'] }),
        },
      },
      'Edge.template.json': {
        Resources: {
          Fn: lambda({
            Code: { S3Bucket: 'assets', S3Key: 'abc.zip' },
            Handler: 'src/main.run',
            Runtime: 'nodejs22.x',
            Timeout: 4,
          }),
          Version: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Fn' } } },
          Parameter: {
            Type: 'AWS::SSM::Parameter',
            Properties: { Name: '/cdk/EdgeFunctionArn/eu-west-1/Site/Fn', Value: { Ref: 'Version' } },
          },
        },
      },
      'Edge.assets.json': {
        files: { abc: { source: { path: 'asset.abc' }, destinations: { here: { objectKey: 'abc.zip' } } } },
      },
      'asset.abc/src/main.mjs': 'export const run = async () => ({ status: "204" })',
    })
    expect(functionOf(path)).toMatchObject({
      id: 'Fn',
      code: { path: join(path, 'asset.abc'), module: 'src/main' },
      handler: 'run',
      timeoutMs: 4000,
    })
    // The file of a stack finds its neighbours as well.
    expect(functionOf(join(path, 'Site.template.json'))).toMatchObject({ id: 'Fn' })
  })

  test('of an export of another stack', () => {
    const path = written('exports', {
      'manifest.json': {
        artifacts: {
          Site: { type: 'aws:cloudformation:stack', properties: { templateFile: 'Site.template.json' } },
          Edge: { type: 'aws:cloudformation:stack', properties: { templateFile: 'Edge.template.json' } },
        },
      },
      'Site.template.json': { Resources: { Distribution: oneBehavior({ 'Fn::ImportValue': 'Edge:Fn' }) } },
      'Edge.template.json': {
        Resources: { Fn: lambda({ Code: { ZipFile: 'exports.h = 1' }, Handler: 'index.h' }) },
        Outputs: {
          Fn: { Value: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Fn', 'Arn'] }, ':1']] }, Export: { Name: 'Edge:Fn' } },
        },
      },
    })
    expect(functionOf(path)).toMatchObject({ id: 'Fn', code: { inline: 'exports.h = 1' }, handler: 'h' })
  })

  test('of SAM, with globals, beside the template', () => {
    const path = written('sam', {
      'template.yaml': `
Transform: AWS::Serverless-2016-10-31
Globals: { Function: { Runtime: nodejs20.x, Timeout: 3, MemorySize: 128 } }
Resources:
  Gate:
    Type: AWS::Serverless::Function
    Properties: { CodeUri: src/gate/, Handler: app.handler, AutoPublishAlias: live, Timeout: 5 }
  Distribution:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Origins: [{ Id: o, DomainName: b.s3.amazonaws.com }]
        DefaultCacheBehavior:
          TargetOriginId: o
          ViewerProtocolPolicy: allow-all
          LambdaFunctionAssociations: [{ EventType: viewer-request, LambdaFunctionARN: !Ref Gate.Version }]
`,
      'src/gate/app.js': 'exports.handler = async () => ({ status: "204" })',
    })
    expect(functionOf(join(path, 'template.yaml'))).toMatchObject({
      id: 'Gate',
      code: { path: join(path, 'src/gate'), module: 'app' },
      timeoutMs: 5000,
    })
  })

  test('that a custom resource publishes with its configuration', () => {
    const path = written('custom', {
      'template.json': {
        Resources: {
          Gate: lambda({ Code: { Directory: 'gate' }, Handler: 'bundle.handler' }),
          Update: {
            Type: 'Custom::LambdaCodeUpdate',
            Properties: {
              LambdaFunction: { 'Fn::GetAtt': ['Gate', 'Arn'] },
              Configuration: { 'Fn::Sub': '{"jwks":${Keys.Jwks}}' },
            },
          },
          Keys: { Type: 'Custom::FetchedJwks' },
          Distribution: oneBehavior({ 'Fn::GetAtt': ['Update', 'FunctionArn'] }),
        },
      },
      'gate/bundle.js': 'exports.handler = async () => require("./configuration.json")',
    })
    const template = join(path, 'template.json')
    expect(() => functionOf(template)).toThrow(/Update.Configuration: .*; pass --value Keys.Jwks=VALUE/)
    const given = { ...values, values: { 'Keys.Jwks': '{"keys":[]}' } }
    expect(functionOf(template, { values: given })).toMatchObject({
      id: 'Gate',
      code: { extraFiles: { 'configuration.json': '{"jwks":{"keys":[]}}' } },
    })
  })

  test.each([
    [
      'python3.13',
      { Code: { ZipFile: 'x' }, Runtime: 'python3.13' },
      'function Fn has the runtime python3.13, which does not run here; pass --handler Fn=FILE',
    ],
    [
      'a container image',
      { Code: { ImageUri: 'x' }, PackageType: 'Image' },
      'function Fn is a container image, which Lambda@Edge does not run',
    ],
    [
      'code in a bucket',
      { Code: { S3Bucket: 'b', S3Key: 'k.zip' } },
      'the code of function Fn is not here (behavior * (viewer-request)); pass --handler Fn=FILE',
    ],
    [
      'a directory without its module',
      { Code: { Directory: '.' }, Handler: 'none.handler' },
      'the module of function Fn is not there; build it, or pass --handler Fn=FILE',
    ],
  ])('%s is refused by name, and a handler stands in', (name, properties, reason) => {
    const path = written(`refused ${name}`, {
      'template.json': {
        Resources: { Fn: lambda(properties), Distribution: oneBehavior({ 'Fn::GetAtt': ['Fn', 'Arn'] }) },
      },
      'mine.js': 'exports.handler = async () => ({ status: "204" })',
    })
    expect(functionOf(join(path, 'template.json'))).toContain(reason)
    const file = join(path, 'mine.js')
    for (const handlers of [{ Fn: file }, { '': file }]) {
      expect(functionOf(join(path, 'template.json'), { handlers })).toMatchObject({ id: 'Fn', code: { path: file } })
    }
    expect(() => functionOf(join(path, 'template.json'), { handlers: { Other: file } })).toThrow(
      '--handler Other: no behavior uses a function of that name; there are Fn',
    )
  })
})

test('what Lambda@Edge refuses in a function is said', () => {
  const { Resources } = templateFixture()
  Object.assign(Resources.Function?.Properties ?? {}, { Environment: { Variables: { STAGE: 'live' } } })
  expect(readDistribution({ Resources }, { values }).notEmulated).toEqual([
    'function Function: Environment is left out, and Lambda@Edge refuses a function that has it',
  ])
})

test('two functions at one event are a problem, and one of CloudFront at the origin is refused', () => {
  const teapot = {
    Type: 'AWS::CloudFront::Function',
    Properties: {
      Name: 't',
      FunctionCode: 'function handler() {}',
      FunctionConfig: { Comment: '', Runtime: 'cloudfront-js-1.0' },
    },
  }
  const withTeapot = (EventType: string) => {
    const association = { EventType, FunctionARN: { 'Fn::GetAtt': ['Teapot', 'FunctionARN'] } }
    const { Resources } = templateFixture({ behavior: { FunctionAssociations: [association] } })
    return readDistribution({ Resources: { ...Resources, Teapot: teapot } }, { values })
  }
  expect(() => withTeapot('viewer-request')).toThrow('template: behavior *: has two functions at viewer-request')
  expect(withTeapot('origin-request').behaviors[0]?.refusal).toContain(
    'CloudFront Functions do not run at origin-request',
  )
  expect(withTeapot('viewer-response').behaviors[0]?.functions['viewer-response']).toMatchObject({ kind: 'cloudfront' })
})

test('a nested stack is read with the parameters it is given', () => {
  const path = written('nested', {
    'main.yaml': `
Resources:
  Content: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: ./content.yaml } }
  Site:
    Type: AWS::CloudFormation::Stack
    Properties: { TemplateURL: ./site.yaml, Parameters: { Bucket: !GetAtt Content.Outputs.Name } }
`,
    'content.yaml': `
Resources: { Root: { Type: AWS::S3::Bucket } }
Outputs: { Name: { Value: !GetAtt Root.DomainName } }
`,
    'site.yaml': `
Parameters: { Bucket: { Type: String } }
Resources:
  Distribution:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Origins: [{ Id: o, DomainName: !Ref Bucket }]
        DefaultCacheBehavior: { TargetOriginId: o, ViewerProtocolPolicy: allow-all }
`,
  })
  const distribution = readDistribution(readStacks(join(path, 'main.yaml')), { values })
  expect(distribution.origins.get('o')?.bucket?.name).toBe('Root')
})

test('a directory that is no cdk.out says what to do', () => {
  const path = written('none', { 'a.template.json': {} })
  expect(() => readStacks(path)).toThrow(
    /has no manifest.json, so it is no cdk.out; name one of its files: a.template.json/,
  )
})

test("a bucket has what CDK's deployment copies into it, and says 404 where its policy lets it be listed", () => {
  const path = written('deployment', {
    'manifest.json': {
      artifacts: {
        Site: { type: 'aws:cloudformation:stack', properties: { templateFile: 'Site.template.json' } },
        'Site.assets': { type: 'cdk:asset-manifest', properties: { file: 'Site.assets.json' } },
      },
    },
    'Site.assets.json': {
      files: { f00: { source: { path: 'asset.f00' }, destinations: { a: { objectKey: 'f00.zip' } } } },
    },
    'asset.f00/index.html': 'hello',
    'Site.template.json': {
      Resources: {
        ...templateFixture().Resources,
        Deployment: {
          Type: 'Custom::CDKBucketDeployment',
          Properties: {
            DestinationBucketName: { Ref: 'Bucket' },
            DestinationBucketKeyPrefix: 'web',
            SourceObjectKeys: ['f00.zip'],
          },
        },
        Listing: {
          Type: 'AWS::S3::BucketPolicy',
          Properties: {
            Bucket: { Ref: 'Bucket' },
            PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 's3:ListBucket' }] },
          },
        },
      },
    },
  })
  expect(readDistribution(readStacks(path), { values }).origins.get('bucket')?.bucket).toMatchObject({
    contents: [{ directory: join(path, 'asset.f00'), prefix: 'web/' }],
    listable: true,
  })
  expect(readDistribution(templateFixture(), { values }).origins.get('bucket')?.bucket).toMatchObject({
    contents: [],
    listable: false,
  })
})
