import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { fetchSecrets } from '../../authorizer/secret-store.ts'
import type { Config } from '../../config/config.ts'
import { synthesize } from '../synth.ts'
import { plainPolicy, trivialProgram } from '../template-of.ts'
import { type AwsCalls, startAwsCalls } from './aws-calls.ts'
import { deployedSite, type Outputs } from './deployed-site.ts'
import { type Emulator, startEmulator } from './emulator.ts'
import { pythonTools, skipNote } from './python-tools.ts'
import { createStack, updateStack } from './template-deployment.ts'

const skip = skipNote('ministack')

describe.skipIf(skip !== '')(`stacks as CloudFormation makes them${skip}`, { timeout: 120_000 }, () => {
  let directory: string
  let emulator: Emulator
  let aws: AwsCalls

  beforeAll(async () => {
    // `cdk synth` is tested with the library's own validation, which takes seconds for each app.
    vi.stubEnv('CDK_VALIDATION', 'false')
    directory = await mkdtemp(join(tmpdir(), 'edgeproof-regions-'))
    emulator = await startEmulator(join(pythonTools, 'ministack'), [pythonTools])
    aws = startAwsCalls(join(pythonTools, 'python'), emulator.environment)
  })

  afterAll(async () => {
    vi.unstubAllEnvs()
    await aws?.stop()
    await emulator?.stop()
    await rm(directory, { recursive: true, force: true })
  })

  async function assembly(config: Config): Promise<string> {
    const outdir = await mkdtemp(join(directory, 'assembly-'))
    await synthesize(config, { outdir, program: trivialProgram })
    return outdir
  }

  test('a site in eu-central-1 runs a function of us-east-1 that knows its pool, and takes the next version of it', async () => {
    const region = 'eu-central-1'
    const site = {
      stackName: 'Files',
      region,
      createUserPool: {},
      webAcl: { rateLimit: 100 },
      accessLogs: false,
    } as const
    const first = await assembly({ policy: plainPolicy, site })
    expect(await createStack(aws, first, 'Files-users', region)).toMatchObject({ StackStatus: 'CREATE_COMPLETE' })
    expect(await createStack(aws, first, 'Files-us-east-1', 'us-east-1')).toMatchObject({
      StackStatus: 'CREATE_COMPLETE',
    })
    const { StackStatus, outputs } = await createStack(aws, first, 'Files', region)
    expect(StackStatus).toBe('CREATE_COMPLETE')
    const deployed = deployedSite(aws, outputs as unknown as Outputs)
    const version = await deployed.runningVersion()
    const { 'index.js': code } = await deployed.code(version)
    expect(outputs.Issuer).toMatch(/^https:\/\/cognito-idp\.eu-central-1\.amazonaws\.com\/eu-central-1_/)
    expect(code).toContain(`"${outputs.Issuer}"`)
    expect(code).toContain(`"${outputs.ClientId}"`)

    const second = await assembly({ policy: { ...plainPolicy, clockToleranceSeconds: 5 }, site })
    // The CLI leaves alone a stack whose template stays the same.
    const [before, after] = [first, second].map((outdir) => readFileSync(join(outdir, 'Files.template.json'), 'utf8'))
    expect(after).not.toBe(before)
    await updateStack(aws, second, 'Files-us-east-1', 'us-east-1')
    expect(await updateStack(aws, second, 'Files', region)).toMatchObject({ StackStatus: 'UPDATE_COMPLETE' })
    expect(Number(await deployed.runningVersion())).toBeGreaterThan(Number(version))
  })

  test('a first deployment that fails leaves no function of the name that the next one needs', async () => {
    const site = { stackName: 'Taken', operations: { regions: [] }, accessLogs: false } as const
    const createUserPool = { domainPrefix: 'taken' }
    const { UserPool } = await aws.call<{ UserPool: { Id: string } }>('cognito-idp', 'create_user_pool', {
      PoolName: 'other',
    })
    await aws.call('cognito-idp', 'create_user_pool_domain', { Domain: 'taken', UserPoolId: UserPool.Id })
    const failing = await assembly({ policy: plainPolicy, site: { ...site, createUserPool } })
    expect(await createStack(aws, failing, 'Taken', 'us-east-1')).toMatchObject({ StackStatus: 'ROLLBACK_COMPLETE' })
    const log = await aws.call<{ StackEvents: Event[] }>('cloudformation', 'describe_stack_events', {
      StackName: 'Taken',
    })
    const outcomes = (type: string) =>
      log.StackEvents.filter(({ ResourceType }) => ResourceType === type).map(({ ResourceStatus }) => ResourceStatus)
    // Newest first. The pool stays, as whatever holds data does; the distribution was not made yet, and has no replicas.
    expect(outcomes('AWS::Lambda::Function')).toContain('CREATE_COMPLETE')
    expect(outcomes('AWS::Lambda::Function')[0]).toBe('DELETE_COMPLETE')
    expect(outcomes('AWS::Cognito::UserPool')[0]).toBe('DELETE_SKIPPED')
    expect(outcomes('AWS::CloudFront::Distribution')).toEqual([])
    // As the CLI does before it tries again.
    await aws.call('cloudformation', 'delete_stack', { StackName: 'Taken' })
    const next = await assembly({ policy: plainPolicy, site: { ...site, createUserPool: { domainPrefix: 'free' } } })
    expect(await createStack(aws, next, 'Taken', 'us-east-1')).toMatchObject({
      StackStatus: 'CREATE_COMPLETE',
      outputs: { FunctionName: 'Taken-authorizer' },
    })
  })

  test('sign-in reads its secrets by ARN, in another region, from either store', async () => {
    const value = { seal: ['kq0bTq4HkQJk9m8m2nC0m0o8Zz1c5m5mG0l2J3b5Yvg'] }
    const region = 'eu-central-1'
    const parameter = { Name: '/files/sign-in', Type: 'SecureString', Value: JSON.stringify(value) }
    await aws.call('ssm', 'put_parameter', parameter, region)
    const stored = { Name: 'files/sign-in', SecretString: JSON.stringify(value) }
    const { ARN } = await aws.call<{ ARN: string }>('secretsmanager', 'create_secret', stored, region)
    const references = [
      { ssmParameter: `arn:aws:ssm:${region}:000000000000:parameter/files/sign-in` },
      { secretsManager: ARN },
    ]
    for (const reference of references) {
      expect(await fetchSecrets(reference, toEmulator, emulator.environment, Date.now())).toEqual(value)
    }
  })

  /** The authorizer's request as it is, to the emulator in place of the host that it names. */
  async function toEmulator(url: string, headers: Record<string, string>, body: string) {
    expect(new URL(url).hostname).toMatch(/^(?:ssm|secretsmanager)\.eu-central-1\.amazonaws\.com$/)
    const { host, ...rest } = headers
    const answer = await fetch(String(emulator.environment.AWS_ENDPOINT_URL), { method: 'POST', headers: rest, body })
    return { status: answer.status, type: answer.headers.get('content-type') ?? '', body: await answer.text() }
  }
})

interface Event {
  ResourceType: string
  ResourceStatus: string
}
