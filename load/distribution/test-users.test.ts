/** Against ministack (PyPI), which answers as Cognito does. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CognitoIdentityProviderClient,
  CreateGroupCommand,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { silentProgress } from '../../command/progress.ts'
import { UsageError } from '../../config/usage-error.ts'
import demo from '../../edgeproof.config.ts'
import { type Emulator, startEmulator } from '../../infra/deployment/emulator.ts'
import { pythonTools, skipNote } from '../../infra/deployment/python-tools.ts'
import { createTestUsers, removeLeftUsers, type UserPool, userPoolOf } from './test-users.ts'
import { tokensStage } from './tokens-stage.ts'

const skip = skipNote('ministack')

describe.skipIf(skip !== '')(`test users of a user pool${skip}`, () => {
  const directory = mkdtempSync(join(tmpdir(), 'edgeproof-tokens-'))
  const never = new AbortController().signal
  let emulator: Emulator
  let client: CognitoIdentityProviderClient
  let pool: UserPool

  beforeAll(async () => {
    emulator = await startEmulator(join(pythonTools, 'ministack'), [])
    Object.assign(process.env, emulator.environment)
    client = new CognitoIdentityProviderClient({ region: 'us-east-1' })
    pool = await createPool(['ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'])
    await client.send(new CreateGroupCommand({ UserPoolId: pool.userPoolId, GroupName: 'analysts' }))
  })
  afterAll(async () => {
    await emulator.stop()
    rmSync(directory, { recursive: true })
  })

  it('sign in with the groups they were given, one of them without any, and are gone afterwards', async () => {
    const users = await createTestUsers(pool, { count: 4, groups: ['analysts'], signal: never })
    const claims = users.tokens.map((token) => decodeJwt(token))
    expect(new Set(claims.map(({ sub }) => sub)).size).toBe(4)
    expect(claims.every(({ client_id, token_use }) => client_id === pool.clientId && token_use === 'access')).toBe(true)
    const groups = claims.map((claim) => claim['cognito:groups'])
    expect(groups).toContainEqual(['analysts'])
    expect(groups.some((own) => own === undefined || (own as string[]).length === 0)).toBe(true)
    expect(await userCount()).toBe(4)
    expect(await users.remove()).toEqual([])
    expect(await userCount()).toBe(0)
  })

  it('get new tokens only when theirs are about to end', async () => {
    const users = await createTestUsers(pool, { count: 2, groups: [], signal: never })
    const before = [...users.tokens]
    expect(await users.renew(60)).toBe(0)
    expect(users.tokens).toEqual(before)
    expect(await users.renew(2 * 3600)).toBe(2)
    expect(users.tokens.some((token) => before.includes(token))).toBe(false)
    await users.remove()
  })

  it('are removed when making them fails half way', async () => {
    const made = createTestUsers(pool, { count: 3, groups: ['no-such-group'], signal: never })
    await expect(made).rejects.toThrow(
      new UsageError(
        '--groups: the user pool has no group "no-such-group"; create it, or name the groups with --groups',
      ),
    )
    expect(await userCount()).toBe(0)
  })

  it('that a killed run left are found by their name', async () => {
    await createTestUsers(pool, { count: 3, groups: [], signal: never })
    expect(await removeLeftUsers(pool)).toBe(3)
    expect(await userCount()).toBe(0)
  })

  it('need a client that lets them sign in, and the mistake says so', async () => {
    const strict = await createPool(['ALLOW_USER_SRP_AUTH'])
    const made = createTestUsers(strict, { count: 1, groups: [], signal: never })
    await expect(made).rejects.toThrow(/client \S+ does not allow ADMIN_USER_PASSWORD_AUTH; add it/)
  })

  it('and their file of tokens go when the command is interrupted', async () => {
    const file = join(directory, 'tokens.json')
    const controller = new AbortController()
    const policy = {
      ...demo.policy,
      issuer: `https://cognito-idp.us-east-1.amazonaws.com/${pool.userPoolId}`,
      clientIds: [pool.clientId],
    }
    const log = () => {
      expect(JSON.parse(readFileSync(file, 'utf8')).tokens).toHaveLength(3)
      controller.abort()
    }
    const context = {
      config: { policy },
      configFile: '',
      out: directory,
      progress: { ...silentProgress, log },
      signal: controller.signal,
    }
    const result = await tokensStage(context, { users: 3, file })
    expect(result.verdict).toBe('pass')
    expect(existsSync(file)).toBe(false)
    expect(await userCount()).toBe(0)
  })

  async function createPool(
    flows: ('ALLOW_ADMIN_USER_PASSWORD_AUTH' | 'ALLOW_REFRESH_TOKEN_AUTH' | 'ALLOW_USER_SRP_AUTH')[],
  ): Promise<UserPool> {
    const { UserPool } = await client.send(
      new CreateUserPoolCommand({ PoolName: 'load', UsernameAttributes: ['email'] }),
    )
    const userPoolId = UserPool?.Id ?? ''
    const { UserPoolClient } = await client.send(
      new CreateUserPoolClientCommand({ UserPoolId: userPoolId, ClientName: 'load', ExplicitAuthFlows: flows }),
    )
    return { region: 'us-east-1', userPoolId, clientId: UserPoolClient?.ClientId ?? '' }
  }

  async function userCount(): Promise<number> {
    return (await client.send(new ListUsersCommand({ UserPoolId: pool.userPoolId }))).Users?.length ?? 0
  }
})

describe('the pool behind an issuer', () => {
  it.each(['cognito-idp', 'issuer-cognito-idp'])('is read from its URL: %s', (host) => {
    expect(userPoolOf(`https://${host}.eu-west-1.amazonaws.com/eu-west-1_Abc123`, 'web')).toEqual({
      region: 'eu-west-1',
      userPoolId: 'eu-west-1_Abc123',
      clientId: 'web',
    })
  })

  it('is none for another issuer', () => {
    expect(() => userPoolOf('https://issuer.example.com', 'web')).toThrow(
      /is no Cognito user pool; mint tokens elsewhere/,
    )
  })
})
