import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App, Stack, Stage } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront'
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins'
import * as cognito from 'aws-cdk-lib/aws-cognito'
import * as kms from 'aws-cdk-lib/aws-kms'
import * as s3 from 'aws-cdk-lib/aws-s3'
import type { CloudAssembly } from 'aws-cdk-lib/cx-api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { UsageError } from '../config/usage-error.ts'
import { EdgeAuthorizedSite, type EdgeAuthorizedSiteProps, EdgeAuthorizer, SiteOperations } from './index.ts'
import { plainPolicy, signInPolicy, trivialProgram } from './template-of.ts'

/** What people deploy. `infra/deployments.md` is this table; `npx vitest run -u infra/deployments` writes it anew. */
interface Deployment {
  title: string
  /** How it is said; `site` is the construct's property of that name, or a configuration's section. */
  said: string
  /** Either it is built, and has these, or is refused with a line that contains this, or it cannot be said, and why. */
  build?: (stack: Stack) => void
  region?: string
  /** What is in the stack of that suffix: the last of these texts, or resources of the type with the properties. */
  becomes?: readonly Expectation[]
  refused?: string
  cannot?: string
}

type Expectation =
  | { stack?: string; type: string; has: object }
  | { stack?: string; type: string; text: string }
  | { stacks: readonly string[] }

const distribution = 'AWS::CloudFront::Distribution'
const handler = 'AWS::Lambda::Function'
const certificateArn = 'arn:aws:acm:us-east-1:111122223333:certificate/0f0f0f0f'
const webAclArn = 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/site/0f0f0f0f'
const userPoolArn = 'arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_EXAMPLE01'
const domain = { names: ['files.example.com'], certificateArn }
const corsOrigins = ['https://app.example.com']
const ours = [{ EventType: 'viewer-request', LambdaFunctionARN: Match.anyValue() }]
const elsewhere = [
  {
    EventType: 'viewer-request',
    LambdaFunctionARN: {
      'Fn::Select': [0, [{ 'Fn::GetStackOutput': Match.objectLike({ Region: 'us-east-1' }) }, Match.anyValue()]],
    },
  },
]

function site(stack: Stack, props: Partial<EdgeAuthorizedSiteProps> = {}, id = 'Site'): EdgeAuthorizedSite {
  return new EdgeAuthorizedSite(stack, id, { policy: plainPolicy, program: trivialProgram, ...props })
}

/** The authorizer itself, since these are about what it is told. */
function siteOf(provider: object): (stack: Stack) => void {
  return (stack) => {
    const { issuer, ...rest } = { ...plainPolicy, ...provider }
    new EdgeAuthorizedSite(stack, 'Site', { policy: { issuer, ...rest } })
  }
}

/** The library's class misses its own interface under exactOptionalPropertyTypes. */
function bucketOf(stack: Stack, encryption = s3.BucketEncryption.S3_MANAGED): s3.IBucket {
  return new s3.Bucket(stack, 'Own', { encryption }) as s3.IBucket
}

function http(): cloudfront.IOrigin {
  return new origins.HttpOrigin('api.example.com')
}

function ownDistribution(stack: Stack, behavior: Partial<cloudfront.BehaviorOptions> = {}): cloudfront.Distribution {
  const additionalBehaviors = { '/files/*': { origin: http(), ...behavior } }
  return new cloudfront.Distribution(stack, 'Distribution', {
    defaultBehavior: { origin: http() },
    additionalBehaviors,
  })
}

function authorizer(stack: Stack): EdgeAuthorizer {
  return new EdgeAuthorizer(stack, 'Authorizer', { policy: plainPolicy, program: trivialProgram })
}

function behaviors(...associations: unknown[]): Expectation {
  const CacheBehaviors = associations.map((LambdaFunctionAssociations) =>
    Match.objectLike({ LambdaFunctionAssociations }),
  )
  return { type: distribution, has: { DistributionConfig: { CacheBehaviors } } }
}

function byDefault(LambdaFunctionAssociations: unknown): Expectation {
  return { type: distribution, has: { DistributionConfig: { DefaultCacheBehavior: { LambdaFunctionAssociations } } } }
}

