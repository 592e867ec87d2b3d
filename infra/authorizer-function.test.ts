import { Match, type Template } from 'aws-cdk-lib/assertions'
import { expect, test } from 'vitest'
import { shortNames } from '../build/short-names.ts'
import { plainPolicy, templateOf } from './template-of.ts'

function versionIds(template: Template): string[] {
  return Object.keys(template.findResources('AWS::Lambda::Version'))
}

test('the function is what Lambda@Edge takes: small, short, a numbered version, both principals', async () => {
  const template = await templateOf()
  template.hasResourceProperties('AWS::Lambda::Function', {
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    MemorySize: 128,
    Timeout: 5,
    Environment: Match.absent(),
    VpcConfig: Match.absent(),
    FunctionName: Match.absent(),
  })
  template.hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: {
      Statement: [Match.objectLike({ Principal: { Service: ['edgelambda.amazonaws.com', 'lambda.amazonaws.com'] } })],
    },
  })
  const older = await templateOf({ runtime: 'nodejs22.x' })
  older.hasResourceProperties('AWS::Lambda::Function', { Runtime: 'nodejs22.x' })
})

test('the function and its versions outlive the stack, so that no deletion waits for replicas', async () => {
  const template = await templateOf()
  const kept = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' }
  template.allResources('AWS::Lambda::Function', kept)
  template.allResources('AWS::Lambda::Version', kept)
})

test('a version is published when the policy or the runtime changes, and not when the site around it does', async () => {
  const base = versionIds(await templateOf())
  expect(versionIds(await templateOf({ priceClass: 'all', accessLogs: false, additionalMetrics: true }))).toEqual(base)
  expect(versionIds(await templateOf({}, { ...plainPolicy, clockToleranceSeconds: 5 }))).not.toEqual(base)
  expect(versionIds(await templateOf({ runtime: 'nodejs22.x' }))).not.toEqual(base)
})

test('two policies make two templates that differ in the configuration and in the version, and nowhere else', async () => {
  const [one, other] = [await templateOf(), await templateOf({}, { ...plainPolicy, clockToleranceSeconds: 5 })]
  const withoutConfiguration = (template: Template) => {
    const [version = ''] = versionIds(template)
    return JSON.stringify(template.toJSON())
      .replaceAll(version, 'VERSION')
      .replace(/EDGEPROOF_CONFIGURATION=.*?;\\n/, '')
  }
  expect(JSON.stringify(one.toJSON())).not.toBe(JSON.stringify(other.toJSON()))
  expect(withoutConfiguration(one)).toBe(withoutConfiguration(other))
})

test('the function may write to its own log group, in every region, and do nothing else', async () => {
  const template = await templateOf()
  template.hasResourceProperties('AWS::Lambda::Function', {
    LoggingConfig: { LogFormat: 'JSON', SystemLogLevel: 'WARN', LogGroup: '/edgeproof/EdgeproofSite' },
  })
  const measured = await templateOf({ platformLogs: true })
  measured.hasResourceProperties('AWS::Lambda::Function', { LoggingConfig: { SystemLogLevel: 'INFO' } })
  const statements = Object.values(template.findResources('AWS::IAM::Policy')).flatMap(
    ({ Properties }) => Properties.PolicyDocument.Statement,
  )
  expect(statements).toHaveLength(1)
  const [statement] = statements
  expect(statement.Action).toEqual(['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'])
  for (const resource of statement.Resource) {
    expect(JSON.stringify(resource)).toMatch(/arn:aws:logs:\*:.*log-group:\/edgeproof\/EdgeproofSite/)
  }
})

test('a policy in any script stands in the template in ASCII, and reads the same', async () => {
  const routes = [{ path: '/отчёты/\u2028/*' }, { path: '/日本/{group}/*' }]
  const template = await templateOf({}, { ...plainPolicy, routes })
  const [handler] = Object.values(template.findResources('AWS::Lambda::Function'))
  const code: string = handler?.Properties.Code.ZipFile
  expect(code).toMatch(/^[\x00-\x7f]+$/)
  const configuration = JSON.parse(/EDGEPROOF_CONFIGURATION=(.*);\n/.exec(code)?.[1] ?? '')
  const { routes: short = '', segments = '' } = shortNames
  expect(configuration.policy[short].map((route: Record<string, unknown[]>) => route[segments]?.[0])).toEqual([
    'отчёты',
    '日本',
  ])
})
