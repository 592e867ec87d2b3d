import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Policy } from '../../authorizer/policy.ts'
import { bundleAuthorizer, deployable } from '../../build/bundle.ts'
import type { Config } from '../../config/config.ts'
import type { Result } from '../../result/result.ts'
import { policyOfPool } from '../policy-of-pool.ts'
import { type AwsCalls, startAwsCalls } from './aws-calls.ts'
import { cdk } from './cdk-cli.ts'
import { deployedSite, type Outputs } from './deployed-site.ts'
import { type Emulator, startEmulator } from './emulator.ts'
import { pythonTools, skipNote } from './python-tools.ts'

const name = 'Deployed'
const config: Config = {
  policy: {
    issuer: 'https://issuer.example.com',
    clientIds: ['replaced'],
    requiredClaims: ['cognito:groups'],
    routes: [
      { path: '/groups/{group}/*' },
      { path: '/reports/*', groups: ['analysts'] },
      { path: '/bye.html', public: true },
    ],
    corsPreflight: true,
    corsOrigins: ['https://app.example.com'],
    signIn: {
      client: 'replaced',
      endpoints: { authorization: 'https://login.example.com/authorize', token: 'https://login.example.com/token' },
      afterSignOut: '/bye.html',
    },
  },
  site: {
    stackName: name,
    createUserPool: { groups: ['editors'], callbackUrls: ['https://app.example.com/signed-in'] },
    operations: { regions: ['eu-west-1'], logRetentionDays: 14, alarmEmail: 'operator@example.com' },
  },
}

const skip = skipNote('ministack', 'aws')