const providers: Deployment[] = [
  {
    title: 'Auth0',
    said: 'policy: { issuer: "https://TENANT.eu.auth0.com/", tokenUse: null, clientClaim: "azp", audiences: ["https://files"], groupsClaim: "https://files/groups", … }',
    build: siteOf({
      issuer: 'https://example.eu.auth0.com/',
      tokenUse: null,
      clientClaim: 'azp',
      audiences: ['https://files.example.com'],
      groupsClaim: 'https://files.example.com/groups',
    }),
    becomes: [{ type: handler, text: 'https://example.eu.auth0.com/.well-known/jwks.json' }],
  },
  {
    title: 'Okta',
    said: 'policy: { issuer: "https://ORG.okta.com/oauth2/default", jwksUri: "https://ORG.okta.com/oauth2/default/v1/keys", tokenUse: null, clientClaim: "cid", groupsClaim: "groups", … }',
    build: siteOf({
      issuer: 'https://example.okta.com/oauth2/default',
      jwksUri: 'https://example.okta.com/oauth2/default/v1/keys',
      tokenUse: null,
      clientClaim: 'cid',
      groupsClaim: 'groups',
    }),
    becomes: [{ type: handler, text: '/oauth2/default/v1/keys' }],
  },
  {
    title: 'Entra ID, several tenants',
    said: 'policy: { issuer: "https://login.microsoftonline.com/{tid}/v2.0", jwksUri: "https://login.microsoftonline.com/common/discovery/v2.0/keys", tenants: ["…"], tokenUse: null, clientClaim: "azp", groupsClaim: "roles", … }',
    build: siteOf({
      issuer: 'https://login.microsoftonline.com/{tid}/v2.0',
      jwksUri: 'https://login.microsoftonline.com/common/discovery/v2.0/keys',
      tenants: ['00000000-0000-0000-0000-000000000001'],
      tokenUse: null,
      clientClaim: 'azp',
      groupsClaim: 'roles',
    }),
    becomes: [{ type: handler, text: '/common/discovery/v2.0/keys' }],
  },
  {
    title: 'Keycloak',
    said: 'policy: { issuer: "https://HOST/realms/REALM", jwksUri: "https://HOST/realms/REALM/protocol/openid-connect/certs", tokenUse: null, clientClaim: "azp", groupsClaim: "/realm_access/roles", … }',
    build: siteOf({
      issuer: 'https://keycloak.example.com/realms/staff',
      jwksUri: 'https://keycloak.example.com/realms/staff/protocol/openid-connect/certs',
      tokenUse: null,
      clientClaim: 'azp',
      groupsClaim: '/realm_access/roles',
    }),
    becomes: [{ type: handler, text: '"realm_access","roles"' }],
  },
]

