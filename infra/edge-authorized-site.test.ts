import { createRequire } from 'node:module'
import { App, Aws, CfnParameter, Fn, Lazy, Stack, Token } from 'aws-cdk-lib'
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions'
import * as acm from 'aws-cdk-lib/aws-certificatemanager'
import * as cognito from 'aws-cdk-lib/aws-cognito'
import { beforeEach, describe, expect, test } from 'vitest'
import { shortNames } from '../build/short-names.ts'
import { createAuthorizer } from '../config/create-authorizer.ts'
import { withDefaults } from '../config/policy-defaults.ts'
import { UsageError } from '../config/usage-error.ts'
import { viewerRequestEvent } from '../testing/viewer-request.ts'
import { EdgeAuthorizedSite } from './edge-authorized-site.ts'
import { plainPolicy, trivialProgram } from './template-of.ts'

let stack: Stack
let pool: cognito.UserPool
beforeEach(() => {
  stack = new Stack(new App(), 'Own', { env: { region: 'us-east-1' } })
  pool = new cognito.UserPool(stack, 'Pool')
})

/** As JavaScript calls it, where no compiler objects. */
function siteOf(props: object): EdgeAuthorizedSite {
  return new EdgeAuthorizedSite(stack, 'Site', { policy: plainPolicy, program: trivialProgram, ...props })
}

function complaint(build: () => unknown): string {
  try {
    build()
    return ''
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError)
    return (error as Error).message
  }
}

/** As it stands in the template: text, or a join of text and references. */
function functionCode(): unknown {
  const [handler] = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'))
  return handler?.Properties.Code.ZipFile
}

const userPoolArn = 'arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_EXAMPLE01'
const certificateArn = 'arn:aws:acm:us-east-1:111122223333:certificate/0f'

const policyMistakes: [title: string, policy: object, field: string, hint: string][] = [
  [
    'a public route for a group',
    { routes: [{ path: '/*', public: true, groups: ['staff'] }] },
    'routes[0].public',
    'a public route has no captures, groups or hash',
  ],
  [
    'a private route beside a public one of its shape',
    { routes: [{ path: '/a/*' }, { path: '/a/*', public: true }] },
    'routes[1].path',
    'has the same shape as routes[0]',
  ],
  ['no route', { routes: [] }, 'routes', 'should hold at least one route'],
  ['an issuer over http', { issuer: 'http://issuer.example.com' }, 'issuer', 'should be an https URL'],
  ['no client', { clientIds: [] }, 'clientIds', 'should name at least one client'],
  ['a secret shared with the issuer', { algorithms: ['HS256'] }, 'algorithms[0]', 'should be "RS256", '],
  ['a misspelt field', { requiredClaim: ['email'] }, 'requiredClaim', 'is not a field'],
  ['a misspelt field of a route', { routes: [{ path: '/a', group: ['staff'] }] }, 'routes[0].group', 'is not a field'],
]

describe.each(policyMistakes)('a policy with %s', (_, mistake, field, hint) => {
  const policy = { ...plainPolicy, ...mistake }

  test('is refused by the construct, which names itself and the field', () => {
    const line = complaint(() => siteOf({ policy }))
    expect(line).toContain(`Own/Site: policy.${field}: `)
    expect(line).toContain(hint)
  })

  test('is refused by createAuthorizer, which names the field', () => {
    const line = complaint(() => createAuthorizer(policy))
    expect(line).toContain(`policy: ${field}: `)
    expect(line).toContain(hint)
  })
})

