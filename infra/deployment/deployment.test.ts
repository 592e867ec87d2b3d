import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { strFromU8, unzipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Policy } from '../../authorizer/policy.ts'
import { bundleAuthorizer, deployable } from '../../bundle/bundle.ts'
import type { Config } from '../../config/config.ts'
import type { Result } from '../../reports/result.ts'
import { type AwsCli, awsCli } from '../aws-cli.ts'
import { cdk } from './cdk-cli.ts'
import { type Emulator, startEmulator } from './emulator.ts'
import { pythonTools, skipNote } from './python-tools.ts'

const name = 'Deployed'
const config: Config = {
  policy: {
    issuer: 'https://issuer.example.com',
    clientIds: ['replaced'],
    requiredClaims: ['cognito:groups'],
    routes: [{ path: '/groups/{group}/*' }, { path: '/reports/*', groups: ['analysts'] }],
    corsPreflight: true,
    corsOrigins: ['https://app.example.com'],
  },
  site: {
    stackName: name,
    createUserPool: { groups: ['editors'], callbackUrls: ['https://app.example.com/signed-in'] },
    operations: { regions: ['eu-west-1'], logRetentionDays: 14, alarmEmail: 'operator@example.com' },
  },
}

interface Outputs {
  DistributionId: string
  DistributionDomain: string
  BucketName: string
  Issuer: string
  ClientId: string
  FunctionName: string
}

const skip = skipNote('ministack', 'aws')

