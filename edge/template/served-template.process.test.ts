// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation writes its variables like this.
/** Templates with the settings that public ones have, from their text to an answer. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'
import type { Edge, EdgeOptions } from '../edge.ts'
import { startEdge } from '../start-edge.ts'
import { readStacks } from './read-stacks.ts'

const config = {
  policy: { issuer: 'https://issuer.example.com', clientIds: ['client'], routes: [{ path: '/*', public: true }] },
}
const directory = mkdtempSync(join(tmpdir(), 'edgeproof-served-'))
const open: Edge[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((edge) => edge.close()))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

async function served(name: string, files: Record<string, string>, options: Partial<EdgeOptions> = {}): Promise<Edge> {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name, path)), { recursive: true })
    writeFileSync(join(directory, name, path), text)
  }
  const edge = await startEdge({ template: readStacks(join(directory, name, 'template.yaml')), config, ...options })
  open.push(edge)
  return edge
}

async function ask(edge: Edge, path: string, headers: Record<string, string> = {}) {
  const response = await fetch(edge.url + path, { redirect: 'manual', headers })
  const cache = response.headers.get('x-cache')?.replace(' from cloudfront', '')
  return { status: response.status, cache, body: await response.text(), headers: response.headers }
}

test('a static site: older cache settings, a bucket by parameter, error pages, security headers', async () => {
  const template = `
AWSTemplateFormatVersion: '2010-09-09'
Transform: 'AWS::Serverless-2016-10-31'
Parameters:
  Domain: { Type: String }
  Certificate: { Type: String }
  Apex: { Type: String, Default: 'no' }
Conditions:
  WithApex: !Equals [!Ref Apex, 'yes']
Resources:
  Control:
    Type: AWS::CloudFront::OriginAccessControl
    Properties:
      OriginAccessControlConfig: { Name: !Select [2, !Split ['/', !Ref 'AWS::StackId']], OriginAccessControlOriginType: s3, SigningBehavior: always, SigningProtocol: sigv4 }
  Security:
    Type: AWS::CloudFront::ResponseHeadersPolicy
    Properties:
      ResponseHeadersPolicyConfig:
        Name: !Sub '\${AWS::StackName}-headers'
        SecurityHeadersConfig:
          FrameOptions: { FrameOption: DENY, Override: true }
          XSSProtection: { Protection: true, ModeBlock: true, Override: true }
          StrictTransportSecurity: { AccessControlMaxAgeSec: 60, IncludeSubdomains: true, Override: true, Preload: true }
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Aliases: [!Sub 'www.\${Domain}', !If [WithApex, !Ref Domain, !Ref 'AWS::NoValue']]
        Enabled: true
        HttpVersion: http2
        DefaultRootObject: index.html
        Logging: { Bucket: logs.s3.amazonaws.com, IncludeCookies: false, Prefix: cdn/ }
        Origins: [{ Id: !Sub 'S3-\${AWS::StackName}', DomainName: !Ref Domain, OriginAccessControlId: !Ref Control, S3OriginConfig: {} }]
        DefaultCacheBehavior:
          Compress: true
          DefaultTTL: 86400
          MaxTTL: 31536000
          ForwardedValues: { QueryString: true }
          TargetOriginId: !Sub 'S3-\${AWS::StackName}'
          ViewerProtocolPolicy: redirect-to-https
          ResponseHeadersPolicyId: !Ref Security
        CustomErrorResponses:
          - { ErrorCode: 403, ResponseCode: 404, ResponsePagePath: /404.html, ErrorCachingMinTTL: 60 }
        ViewerCertificate: { AcmCertificateArn: !Ref Certificate, MinimumProtocolVersion: TLSv1.2_2021, SslSupportMethod: sni-only }
`
  const files = { 'template.yaml': template, 'www/index.html': 'home', 'www/404.html': 'not here' }
  const parameters = { Domain: 'site.s3.us-east-1.amazonaws.com' }
  const edge = await served('static', files, { parameters, objects: join(directory, 'static/www') })
  expect(edge.notEmulated).toEqual([])
  const first = await ask(edge, '/')
  expect(first).toMatchObject({ status: 200, body: 'home', cache: 'Miss' })
  expect(Object.fromEntries(first.headers)).toMatchObject({
    'x-frame-options': 'DENY',
    'x-xss-protection': '1; mode=block',
    'strict-transport-security': 'max-age=60; includeSubDomains; preload',
  })
  expect(await ask(edge, '/')).toMatchObject({ body: 'home', cache: 'Hit' })
  expect((await ask(edge, '/?v=2')).cache).toBe('Miss')
  expect(await ask(edge, '/none')).toMatchObject({ status: 404, body: 'not here', cache: 'Error' })
})

test('sign-in at the edge: SAM, several functions, one that is configured by a custom resource, a page for every path', async () => {
  const template = `
Transform: AWS::Serverless-2016-10-31
Parameters:
  SignIn: { Type: String, Default: /sign-in }
  Spa: { Type: String, Default: 'true', AllowedValues: ['true', 'false'] }
Conditions:
  IsSpa: !Equals [!Ref Spa, 'true']
Globals: { Function: { Runtime: nodejs22.x, Timeout: 5 } }
Resources:
  Pool: { Type: AWS::Cognito::UserPool }
  Client: { Type: AWS::Cognito::UserPoolClient, Properties: { UserPoolId: !Ref Pool } }
  Bucket: { Type: AWS::S3::Bucket }
  BucketPolicy:
    Type: AWS::S3::BucketPolicy
    Properties: { Bucket: !Ref Bucket, PolicyDocument: { Statement: [{ Effect: Allow, Action: ['s3:ListBucket'], Principal: '*', Resource: !GetAtt Bucket.Arn }] } }
  Check: { Type: AWS::Serverless::Function, Properties: { CodeUri: src/check/, Handler: bundle.handler } }
  Headers: { Type: AWS::Serverless::Function, Properties: { CodeUri: src/headers/, Handler: bundle.handler } }
  CheckCode:
    Type: Custom::LambdaCodeUpdate
    Properties:
      LambdaFunction: !GetAtt Check.Arn
      Configuration: !Sub ['{"client":"\${Id}","path":"\${SignIn}"}', { Id: !Ref Client }]
  HeadersCode:
    Type: Custom::LambdaCodeUpdate
    Properties: { LambdaFunction: !GetAtt Headers.Arn, Configuration: '{"csp":"none"}' }
  Distribution:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Origins:
          - { Id: protected, DomainName: !GetAtt Bucket.RegionalDomainName, S3OriginConfig: { OriginAccessIdentity: '' } }
          - { Id: dummy, DomainName: never.example.org, CustomOriginConfig: { OriginProtocolPolicy: match-viewer } }
        CacheBehaviors:
          - PathPattern: !Ref SignIn
            TargetOriginId: dummy
            ViewerProtocolPolicy: redirect-to-https
            ForwardedValues: { QueryString: true }
            LambdaFunctionAssociations: [{ EventType: viewer-request, LambdaFunctionARN: !GetAtt CheckCode.FunctionArn }]
        DefaultCacheBehavior:
          TargetOriginId: protected
          ViewerProtocolPolicy: redirect-to-https
          ForwardedValues: { QueryString: true }
          LambdaFunctionAssociations:
            - { EventType: viewer-request, LambdaFunctionARN: !GetAtt CheckCode.FunctionArn }
            - { EventType: origin-response, LambdaFunctionARN: !GetAtt HeadersCode.FunctionArn }
        CustomErrorResponses:
          - !If [IsSpa, { ErrorCode: 404, ResponseCode: 200, ResponsePagePath: /index.html }, !Ref 'AWS::NoValue']
`
  const check = `const { client, path } = require('./configuration.json')
exports.handler = async (event) => {
  const { request } = event.Records[0].cf
  if (request.uri === path) return { status: '200', body: 'signed in to ' + client }
  return request.headers.cookie ? request : { status: '307', headers: { location: [{ key: 'location', value: path }] } }
}`
  const headers = `exports.handler = async (event) => {
  const { response } = event.Records[0].cf
  response.headers['content-security-policy'] = [{ value: require('./configuration.json').csp }]
  return response
}`
  const files = {
    'template.yaml': template,
    'src/check/bundle.js': check,
    'src/headers/bundle.js': headers,
    'www/index.html': 'app',
  }
  const edge = await served('sign-in', files, { objects: { Bucket: join(directory, 'sign-in/www') } })
  expect(edge.notEmulated).toEqual([
    'what goes to it answers 501: origin dummy (never.example.org) has no server here; pass --origin dummy=URL',
  ])
  expect((await ask(edge, '/')).headers.get('location')).toBe('/sign-in')
  expect(await ask(edge, '/sign-in?code=1')).toMatchObject({ status: 200, body: 'signed in to client' })
  const page = await ask(edge, '/deep/link', { cookie: 'token=1' })
  expect(page).toMatchObject({ status: 200, body: 'app' })
  expect((await ask(edge, '/index.html', { cookie: 'token=1' })).headers.get('content-security-policy')).toBe('none')
})