test.each<[title: string, props: object, field: string, hint: string]>([
  ['both pools at once', { site: { createUserPool: {}, userPoolArn } }, 'site.userPoolArn', 'a site has one pool'],
  [
    'a malformed pool ARN',
    { site: { userPoolArn: 'eu-west-1_A' } },
    'site.userPoolArn',
    'such as arn:aws:cognito-idp:',
  ],
  ['a malformed web ACL ARN', { site: { webAclArn: 'arn:aws:wafv2' } }, 'site.webAclArn', 'with CLOUDFRONT scope'],
  [
    'a malformed certificate ARN',
    { site: { domain: { names: ['a.example.com'], certificateArn: 'arn:aws:acm:eu-west-1:1:certificate/0f' } } },
    'site.domain.certificateArn',
    'in us-east-1',
  ],
  [
    'a TLS version of old',
    { site: { domain: { names: ['a.example.com'], certificateArn, minimumTls: 'TLSv1' } } },
    'site.domain.minimumTls',
    'TLSv1.2_2021',
  ],
  [
    "a login domain with AWS's name in it",
    { site: { createUserPool: { domainPrefix: 'my-aws-site' } } },
    'site.createUserPool.domainPrefix',
    'should not contain "aws"',
  ],
  ['a misspelt field of the site', { site: { webACLArn: '' } }, 'site.webACLArn', 'is not a field'],
  ['a misspelt property', { sites: {} }, 'sites', 'is not a field'],
  ['an empty program', { program: '' }, 'program', 'or left out for the authorizer'],
  [
    'a construct for a client id',
    { policy: { ...plainPolicy, clientIds: [new App()] } },
    'policy.clientIds[0]',
    'string',
  ],
])('the construct refuses %s with its own path and the field', (_, props, field, hint) => {
  const line = complaint(() => siteOf(props))
  expect(line).toContain(`Own/Site: ${field}: `)
  expect(line).toContain(hint)
})

test('what could not be deployed is refused with the path of the construct, too', () => {
  const policy = { ...plainPolicy, methods: ['PUT'] }
  expect(complaint(() => siteOf({ policy }))).toContain('Own/Site: policy.methods[0]: is "PUT"')
})

/** What becomes of a request without a token: of a template's code, where there is one. */
async function withoutToken(policy: object): Promise<'passes' | 'is denied' | 'no template'> {
  try {
    // Without a program of its own it is the authorizer.
    siteOf({ policy, program: undefined })
  } catch {
    return 'no template'
  }
  const exports: { handler?: (event: object) => Promise<object> } = {}
  new Function('exports', 'require', String(functionCode()))(exports, createRequire(import.meta.url))
  const answer = await exports.handler?.(viewerRequestEvent('/reports/a'))
  return answer && 'uri' in answer ? 'passes' : 'is denied'
}

test.each([
  ['a public route for a group', [{ path: '/*', public: true, groups: ['staff'] }], 'no template'],
  ['a private route and a public one of its shape', [{ path: '/*' }, { path: '/*', public: true }], 'no template'],
  ['a route for a group', [{ path: '/*', groups: ['staff'] }], 'is denied'],
  ['a public route', [{ path: '/*', public: true }], 'passes'],
])('%s: without a token', async (_, routes, expected) => {
  // Nothing listens there, so that the function that asks for its keys at once is refused at once.
  expect(await withoutToken({ ...plainPolicy, issuer: 'https://127.0.0.1:9', routes })).toBe(expected)
})