const pools: Deployment[] = [
  {
    title: 'a pool that the stack makes',
    said: 'site: { createUserPool: {} }',
    build: (stack) => site(stack, { site: { createUserPool: {} } }),
    becomes: [
      { type: 'AWS::Cognito::UserPool', has: { DeletionProtection: 'ACTIVE', MfaConfiguration: 'OPTIONAL' } },
      { type: 'AWS::Cognito::UserPoolClient', has: { WriteAttributes: ['locale'], GenerateSecret: false } },
    ],
  },
  {
    title: 'one with managed login, passkeys, MFA for all, the updated issuer, and a rate limit',
    said: 'site: { createUserPool: { managedLogin: true, passkeys: true, mfa: "required", issuer: "updated", webAcl: { rateLimit: 500 } } }',
    build: (stack) =>
      site(stack, {
        site: {
          createUserPool: {
            managedLogin: true,
            passkeys: true,
            mfa: 'required',
            issuer: 'updated',
            customAttributes: ['tenant'],
            webAcl: { rateLimit: 500 },
          },
        },
      }),
    becomes: [
      {
        type: 'AWS::Cognito::UserPool',
        has: {
          IssuerConfiguration: { Type: 'UPDATED' },
          MfaConfiguration: 'ON',
          WebAuthnFactorConfiguration: 'MULTI_FACTOR_WITH_USER_VERIFICATION',
          WebAuthnUserVerification: 'required',
          Schema: [Match.objectLike({ Name: 'tenant' })],
        },
      },
      { type: 'AWS::Cognito::UserPoolClient', has: { WriteAttributes: ['locale'] } },
      { type: 'AWS::Cognito::UserPoolDomain', has: { ManagedLoginVersion: 2 } },
      { type: 'AWS::Cognito::ManagedLoginBranding', has: { UseCognitoProvidedValues: true } },
      { type: 'AWS::WAFv2::WebACL', has: { Scope: 'REGIONAL' } },
      { type: 'AWS::WAFv2::WebACLAssociation', has: {} },
      { type: handler, text: 'https://issuer-cognito-idp.us-east-1.amazonaws.com/' },
    ],
  },
  {
    title: 'passkeys on the classic login pages',
    said: 'site: { createUserPool: { passkeys: true } }',
    build: (stack) => site(stack, { site: { createUserPool: { passkeys: true } } }),
    refused: 'site.createUserPool.passkeys: should be left out without managedLogin',
  },
  {
    title: 'a pool in another region, by its ARN',
    said: 'site: { userPoolArn: "arn:aws:cognito-idp:eu-west-1:…" }',
    build: (stack) => site(stack, { site: { userPoolArn } }),
    becomes: [{ type: handler, text: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE01' }],
  },
  {
    title: 'a pool of the same stack, as an object',
    said: 'userPool: pool, userPoolClients: [client]',
    build: (stack) => {
      const userPool = new cognito.UserPool(stack, 'Pool')
      site(stack, { userPool, userPoolClients: [userPool.addClient('Web')] })
    },
    becomes: [{ type: handler, text: '{"Ref":"PoolWeb' }],
  },
  {
    title: 'a pool of another stack in another region, as an object',
    said: 'userPool: pool, userPoolClients: [client]',
    build: (stack) => {
      const users = new Stack(stack.node.root as App, `${stack.stackName}-own-users`, { env: { region: 'eu-west-1' } })
      const userPool = new cognito.UserPool(users, 'Pool')
      site(stack, { userPool, userPoolClients: [userPool.addClient('Web')] })
    },
    becomes: [
      { type: handler, text: '"Region":"eu-west-1"' },
      { type: handler, text: 'https://cognito-idp.eu-west-1.amazonaws.com/' },
    ],
  },
  {
    title: 'an imported pool whose issuer was switched',
    said: 'policy: { issuer: "https://issuer-cognito-idp…" }, userPool: UserPool.fromUserPoolArn(…)',
    build: (stack) =>
      site(stack, {
        policy: { ...plainPolicy, issuer: 'https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE01' },
        userPool: cognito.UserPool.fromUserPoolArn(stack, 'Pool', userPoolArn),
      }),
    becomes: [{ type: handler, text: 'https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE01' }],
  },
  {
    title: 'two pools for one site',
    said: 'userPool: pool, site: { createUserPool: {} }',
    build: (stack) => site(stack, { userPool: new cognito.UserPool(stack, 'Pool'), site: { createUserPool: {} } }),
    refused: '/Site: userPool: is a second pool',
  },
]

const places: Deployment[] = [
  {
    title: 'bucket, logs and pool in eu-central-1',
    said: 'new Stack(app, "Files", { env: { region: "eu-central-1" } }), or site: { region: "eu-central-1" }',
    region: 'eu-central-1',
    build: (stack) => site(stack, { site: { createUserPool: {} } }),
    becomes: [
      { stacks: ['users', 'us-east-1', '', 'logs-us-east-1'] },
      { type: 'AWS::S3::Bucket', has: {} },
      byDefault(elsewhere),
      { stack: 'users', type: 'AWS::Cognito::UserPool', has: {} },
      { stack: 'us-east-1', type: handler, text: '"Region":"eu-central-1"' },
      { stack: 'logs-us-east-1', type: 'AWS::Logs::DeliverySource', has: {} },
    ],
  },
  {
    title: 'the same with an issuer of your own and no access logs: two stacks',
    said: 'site: { accessLogs: false }',
    region: 'eu-central-1',
    build: (stack) => site(stack, { site: { accessLogs: false } }),
    becomes: [{ stacks: ['us-east-1', ''] }, byDefault(elsewhere)],
  },
  {
    title: 'a stack that does not say its region',
    said: 'new Stack(app, "Files")',
    region: '',
    build: (stack) => site(stack),
    refused: 'env.region: is not given',
  },
  {
    title: 'stages',
    said: 'class Release extends Stage { … }; new Release(app, "Test"); new Release(app, "Live")',
    build: (stack) => {
      for (const name of ['Test', 'Live']) {
        const stage = new Stage(stack.node.root, `${stack.stackName}${name}`)
        site(new Stack(stage, 'Files', { env: { region: 'eu-central-1' } }), { site: { createUserPool: {} } })
      }
    },
    becomes: [],
  },
  {
    title: 'two sites in one stack',
    said: 'name: "docs"',
    build: (stack) => {
      site(stack)
      site(stack, { name: 'docs', site: { createUserPool: {} } }, 'Docs')
    },
    becomes: [
      { type: handler, has: { LoggingConfig: { LogGroup: '/edgeproof/docs' } } },
      { type: 'AWS::Logs::DeliverySource', has: { Name: 'docs-access-logs' } },
    ],
  },
  {
    title: 'two sites in one stack, both named after it',
    said: '(nothing)',
    build: (stack) => {
      site(stack)
      site(stack, {}, 'Docs')
    },
    refused: '/Docs: name: ',
  },
]

const sites: Deployment[] = [
  {
    title: "a domain of one's own",
    said: 'site: { domain: { names, certificateArn } }',
    build: (stack) => site(stack, { site: { domain } }),
    becomes: [{ type: distribution, has: { DistributionConfig: { Aliases: domain.names } } }],
  },
  {
    title: 'a web ACL of yours',
    said: 'site: { webAclArn }',
    build: (stack) => site(stack, { site: { webAclArn } }),
    becomes: [{ type: distribution, has: { DistributionConfig: { WebACLId: webAclArn } } }],
  },
  {
    title: 'a web ACL with a rate rule, for a site in eu-central-1',
    said: 'site: { webAcl: { rateLimit: 2000 } }',
    region: 'eu-central-1',
    build: (stack) => site(stack, { site: { webAcl: { rateLimit: 2000 }, accessLogs: false } }),
    becomes: [
      { stack: 'us-east-1', type: 'AWS::WAFv2::WebACL', has: { Scope: 'CLOUDFRONT' } },
      { type: distribution, text: '"WebACLId":{"Fn::Select":[0,[{"Fn::GetStackOutput"' },
    ],
  },
  {
    title: 'alarms, a dashboard and logs with retention in three regions',
    said: 'site: { operations: { regions: ["eu-west-1", "ap-south-1"] } }',
    region: 'eu-west-1',
    build: (stack) =>
      site(stack, { site: { operations: { regions: ['eu-west-1', 'ap-south-1'] }, accessLogs: false } }),
    becomes: [
      {
        stacks: ['Operations-us-east-1', 'Operations-eu-west-1', 'Operations-ap-south-1', 'us-east-1', '', 'Dashboard'],
      },
      { stack: 'Dashboard', type: 'AWS::CloudWatch::Dashboard', text: '"Region":"eu-west-1"' },
    ],
  },
  {
    title: 'tokens in cookies',
    said: 'policy: { credentials: ["header", { cookie: "session" }], … }',
    build: (stack) => site(stack, { policy: { ...plainPolicy, credentials: ['header', { cookie: 'session' }] } }),
    becomes: [
      {
        type: 'AWS::CloudFront::CachePolicy',
        has: {
          CachePolicyConfig: {
            ParametersInCacheKeyAndForwardedToOrigin: { CookiesConfig: { CookieBehavior: 'none' } },
          },
        },
      },
    ],
  },
  {
    title: 'pages of other origins',
    said: 'policy: { corsOrigins, corsPreflight: true, … }',
    build: (stack) => site(stack, { policy: { ...plainPolicy, corsOrigins, corsPreflight: true } }),
    becomes: [{ type: 'AWS::S3::Bucket', has: { CorsConfiguration: { CorsRules: [Match.anyValue()] } } }],
  },
  {
    title: 'a single-page app',
    said: 'policy: { routes: [{ path: "/*", app: "/index.html" }], index: "index.html", slash: "redirect", … }',
    build: siteOf({ routes: [{ path: '/*', app: '/index.html' }], index: 'index.html', slash: 'redirect' }),
    becomes: [
      { type: handler, text: '/index.html' },
      { type: distribution, has: { DistributionConfig: { DefaultRootObject: 'index.html' } } },
    ],
  },
  {
    title: 'headers and cache times of your own',
    said: 'site: { frameOptions: false, contentSecurityPolicy: "…", referrerPolicy: false, hsts, ttl: { default: 60, max: 60 } }',
    build: (stack) =>
      site(stack, {
        site: {
          frameOptions: false,
          contentSecurityPolicy: 'frame-ancestors https://portal.example.com',
          referrerPolicy: false,
          hsts: { maxAge: 300, includeSubDomains: true },
          ttl: { default: 60, max: 60 },
        },
      }),
    becomes: [
      {
        type: 'AWS::CloudFront::ResponseHeadersPolicy',
        has: {
          ResponseHeadersPolicyConfig: {
            SecurityHeadersConfig: {
              FrameOptions: Match.absent(),
              ReferrerPolicy: Match.absent(),
              ContentSecurityPolicy: {
                ContentSecurityPolicy: 'frame-ancestors https://portal.example.com',
                Override: false,
              },
              StrictTransportSecurity: { AccessControlMaxAgeSec: 300, IncludeSubdomains: true, Override: true },
            },
          },
        },
      },
      { type: 'AWS::CloudFront::CachePolicy', has: { CachePolicyConfig: { MinTTL: 0, DefaultTTL: 60, MaxTTL: 60 } } },
    ],
  },
  {
    title: 'cache times out of order',
    said: 'site: { ttl: { max: 60 } }',
    build: (stack) => site(stack, { site: { ttl: { max: 60 } } }),
    refused: 'site.ttl: should rise from min (0) to default (86400) to max (31536000)',
  },
  {
    title: 'uploads through the site',
    said: 'policy: { methods: ["GET", "PUT"], … }',
    build: (stack) => site(stack, { policy: { ...plainPolicy, methods: ['GET', 'PUT'] } }),
    refused: 'policy.methods[1]: is "PUT"; the distribution only reads',
  },
]

const behaviorsAndBuckets: Deployment[] = [
  {
    title: 'a second origin behind the same function, a third for everybody',
    said: 'additionalBehaviors: { "/api/*": { origin }, "/status": { origin, protected: false } }',
    build: (stack) =>
      site(stack, {
        additionalBehaviors: { '/api/*': { origin: http() }, '/status': { origin: http(), protected: false } },
      }),
    becomes: [byDefault(ours), behaviors(ours, Match.absent())],
  },
  {
    title: 'a behavior that the distribution itself is given later',
    said: 'site.distribution.addBehavior("/late/*", origin)',
    build: (stack) => site(stack).distribution.addBehavior('/late/*', http()),
    becomes: [byDefault(ours), behaviors(ours)],
  },
  {
    title: 'an origin that wants the token itself',
    said: '—',
    cannot: 'the function takes the token off what it lets pass, so that all who may read share a cache entry',
  },
  {
    title: 'a new bucket with a KMS key of yours',
    said: 'encryptionKey: key',
    build: (stack) => site(stack, { encryptionKey: new kms.Key(stack, 'Key') }),
    becomes: [
      { type: 'AWS::S3::Bucket', text: '"SSEAlgorithm":"aws:kms"' },
      { type: 'AWS::KMS::Key', text: '"Principal":{"Service":"cloudfront.amazonaws.com"}' },
      { type: 'AWS::KMS::Key', text: '"AWS:SourceArn":' },
    ],
  },
  {
    title: 'a bucket of the same stack, SSE-KMS',
    said: 'bucket: bucket',
    build: (stack) => site(stack, { bucket: bucketOf(stack, s3.BucketEncryption.KMS) }),
    becomes: [
      { type: 'AWS::S3::BucketPolicy', text: '"Action":["s3:GetObject","s3:ListBucket"]' },
      { type: 'AWS::KMS::Key', text: '"AWS:SourceArn":' },
    ],
  },
  {
    title: 'a bucket that was there before, in another region',
    said: 'bucket: Bucket.fromBucketAttributes(stack, "Files", { bucketName, region }); its policy gets site.readStatements',
    build: (stack) => {
      const files = { bucketName: 'files', region: 'ap-south-1' }
      const { readStatements } = site(stack, { bucket: s3.Bucket.fromBucketAttributes(stack, 'Files', files) })
      expect(stack.resolve(readStatements.bucket.toStatementJson())).toMatchObject({
        Action: ['s3:GetObject', 's3:ListBucket'],
        Condition: { StringEquals: { 'AWS:SourceArn': expect.anything() } },
      })
    },
    becomes: [{ type: distribution, text: '"DomainName":"files.s3.ap-south-1.amazonaws.com"' }],
  },
  {
    title: 'a bucket that another stack of the app makes',
    said: 'bucket: otherStack.bucket',
    build: (stack) => {
      const files = new Stack(stack.node.root as App, `${stack.stackName}-files`, { env: { region: 'us-east-1' } })
      site(stack, { bucket: bucketOf(files) })
    },
    refused: 'is made by another stack, whose policy would need this one',
  },
]

const distributions: Deployment[] = [
  {
    title: 'a distribution of yours, all of it',
    said: 'new EdgeAuthorizer(stack, "Authorizer", { policy }).protect(distribution)',
    build: (stack) => {
      const own = ownDistribution(stack)
      authorizer(stack).protect(own)
      own.addBehavior('/late/*', http())
    },
    becomes: [byDefault(ours), behaviors(ours, ours)],
  },
  {
    title: 'one behavior of it, in eu-central-1',
    said: 'authorizer.protect(distribution, "/files/*")',
    region: 'eu-central-1',
    build: (stack) => authorizer(stack).protect(ownDistribution(stack), '/files/*'),
    becomes: [byDefault(Match.absent()), behaviors(elsewhere), { stacks: ['us-east-1', ''] }],
  },
  {
    title: 'a distribution that is yet to be made',
    said: 'new Distribution(stack, "D", { defaultBehavior: { origin, edgeLambdas: [authorizer.edgeLambda] } })',
    build: (stack) => {
      const defaultBehavior = { origin: http(), edgeLambdas: [authorizer(stack).edgeLambda] }
      new cloudfront.Distribution(stack, 'D', { defaultBehavior })
    },
    becomes: [byDefault(ours)],
  },
  {
    title: 'a behavior that it does not have',
    said: 'authorizer.protect(distribution, "/file/*")',
    build: (stack) => authorizer(stack).protect(ownDistribution(stack), '/file/*'),
    refused: 'has no behavior "/file/*", but *, /files/*; add the behavior first',
  },
  {
    title: 'one that runs a function on viewer request already',
    said: 'authorizer.protect(distribution)',
    build: (stack) => {
      const rewrite = new cloudfront.Function(stack, 'F', {
        code: cloudfront.FunctionCode.fromInline('function handler(){}'),
      })
      const functionAssociations = [{ function: rewrite, eventType: cloudfront.FunctionEventType.VIEWER_REQUEST }]
      authorizer(stack).protect(ownDistribution(stack, { functionAssociations }))
    },
    refused: 'behavior "/files/*" runs a CloudFront function, and CloudFront runs none beside',
  },
  {
    title: 'a distribution that no stack of the app makes',
    said: 'authorizer.protect(Distribution.fromDistributionAttributes(…))',
    build: (stack) => {
      const attributes = { distributionId: 'E1', domainName: 'd1.cloudfront.net' }
      authorizer(stack).protect(cloudfront.Distribution.fromDistributionAttributes(stack, 'D', attributes))
    },
    refused: 'is imported, and CloudFormation changes only what a stack of this app makes',
  },
]

const watched: Deployment[] = [
  {
    title: 'alarms and logs of a distribution of yours',
    said: 'new EdgeAuthorizer(…, { policy, functionName: "files" }); new SiteOperations(stack, "Operations", { siteName: "Files", authorizer, distribution, regions: [] })',
    build: (stack) => {
      const distribution = ownDistribution(stack)
      const functionName = 'files-authorizer'
      const named = new EdgeAuthorizer(stack, 'Authorizer', {
        policy: plainPolicy,
        program: trivialProgram,
        functionName,
      })
      named.protect(distribution)
      new SiteOperations(stack, 'Operations', {
        siteName: stack.stackName,
        authorizer: named,
        distribution,
        regions: [],
      })
    },
    becomes: [
      { stacks: ['Operations-us-east-1', '', 'Dashboard'] },
      { stack: 'Operations-us-east-1', type: 'AWS::CloudWatch::Alarm', text: '"us-east-1.files-authorizer"' },
    ],
  },
  {
    title: 'those of a function whose name CloudFormation chooses',
    said: 'new SiteOperations(stack, "Operations", { authorizer, … })',
    build: (stack) =>
      new SiteOperations(stack, 'Operations', {
        siteName: stack.stackName,
        authorizer: authorizer(stack),
        distribution: ownDistribution(stack),
        regions: [],
      }),
    refused: '/Operations: authorizer: has no functionName of its own, which alarms elsewhere have to know',
  },
]

const { signIn } = signInPolicy
const parameter = 'arn:aws:ssm:eu-central-1:111122223333:parameter/files/sign-in'
const secret = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:files/sign-in-AbCdEf'
const secretKeyArn = 'arn:aws:kms:eu-central-1:111122223333:key/0f0f0f0f'
const poolHost = '.auth.us-east-1.amazoncognito.com'

const signIns: Deployment[] = [
  {
    title: 'sign-in with another provider: its callback URL is yours to register',
    said: 'policy: { signIn: { client, endpoints, afterSignOut: "/bye.html" }, … }',
    build: (stack) => new EdgeAuthorizedSite(stack, 'Site', { policy: signInPolicy }),
    becomes: [{ type: handler, text: 'https://login.example.com/authorize' }],
  },
  {
    title: "sign-in with a pool that the stack makes, on a domain of one's own",
    said: 'policy: { signIn, … }, site: { createUserPool: {}, domain }',
    build: (stack) =>
      new EdgeAuthorizedSite(stack, 'Site', { policy: signInPolicy, site: { createUserPool: {}, domain } }),
    becomes: [
      {
        type: 'AWS::Cognito::UserPoolClient',
        has: {
          AllowedOAuthFlows: ['code'],
          AllowedOAuthScopes: ['openid'],
          CallbackURLs: ['https://files.example.com/_auth/callback'],
          LogoutURLs: ['https://files.example.com/bye.html'],
          RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 60 },
          ExplicitAuthFlows: ['ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ALLOW_USER_SRP_AUTH'],
        },
      },
      { type: handler, text: `${poolHost}/oauth2/authorize` },
      { type: handler, text: '["files.example.com"]' },
    ],
  },
  {
    title: 'the same on the name that CloudFront gives, in one deployment',
    said: 'policy: { signIn, … }, site: { createUserPool: {} }',
    build: (stack) => new EdgeAuthorizedSite(stack, 'Site', { policy: signInPolicy, site: { createUserPool: {} } }),
    becomes: [
      {
        type: 'AWS::Cognito::UserPoolClient',
        has: { AllowedOAuthFlowsUserPoolClient: false, CallbackURLs: Match.absent() },
      },
      { type: 'Custom::SignInClient', text: '"https://",{"Fn::GetAtt":["SiteDistribution' },
      { type: 'Custom::SignInClient', text: '"DomainName"]},"/_auth/callback' },
      {
        type: 'Custom::SignInClient',
        text: '"RefreshTokenRotation":{"Feature":"ENABLED","RetryGracePeriodSeconds":60}',
      },
    ],
  },
  {
    title: 'the same in eu-central-1',
    said: 'policy: { signIn, … }, site: { createUserPool: {}, region: "eu-central-1" }',
    region: 'eu-central-1',
    build: (stack) =>
      new EdgeAuthorizedSite(stack, 'Site', { policy: signInPolicy, site: { createUserPool: {}, accessLogs: false } }),
    becomes: [
      { stacks: ['users', 'us-east-1', ''] },
      { type: 'Custom::SignInClient', text: '"Fn::GetStackOutput"' },
      { stack: 'us-east-1', type: handler, text: '.auth.eu-central-1.amazoncognito.com/oauth2/token' },
    ],
  },
  {
    title: 'sign-in with a pool of the stack, whose client has its URLs from you',
    said: 'policy: { signIn, … }, userPool: pool, userPoolClients: [client]',
    build: (stack) => {
      const userPool = new cognito.UserPool(stack, 'Pool')
      const client = userPool.addClient('Web')
      const { policy } = site(stack, { policy: signInPolicy, userPool, userPoolClients: [client] })
      expect(policy.signIn?.client).toBe(client.userPoolClientId)
    },
  },
  {
    title: 'hosts that a wildcard stands for',
    said: 'policy: { signIn, … }, site: { domain: { names: ["*.example.com"], certificateArn } }',
    build: (stack) => site(stack, { policy: signInPolicy, site: { domain: { ...domain, names: ['*.example.com'] } } }),
    refused: 'policy.signIn.hosts: is missing; name the hosts below *.example.com',
  },
  {
    title: 'its secrets in Parameter Store, encrypted with your key',
    said: 'policy: { signIn: { secret: { ssmParameter: ARN }, … }, … }, site: { secretKeyArn }',
    build: (stack) =>
      new EdgeAuthorizedSite(stack, 'Site', {
        policy: { ...signInPolicy, signIn: { ...signIn, secret: { ssmParameter: parameter } } },
        site: { secretKeyArn },
      }),
    becomes: [
      { type: 'AWS::IAM::Policy', text: `{"Action":"ssm:GetParameter","Effect":"Allow","Resource":"${parameter}"}` },
      {
        type: 'AWS::IAM::Policy',
        text: `{"Action":"kms:Decrypt","Condition":{"StringEquals":{"kms:ViaService":"ssm.eu-central-1.amazonaws.com"}},"Effect":"Allow","Resource":"${secretKeyArn}"}`,
      },
    ],
  },
  {
    title: 'its secrets in Secrets Manager',
    said: 'policy: { signIn: { secret: { secretsManager: ARN }, … }, … }',
    build: (stack) =>
      new EdgeAuthorizedSite(stack, 'Site', {
        policy: { ...signInPolicy, signIn: { ...signIn, secret: { secretsManager: secret } } },
      }),
    becomes: [
      {
        type: 'AWS::IAM::Policy',
        text: `{"Action":"secretsmanager:GetSecretValue","Effect":"Allow","Resource":"${secret}"}`,
      },
    ],
  },
  {
    title: 'a confidential client of a pool that the stack makes',
    said: 'policy: { signIn: { tokenEndpointAuthMethod: "client_secret_basic", … }, … }, site: { createUserPool: {} }',
    build: (stack) =>
      site(stack, {
        policy: {
          ...signInPolicy,
          signIn: {
            ...signIn,
            tokenEndpointAuthMethod: 'client_secret_basic',
            secret: { ssmParameter: parameter },
          },
        },
        site: { createUserPool: {} },
      }),
    refused:
      'policy.signIn.tokenEndpointAuthMethod: is "client_secret_basic", and the client of createUserPool is a public',
  },
  {
    title: 'sign-in with two providers on one host',
    said: '—',
    cannot: 'a policy has one signIn; bearer tokens of several providers pass beside it',
  },
]

const deployments = [
  ...providers,
  ...pools,
  ...places,
  ...sites,
  ...behaviorsAndBuckets,
  ...distributions,
  ...watched,
  ...signIns,
]

const outdir = mkdtempSync(join(tmpdir(), 'edgeproof-deployments-'))
const app = new App({ outdir, analyticsReporting: false })
let assembly: CloudAssembly
const refusals = new Map<string, unknown>()

// One app for all: writing its templates is what takes the time.
beforeAll(() => {
  for (const [index, { title, region = 'us-east-1', build, refused }] of deployments.entries()) {
    if (!build) continue
    const home = refused === undefined ? app : new App({ outdir, analyticsReporting: false })
    const stack = new Stack(home, `D${index}`, region === '' ? {} : { env: { region } })
    try {
      build(stack)
    } catch (error) {
      refusals.set(title, error)
    }
  }
  assembly = app.synth()
})
afterAll(() => rmSync(outdir, { recursive: true, force: true }))

test.each(deployments.map((deployment, index) => ({ ...deployment, name: `D${index}` })))(
  '$title',
  ({ title, name, becomes = [], refused }) => {
    const refusal = refusals.get(title)
    if (refused === undefined) {
      expect(refusal).toBeUndefined()
      for (const expected of becomes) check(name, expected)
    } else {
      expect(refusal).toBeInstanceOf(UsageError)
      expect(String(refusal)).toContain(refused)
    }
  },
)

function check(name: string, expected: Expectation): void {
  if ('stacks' in expected) {
    const suffixes = assembly.stacks.map(({ stackName }) => stackName).filter((stack) => stack.split('-')[0] === name)
    expect(suffixes.sort()).toEqual(expected.stacks.map((suffix) => [name, suffix].filter(Boolean).join('-')).sort())
    return
  }
  const { template } = assembly.getStackByName([name, expected.stack].filter(Boolean).join('-'))
  if ('has' in expected) Template.fromJSON(template).hasResourceProperties(expected.type, expected.has)
  else {
    const found = Object.values(Template.fromJSON(template).findResources(expected.type))
    const isThere = JSON.stringify(found).replaceAll('\\"', '"').includes(expected.text)
    expect(isThere, `${expected.text} in ${expected.type}`).toBe(true)
  }
}

test('each stage has stacks of its own, and all that is named has another name in each', () => {
  const index = deployments.findIndex(({ title }) => title === 'stages')
  const names = ['Test', 'Live'].map((stage) => {
    const stacks = assembly.getNestedAssembly(`assembly-D${index}${stage}`).stacks
    expect(stacks).toHaveLength(4)
    const inTemplate = stacks.map(({ template }) =>
      JSON.stringify(template).match(/"Name":"[A-Z][^"]*"|\/edgeproof\/[\w-]*/g),
    )
    return [...stacks.map(({ stackName }) => stackName), ...inTemplate.flatMap((names) => names ?? [])]
  })
  const [one = [], other = []] = names
  expect(one.filter((name) => other.includes(name))).toEqual([])
})

test('the table that people read is this one', async () => {
  expect(deployments.length).toBeGreaterThanOrEqual(30)
  const cell = (text: string) => text.replaceAll('|', '\\|')
  const rows = deployments.map(({ title, said, refused, cannot }) => {
    const outcome = cannot ?? (refused === undefined ? 'synthesizes' : `refused: \`…${refused}…\``)
    return `| ${cell(title)} | ${said === '—' ? said : `\`${cell(said)}\``} | ${cannot === undefined ? cell(outcome) : `cannot be said: ${cell(cannot)}`} |`
  })
  const table = [
    '# What people deploy',
    '',
    'Each line is a test (`deployments.process.test.ts`, which writes this page).',
    '',
    '| what | how it is said | what becomes of it |',
    '|---|---|---|',
    ...rows,
    '',
  ]
  await expect(table.join('\n')).toMatchFileSnapshot('deployments.md')
})