describe.skipIf(skip !== '')(`a deployment by the CDK's own command line${skip}`, { timeout: 120_000 }, () => {
  let directory: string
  let emulator: Emulator
  let aws: AwsCalls
  let outputs: Outputs
  let site: ReturnType<typeof deployedSite>

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'edgeproof-deployment-'))
    emulator = await startEmulator(join(pythonTools, 'ministack'), [pythonTools])
    aws = startAwsCalls(join(pythonTools, 'python'), emulator.environment)
    const accounts = ['us-east-1', 'eu-west-1'].map((region) => `aws://000000000000/${region}`)
    await cdk({ environment: emulator.environment, directory }, 'bootstrap', ...accounts)
    outputs = await deploy(config)
    site = deployedSite(aws, outputs)
  }, 120_000)

  afterAll(async () => {
    await aws?.stop()
    await emulator?.stop()
    await rm(directory, { recursive: true, force: true })
  })

  function assembly(): string {
    return join(directory, 'cdk.out')
  }

  async function deploy(deployed: Config): Promise<Outputs> {
    const [configFile, outputsFile] = [join(directory, 'site.json'), join(directory, 'outputs.json')]
    await writeFile(configFile, JSON.stringify(deployed))
    // The emulator has no log delivery.
    const context = ['--context', `config=${configFile}`, '--context', 'accessLogs=false']
    const options = ['--output', assembly(), '--require-approval', 'never', '--outputs-file', outputsFile]
    await cdk({ environment: emulator.environment }, 'deploy', '--all', ...context, ...options)
    return JSON.parse(await readFile(outputsFile, 'utf8'))[name]
  }

  function deployedPolicy({ policy, site = {} }: Config): Policy {
    const loginUrl = 'https://deployed-000000000000.auth.us-east-1.amazoncognito.com'
    return policyOfPool(policy, site, { issuer: outputs.Issuer, clientIds: [outputs.ClientId], loginUrl })
  }

  function built(deployed: Config): Record<string, string> {
    const policy = deployedPolicy(deployed)
    return { 'index.js': deployable(bundleAuthorizer(policy).program, { policy }) }
  }

  async function run(script: string, ...parameters: string[]): Promise<string> {
    const file = fileURLToPath(new URL(script, import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, [file, ...parameters], { env: emulator.environment })
    return stdout
  }

  function removeOrphans(): Promise<string> {
    return run('../remove-orphans.ts', outputs.FunctionName)
  }

  test('the bucket is private, encrypted, versioned, and knows the origins', async () => {
    const bucket = (operation: string) =>
      aws.call<Record<string, unknown>>('s3', operation, { Bucket: outputs.BucketName })
    expect(await bucket('get_public_access_block')).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    })
    expect(await bucket('get_bucket_versioning')).toMatchObject({ Status: 'Enabled' })
    expect(JSON.stringify(await bucket('get_bucket_encryption'))).toContain('AES256')
    expect(await bucket('get_bucket_cors')).toMatchObject({
      CORSRules: [{ AllowedOrigins: ['https://app.example.com'], AllowedMethods: ['GET', 'HEAD'] }],
    })
    const { Policy: document } = await bucket('get_bucket_policy')
    const { Statement } = JSON.parse(String(document))
    expect(Statement).toContainEqual(
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    )
    expect(Statement).toContainEqual(
      expect.objectContaining({
        Effect: 'Allow',
        Action: ['s3:GetObject', 's3:ListBucket'],
        Principal: { Service: 'cloudfront.amazonaws.com' },
        Condition: {
          StringEquals: { 'AWS:SourceArn': `arn:aws:cloudfront::000000000000:distribution/${outputs.DistributionId}` },
        },
      }),
    )
  })

  test('the distribution signs for the bucket and keeps the token out of its cache key', async () => {
    const { HttpVersion, Origins, DefaultCacheBehavior } = await site.distributionConfig()
    const { CachePolicyId, OriginRequestPolicyId } = DefaultCacheBehavior
    expect(HttpVersion).toBe('http2and3')
    const [origin] = Origins.Items
    expect(origin?.DomainName).toContain(outputs.BucketName)
    expect(
      await aws.call('cloudfront', 'get_origin_access_control', { Id: origin?.OriginAccessControlId }),
    ).toMatchObject({
      OriginAccessControl: { OriginAccessControlConfig: { SigningBehavior: 'always', SigningProtocol: 'sigv4' } },
    })
    expect(await aws.call('cloudfront', 'get_cache_policy', { Id: CachePolicyId })).toMatchObject({
      CachePolicy: {
        CachePolicyConfig: {
          ParametersInCacheKeyAndForwardedToOrigin: {
            HeadersConfig: { HeaderBehavior: 'none' },
            CookiesConfig: { CookieBehavior: 'none' },
            QueryStringsConfig: { QueryStringBehavior: 'none' },
          },
        },
      },
    })
    const forwarded = await aws.call('cloudfront', 'get_origin_request_policy', { Id: OriginRequestPolicyId })
    expect(JSON.stringify(forwarded)).toContain('Access-Control-Request-Method')
    expect(JSON.stringify(forwarded)).not.toMatch(/authorization/i)
  })

  test('the user pool has the groups, a client without a secret and strong passwords', async () => {
    const pool = { UserPoolId: outputs.Issuer.split('/').at(-1) }
    type Groups = { Groups: { GroupName: string }[] }
    const { Groups } = await aws.call<Groups>('cognito-idp', 'list_groups', pool)
    expect(Groups.map(({ GroupName }) => GroupName).sort()).toEqual(['analysts', 'editors'])
    type Client = { UserPoolClient: object }
    const client = { ...pool, ClientId: outputs.ClientId }
    const { UserPoolClient } = await aws.call<Client>('cognito-idp', 'describe_user_pool_client', client)
    // One deployment: the distribution needs the function, that the client, and the client the distribution's name.
    const host = `https://${outputs.DistributionDomain}`
    expect(UserPoolClient).toMatchObject({
      CallbackURLs: [`${host}/_auth/callback`, 'https://app.example.com/signed-in'],
      LogoutURLs: [`${host}/bye.html`],
      AllowedOAuthFlows: ['code'],
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthScopes: ['openid'],
      // What the update left out would have its default.
      WriteAttributes: ['locale'],
      ExplicitAuthFlows: ['ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ALLOW_USER_SRP_AUTH'],
      PreventUserExistenceErrors: 'ENABLED',
    })
    expect(UserPoolClient).not.toHaveProperty('ClientSecret')
    expect(await aws.call('cognito-idp', 'describe_user_pool', pool)).toMatchObject({
      UserPool: { MfaConfiguration: 'OPTIONAL', Policies: { PasswordPolicy: { MinimumLength: 12 } } },
    })
  })

  test.each(['us-east-1', 'eu-west-1'])('%s has its log group, the denial metric and its alarms', async (region) => {
    const logGroupName = `/edgeproof/${name}`
    expect(await aws.call('logs', 'describe_log_groups', { logGroupNamePrefix: '/edgeproof/' }, region)).toMatchObject({
      logGroups: [{ logGroupName, retentionInDays: 14 }],
    })
    expect(await aws.call('logs', 'describe_metric_filters', { logGroupName }, region)).toMatchObject({
      metricFilters: [{ metricTransformations: [{ metricValue: '$.count' }] }],
    })
    type Alarms = { MetricAlarms: { MetricName: string; AlarmActions: string[] }[] }
    const { MetricAlarms } = await aws.call<Alarms>('cloudwatch', 'describe_alarms', {}, region)
    expect(MetricAlarms.map(({ MetricName }) => MetricName).sort()).toEqual([
      ...(region === 'us-east-1' ? ['5xxErrorRate'] : []),
      'Denials',
      'Denials',
      'Duration',
      'Errors',
      'Throttles',
    ])
    for (const { AlarmActions } of MetricAlarms) expect(AlarmActions).toEqual([expect.stringContaining(`:${region}:`)])
  })

  test('the code that the distribution runs is the built bundle, with the real pool in it', async () => {
    expect(await site.code(await site.runningVersion())).toEqual(built(config))
    const { FunctionName } = outputs
    expect(await aws.call('lambda', 'get_function_configuration', { FunctionName })).toMatchObject({
      Runtime: 'nodejs24.x',
      MemorySize: 128,
      Timeout: 5,
      LoggingConfig: { LogFormat: 'JSON', LogGroup: `/edgeproof/${name}` },
    })
  })

  test('the code that was deployed keeps every property that the fuzzer knows', async () => {
    const [handler, policy] = [join(directory, 'index.cjs'), join(directory, 'policy.json')]
    const { 'index.js': code = '' } = await site.code(await site.runningVersion())
    await writeFile(handler, code)
    await writeFile(policy, JSON.stringify(deployedPolicy(config)))
    const subject = ['--handler', handler, '--policy', policy]
    const document = await run('../../cli.ts', 'fuzz', ...subject, '--runs', '200', '--out', directory, '--json')
    const { checks }: Result = JSON.parse(document)
    expect(checks.find(({ id }) => id === 'fuzz.findings')?.value).toBe(0)
    expect(checks.find(({ id }) => id === 'fuzz.cases')?.value).toBeGreaterThanOrEqual(200)
  })

  test('another policy publishes a version, and the one before stays as it was until nothing runs it', async () => {
    const first = await site.runningVersion()
    const before = await site.publishedVersions()
    const changed = { ...config, policy: { ...config.policy, requiredClaims: [] } }
    await deploy(changed)
    const second = await site.runningVersion()
    const after = await site.publishedVersions()
    expect(Object.keys(after).sort()).toEqual(['$LATEST', first, second].sort())
    expect(after[first]).toBe(before[first])
    expect(after[second]).not.toBe(after[first])
    expect(await site.code(second)).toEqual(built(changed))

    expect(await removeOrphans()).toBe(`${outputs.FunctionName}:${first}: removed\n`)
    expect(Object.keys(await site.publishedVersions()).sort()).toEqual(['$LATEST', second].sort())
  })

  test('tearing down keeps objects, users and the function, whose orphans then go', async () => {
    await cdk({ environment: emulator.environment, directory }, 'destroy', '--all', '--force', '--app', assembly())
    type Stacks = { Stacks: { StackName: string }[] }
    const { Stacks } = await aws.call<Stacks>('cloudformation', 'describe_stacks')
    expect(Stacks.map(({ StackName }) => StackName)).toEqual(['CDKToolkit'])
    await expect(site.distributionConfig()).rejects.toThrow('NoSuchDistribution')
    await aws.call('s3', 'head_bucket', { Bucket: outputs.BucketName })
    await aws.call('cognito-idp', 'describe_user_pool', { UserPoolId: outputs.Issuer.split('/').at(-1) })
    expect(Object.keys(await site.publishedVersions())).toHaveLength(2)

    expect(await removeOrphans()).toBe(`${outputs.FunctionName}: removed\n`)
    expect(await removeOrphans()).toBe(`${outputs.FunctionName}: no such function\n`)
  })
})