describe('CloudFormation tokens', () => {
  test('of a pool and its client, made in the same app, become references in the code', () => {
    const client = pool.addClient('Client')
    const group = new cognito.CfnUserPoolGroup(stack, 'Staff', { userPoolId: pool.userPoolId })
    const login = `https://login.example.com/?client_id=${client.userPoolClientId}`
    const site = siteOf({
      policy: {
        issuer: [pool.userPoolProviderUrl, `https://cognito-idp.${Aws.REGION}.amazonaws.com/${pool.userPoolId}`],
        jwksUri: [`${pool.userPoolProviderUrl}/keys`, Fn.importValue('Keys')],
        clientIds: [client.userPoolClientId, 'literal', Fn.select(0, Token.asList(Fn.ref('Clients')))],
        routes: [{ path: '/*', groups: [group.ref] }],
        corsOrigins: [`https://${Fn.importValue('AppDomain')}`],
        deny: { unauthenticated: { redirect: login, returnTo: 'to' } },
      },
    })
    const [provider] = withDefaults(site.policy).providers
    expect(provider.clientIds.slice(0, 2)).toEqual([client.userPoolClientId, 'literal'])
    const [, parts] = (functionCode() as { 'Fn::Join': [string, unknown[]] })['Fn::Join']
    const logicalId = (construct: { node: { defaultChild?: unknown } }) =>
      stack.getLogicalId(construct.node.defaultChild as cognito.CfnUserPool)
    expect(parts).toContainEqual({ 'Fn::GetAtt': [logicalId(pool), 'ProviderURL'] })
    for (const reference of [logicalId(pool), logicalId(client), 'Staff', 'AWS::Region']) {
      expect(parts).toContainEqual(expect.objectContaining({ Ref: reference }))
    }
    expect(parts).toContainEqual({ 'Fn::ImportValue': 'AppDomain' })
    expect(parts).toContainEqual({ 'Fn::ImportValue': 'Keys' })
    expect(parts).toContainEqual({ 'Fn::Select': [0, { Ref: 'Clients' }] })
    const text = parts.filter((part) => typeof part === 'string').join('')
    expect(text).toContain(`"${shortNames.returnPrefix}":"https://login.example.com/?client_id=&to="`)
  })

  test('stand in each provider where a value is only passed on', () => {
    const keys = Fn.importValue('Keys')
    const staff = {
      issuer: [pool.userPoolProviderUrl, `https://login.${Fn.importValue('Domain')}`],
      jwksUri: [`${pool.userPoolProviderUrl}/keys`, keys],
      tokenUse: 'access',
      clientIds: [Fn.importValue('Client')],
      audiences: [Fn.importValue('Audience')],
    }
    const gate = { issuer: 'https://partners.example.org', tokenUse: null, clientIds: ['gate'], clientClaim: 'azp' }
    const routes = [{ path: '/*', provider: 'staff', scopes: [`${Fn.importValue('Server')}/read`] }]
    // Bundled here, with what such a policy uses.
    siteOf({ policy: { providers: { staff, gate }, routes }, program: undefined })
    const [, parts] = (functionCode() as { 'Fn::Join': [string, unknown[]] })['Fn::Join']
    for (const name of ['Domain', 'Keys', 'Client', 'Audience', 'Server'])
      expect(parts).toContainEqual({ 'Fn::ImportValue': name })
  })

  test('in the site are passed on to AWS', () => {
    const certificate = new acm.Certificate(stack, 'Certificate', { domainName: 'a.example.com' })
    const webAclArn = `arn:${Aws.PARTITION}:wafv2:us-east-1:${Aws.ACCOUNT_ID}:global/webacl/own/0f`
    const zone = new CfnParameter(stack, 'Zone').valueAsString
    siteOf({
      site: {
        webAclArn,
        cacheKey: { queryStrings: [zone] },
        domain: { names: [`files.${zone}`], certificateArn: certificate.certificateArn },
        createUserPool: {
          domainPrefix: `files-${Aws.ACCOUNT_ID}`,
          callbackUrls: [`https://files.${zone}/signed-in`],
          logoutUrls: [zone],
        },
      },
    })
    const template = Template.fromStack(stack)
    template.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        Aliases: [{ 'Fn::Join': ['', ['files.', { Ref: 'Zone' }]] }],
        WebACLId: stack.resolve(webAclArn),
      },
    })
    template.hasResourceProperties('AWS::Cognito::UserPoolClient', { LogoutURLs: [{ Ref: 'Zone' }] })
    template.hasResourceProperties('AWS::Cognito::UserPoolDomain', {
      Domain: { 'Fn::Join': ['', ['files-', { Ref: 'AWS::AccountId' }]] },
    })
  })

  test.each([
    [
      'policy.issuer: should be an https URL',
      { policy: { ...plainPolicy, issuer: `http://cognito-idp.${Aws.REGION}.amazonaws.com/eu-west-1_A` } },
    ],
    [
      'site.webAclArn: should be the ARN of a web ACL',
      { site: { webAclArn: `arn:aws:wafv2:eu-west-1:${Aws.ACCOUNT_ID}:regional/webacl/own/0f` } },
    ],
    [
      'site.createUserPool.domainPrefix: should not contain "aws"',
      { site: { createUserPool: { domainPrefix: `aws-${Aws.ACCOUNT_ID}` } } },
    ],
  ])('do not hide a mistake in the text around them: %s', (line, props) => {
    expect(complaint(() => siteOf(props))).toContain(`Own/Site: ${line}`)
  })

  const text = Lazy.string({ produce: () => 'text' })
  const number = Lazy.number({ produce: () => 1 })
  const list = Token.asList(Fn.ref('List'))
  test.each<[field: string, props: object, remedy: string]>([
    ['site.userPoolArn', { site: { userPoolArn: text } }, 'write the ARN out, give the pool itself as userPool'],
    ['policy.routes[1].path', { policy: { routes: [{ path: '/' }, { path: `/${text}/*` }] } }, 'write it out'],
    ['policy.routes[0].hash', { policy: { routes: [{ path: '/{sub}', hash: text }] } }, 'write it out'],
    ['policy.algorithms[0]', { policy: { algorithms: [text] } }, 'write it out'],
    ['policy.methods[0]', { policy: { methods: [text] } }, 'write it out'],
    ['policy.credentials.cookie', { policy: { credentials: { cookie: text } } }, 'write it out'],
    ['policy.providers.a.clientClaim', { policy: { providers: { a: { clientClaim: text } } } }, 'write it out'],
    ['policy.requiredClaims[0]', { policy: { requiredClaims: [text] } }, 'write it out'],
    ['policy.jwks.maxAge', { policy: { jwks: { maxAge: number } } }, 'write it out'],
    [
      'policy.deny.unauthenticated.redirect',
      { policy: { deny: { unauthenticated: { redirect: text, returnTo: 'to' } } } },
      'with returnTo, write its "?" out',
    ],
    ['policy.clientIds', { policy: { clientIds: list } }, 'such as Fn.select(0, LIST)'],
    ['policy.clientIds[1]', { policy: { clientIds: ['a', list[0]] } }, 'such as Fn.select(0, LIST)'],
    [
      'policy.routes[0].groups[0]',
      { policy: { routes: [{ path: '/*', groups: [text] }] }, site: { createUserPool: {} } },
      'write it out',
    ],
    ['site.createUserPool.groups[0]', { site: { createUserPool: { groups: [text] } } }, 'write it out'],
    ['site.priceClass', { site: { priceClass: text } }, 'write it out'],
    ['site.accessLogs.retentionDays', { site: { accessLogs: { retentionDays: number } } }, 'write it out'],
    ['program', { program: text }, 'write it out'],
  ])('are refused in %s, which is looked into', (field, { policy = {}, ...props }: { policy?: object }, remedy) => {
    const line = complaint(() => siteOf({ policy: { ...plainPolicy, ...policy }, ...props }))
    expect(line).toContain(`Own/Site: ${field}: is known only when the stack is deployed; `)
    expect(line).toContain(remedy)
  })

  test("of a pool's ARN never make an issuer of undefined parts", () => {
    expect(complaint(() => siteOf({ site: { userPoolArn: pool.userPoolArn } }))).toContain(
      'Own/Site: site.userPoolArn: ',
    )
    expect(JSON.stringify(Template.fromStack(stack).toJSON())).not.toContain('undefined')
  })
})

test("what is dangerous in the policy is a warning of the construct's with its field, and what is not is none", () => {
  const routes = [{ path: '/tenants/{claim:custom:tenant}/*' }, { path: '/vault/{group}/*', hash: 'md5' }]
  siteOf({ policy: { ...plainPolicy, routes }, site: { createUserPool: {} } })
  const warnings = Annotations.fromStack(stack).findWarning('/Own/Site', Match.anyValue())
  expect(warnings.map(({ entry }) => entry.data)).toEqual([
    // Known by the pool that the stack makes: the policy's own issuer is another.
    expect.stringMatching(/^policy\.routes\[0\]\.path: .*custom:tenant.* \[ack: edgeproof:writable-claim\]$/),
    expect.stringMatching(/^policy\.routes\[1\]\.hash: .*md5.* \[ack: edgeproof:weak-hash\]$/),
  ])
  const plain = new Stack(new App(), 'Plain', { env: { region: 'us-east-1' } })
  new EdgeAuthorizedSite(plain, 'Site', { policy: plainPolicy, program: trivialProgram })
  expect(Annotations.fromStack(plain).findWarning('/Plain/Site', Match.anyValue())).toEqual([])
})