describe.skipIf(skip !== '')(`a deployment by the CDK's own command line${skip}`, { timeout: 120_000 }, () => {
  let directory: string
  let emulator: Emulator
  let aws: AwsCli
  let outputs: Outputs

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'edgeproof-deployment-'))
    emulator = await startEmulator(join(pythonTools, 'ministack'), [pythonTools])
    aws = awsCli('us-east-1', emulator.environment)
    await writeSite(config)
    const accounts = ['us-east-1', 'eu-west-1'].map((region) => `aws://000000000000/${region}`)
    await cdk(emulator.environment, 'bootstrap', ...app(), ...accounts)
    outputs = await deploy(config)
  }, 120_000)

  afterAll(async () => {
    await emulator?.stop()
    await rm(directory, { recursive: true, force: true })
  })

  /** The emulator has no log delivery. */
  function app(): string[] {
    const assembly = join(directory, 'cdk.out')
    return [
      '--output',
      assembly,
      '--context',
      `config=${join(directory, 'site.json')}`,
      '--context',
      'accessLogs=false',
    ]
  }

  async function writeSite(deployed: Config): Promise<void> {
    await writeFile(join(directory, 'site.json'), JSON.stringify(deployed))
  }

  async function deploy(deployed: Config): Promise<Outputs> {
    const file = join(directory, 'outputs.json')
    await writeSite(deployed)
    await cdk(emulator.environment, 'deploy', '--all', ...app(), '--require-approval', 'never', '--outputs-file', file)
    return JSON.parse(await readFile(file, 'utf8'))[name]
  }

  async function distributionConfig(): Promise<DistributionConfig> {
    const answer = await aws('cloudfront', 'get-distribution-config', '--id', outputs.DistributionId)
    return (answer as { DistributionConfig: DistributionConfig }).DistributionConfig
  }

  async function associatedVersion(): Promise<string> {
    const { LambdaFunctionAssociations } = (await distributionConfig()).DefaultCacheBehavior
    const [association] = LambdaFunctionAssociations.Items
    expect(association?.EventType).toBe('viewer-request')
    return association?.LambdaFunctionARN.split(':').at(-1) ?? ''
  }

  /** Version → digest of its code. */
  async function publishedVersions(): Promise<Record<string, string>> {
    const answer = await aws('lambda', 'list-versions-by-function', '--function-name', outputs.FunctionName)
    const { Versions } = answer as { Versions: { Version: string; CodeSha256: string }[] }
    return Object.fromEntries(Versions.map(({ Version, CodeSha256 }) => [Version, CodeSha256]))
  }

  async function deployedCode(version: string): Promise<string> {
    const answer = await aws('lambda', 'get-function', '--function-name', outputs.FunctionName, '--qualifier', version)
    const zip = await fetch((answer as { Code: { Location: string } }).Code.Location)
    const files = unzipSync(new Uint8Array(await zip.arrayBuffer()))
    expect(Object.keys(files)).toEqual(['index.js'])
    return strFromU8(files['index.js'] ?? new Uint8Array())
  }

  function deployedPolicy({ policy }: Config): Policy {
    return { ...policy, issuer: outputs.Issuer, clientIds: [outputs.ClientId] }
  }

  async function builtCode(built: Config): Promise<string> {
    const { program } = await bundleAuthorizer()
    return deployable(program, { policy: deployedPolicy(built) })
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
    const bucket = (operation: string) => aws('s3api', operation, '--bucket', outputs.BucketName)
    const [block, versioning, encryption, cors, policy] = await Promise.all([
      bucket('get-public-access-block'),
      bucket('get-bucket-versioning'),
      bucket('get-bucket-encryption'),
      bucket('get-bucket-cors'),
      bucket('get-bucket-policy'),
    ])
    expect(Object.values((block as { PublicAccessBlockConfiguration: object }).PublicAccessBlockConfiguration)).toEqual(
      Array(4).fill(true),
    )
    expect(versioning).toMatchObject({ Status: 'Enabled' })
    expect(JSON.stringify(encryption)).toContain('AES256')
    expect(cors).toMatchObject({ CORSRules: [{ AllowedOrigins: ['https://app.example.com'] }] })
    const { Statement } = JSON.parse((policy as { Policy: string }).Policy)
    expect(Statement).toContainEqual(
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    )
    expect(Statement).toContainEqual(
      expect.objectContaining({
        Effect: 'Allow',
        Action: 's3:GetObject',
        Principal: { Service: 'cloudfront.amazonaws.com' },
        Condition: {
          StringEquals: { 'AWS:SourceArn': `arn:aws:cloudfront::000000000000:distribution/${outputs.DistributionId}` },
        },
      }),
    )
  })

  test('the distribution signs for the bucket and keeps the token out of its cache key', async () => {
    const { HttpVersion, Origins, DefaultCacheBehavior } = await distributionConfig()
    expect(HttpVersion).toBe('http2and3')
    const [origin] = Origins.Items
    expect(origin?.DomainName).toContain(outputs.BucketName)
    const [access, cache, forwarded] = await Promise.all([
      aws('cloudfront', 'get-origin-access-control', '--id', origin?.OriginAccessControlId ?? ''),
      aws('cloudfront', 'get-cache-policy', '--id', DefaultCacheBehavior.CachePolicyId),
      aws('cloudfront', 'get-origin-request-policy', '--id', DefaultCacheBehavior.OriginRequestPolicyId),
    ])
    expect(access).toMatchObject({
      OriginAccessControl: { OriginAccessControlConfig: { SigningBehavior: 'always', SigningProtocol: 'sigv4' } },
    })
    expect(JSON.stringify(cache)).toMatch(/"HeaderBehavior":"none".*"CookieBehavior":"none"/)
    expect(JSON.stringify(forwarded)).not.toMatch(/authorization/i)
    expect(JSON.stringify(forwarded)).toContain('Access-Control-Request-Method')
  })

  test('the user pool has the groups, a client without a secret and a login page', async () => {
    const pool = ['--user-pool-id', outputs.Issuer.split('/').at(-1) ?? '']
    const [groups, client, description] = await Promise.all([
      aws('cognito-idp', 'list-groups', ...pool),
      aws('cognito-idp', 'describe-user-pool-client', ...pool, '--client-id', outputs.ClientId),
      aws('cognito-idp', 'describe-user-pool', ...pool),
    ])
    expect((groups as { Groups: { GroupName: string }[] }).Groups.map(({ GroupName }) => GroupName).sort()).toEqual([
      'analysts',
      'editors',
    ])
    expect(client).toMatchObject({ UserPoolClient: { CallbackURLs: ['https://app.example.com/signed-in'] } })
    expect((client as { UserPoolClient: object }).UserPoolClient).not.toHaveProperty('ClientSecret')
    expect(description).toMatchObject({
      UserPool: { MfaConfiguration: 'OPTIONAL', Policies: { PasswordPolicy: { MinimumLength: 12 } } },
    })
  })

  test('each region has its log group, the denial metric and its alarms', async () => {
    for (const region of ['us-east-1', 'eu-west-1']) {
      const regional = awsCli(region, emulator.environment)
      const [groups, filters, alarms] = await Promise.all([
        regional('logs', 'describe-log-groups', '--log-group-name-prefix', '/edgeproof/'),
        regional('logs', 'describe-metric-filters', '--log-group-name', `/edgeproof/${name}`),
        regional('cloudwatch', 'describe-alarms'),
      ])
      expect(groups).toMatchObject({ logGroups: [{ logGroupName: `/edgeproof/${name}`, retentionInDays: 14 }] })
      expect(filters).toMatchObject({ metricFilters: [{ metricTransformations: [{ metricValue: '$.count' }] }] })
      const metrics = (alarms as { MetricAlarms: { MetricName: string; AlarmActions: string[] }[] }).MetricAlarms
      expect(metrics.map(({ MetricName }) => MetricName).sort()).toEqual([
        ...(region === 'us-east-1' ? ['5xxErrorRate'] : []),
        'Denials',
        'Denials',
        'Duration',
        'Errors',
        'Throttles',
      ])
      for (const { AlarmActions } of metrics) expect(AlarmActions).toEqual([expect.stringContaining(`:${region}:`)])
    }
  })

  test('the code that the distribution runs is the built bundle, with the real pool in it', async () => {
    expect(await deployedCode(await associatedVersion())).toBe(await builtCode(config))
    const settings = await aws('lambda', 'get-function-configuration', '--function-name', outputs.FunctionName)
    expect(settings).toMatchObject({
      Runtime: 'nodejs24.x',
      MemorySize: 128,
      Timeout: 5,
      LoggingConfig: { LogFormat: 'JSON', LogGroup: `/edgeproof/${name}` },
    })
  })

  test('the code that was deployed keeps every property that the fuzzer knows', async () => {
    const [handler, policy] = [join(directory, 'index.cjs'), join(directory, 'policy.json')]
    await writeFile(handler, await deployedCode(await associatedVersion()))
    await writeFile(policy, JSON.stringify(deployedPolicy(config)))
    const out = join(directory, 'results')
    const document = await run(
      '../../cli.ts',
      'fuzz',
      '--handler',
      handler,
      '--policy',
      policy,
      '--runs',
      '200',
      '--out',
      out,
      '--json',
    )
    const { checks }: Result = JSON.parse(document)
    expect(checks.find(({ id }) => id === 'fuzz.findings')?.value).toBe(0)
    expect(checks.find(({ id }) => id === 'fuzz.cases')?.value).toBeGreaterThanOrEqual(200)
  })

  test('another policy publishes a version, and the one before stays as it was until nothing runs it', async () => {
    const first = await associatedVersion()
    const before = await publishedVersions()
    const changed = { ...config, policy: { ...config.policy, requiredClaims: [] } }
    await deploy(changed)
    const second = await associatedVersion()
    const after = await publishedVersions()
    expect(Object.keys(after).sort()).toEqual(['$LATEST', first, second].sort())
    expect(after[first]).toBe(before[first])
    expect(after[second]).not.toBe(after[first])
    expect(await deployedCode(second)).toBe(await builtCode(changed))

    expect(await removeOrphans()).toBe(`${outputs.FunctionName}:${first}: removed\n`)
    expect(Object.keys(await publishedVersions()).sort()).toEqual(['$LATEST', second].sort())
  })

  test('tearing down keeps objects, users and the function, whose orphans then go', async () => {
    await cdk(emulator.environment, 'destroy', '--all', '--force', ...app())
    const stacks = await aws('cloudformation', 'describe-stacks')
    expect((stacks as { Stacks: { StackName: string }[] }).Stacks.map(({ StackName }) => StackName)).toEqual([
      'CDKToolkit',
    ])
    await expect(aws('cloudfront', 'get-distribution', '--id', outputs.DistributionId)).rejects.toThrow(
      'NoSuchDistribution',
    )
    await aws('s3api', 'head-bucket', '--bucket', outputs.BucketName)
    await aws('cognito-idp', 'describe-user-pool', '--user-pool-id', outputs.Issuer.split('/').at(-1) ?? '')
    expect(Object.keys(await publishedVersions())).toHaveLength(2)

    expect(await removeOrphans()).toBe(`${outputs.FunctionName}: removed\n`)
    expect(await removeOrphans()).toBe(`${outputs.FunctionName}: no such function\n`)
  })
})

interface DistributionConfig {
  HttpVersion: string
  Origins: { Items: { DomainName: string; OriginAccessControlId: string }[] }
  DefaultCacheBehavior: {
    CachePolicyId: string
    OriginRequestPolicyId: string
    LambdaFunctionAssociations: { Items: { EventType: string; LambdaFunctionARN: string }[] }
  }
}
