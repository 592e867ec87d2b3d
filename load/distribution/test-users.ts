/** Test users of a Cognito user pool: made for a load test, signed in, and removed again. */
import { randomBytes } from 'node:crypto'
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminInitiateAuthCommand,
  AdminSetUserPasswordCommand,
  type AuthenticationResultType,
  CognitoIdentityProviderClient,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  paginateListUsers,
} from '@aws-sdk/client-cognito-identity-provider'
import { UsageError } from '../../config/usage-error.ts'

/** Every name begins with this, so that what a killed run leaves behind can be found and removed. */
const prefix = 'edgeproof-load-'

/** Cognito allows 120 sign-ins a second by default ("Quotas in Amazon Cognito"); this many at a time stays far below. */
const concurrency = 5

export interface UserPool {
  region: string
  userPoolId: string
  clientId: string
}

/**
 * The pool behind a Cognito issuer, original or updated (Cognito API Reference, IssuerConfigurationType); a UsageError for
 * another issuer.
 */
export function userPoolOf(issuer: string, clientId: string): UserPool {
  const [, region, userPoolId] =
    /^https:\/\/(?:issuer-)?cognito-idp\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([\w-]+)$/.exec(issuer) ?? []
  if (!region || !userPoolId) {
    throw new UsageError(
      `policy.issuer: ${issuer} is no Cognito user pool; mint tokens elsewhere and pass them with load --tokens FILE`,
    )
  }
  return { region, userPoolId, clientId }
}

interface TestUser {
  username: string
  refreshToken: string
  accessToken: string
  /** Milliseconds since the epoch. */
  expiresAt: number
}

export interface TestUsers {
  readonly tokens: readonly string[]
  readonly created: number
  /** Gets new access tokens for users whose own end within the given time; says how many. */
  renew(withinSeconds: number): Promise<number>
  /** Deletes every user made here; the names of those that could not be deleted. */
  remove(): Promise<string[]>
}

/**
 * Makes users and signs them in; each is in all of the given groups that its turn gives it, the last one in none.
 * Whatever was made is removed again when one step fails or the signal aborts.
 */
export async function createTestUsers(
  pool: UserPool,
  { count, groups, signal }: { count: number; groups: readonly string[]; signal: AbortSignal },
): Promise<TestUsers> {
  const client = clientOf(pool)
  const byEmail = await readPool(client, pool)
  const run = randomBytes(4).toString('hex')
  const users: TestUser[] = []
  const names: string[] = []
  const remove = async () => {
    const left: string[] = []
    await inTurns(names.splice(0), async (username) => {
      const gone = await deleteUser(client, pool, username)
      if (!gone) left.push(username)
    })
    return left
  }
  try {
    await inTurns(
      Array.from({ length: count }, (_, index) => index),
      async (index) => {
        signal.throwIfAborted()
        const name = `${prefix}${run}-${index}`
        const username = await createUser(client, pool, byEmail ? `${name}@example.com` : name, byEmail)
        names.push(username)
        const own =
          index === count - 1 && count > 1 ? [] : groups.filter((_, turn) => (index + turn) % 2 === 0 || count === 1)
        for (const group of own) await addToGroup(client, pool, username, group)
        users.push(await signIn(client, pool, username))
      },
    )
  } catch (error) {
    await remove()
    throw error
  }
  return {
    get tokens() {
      return users.map(({ accessToken }) => accessToken)
    },
    created: users.length,
    async renew(withinSeconds) {
      const due = users.filter(({ expiresAt }) => expiresAt < Date.now() + withinSeconds * 1000)
      await inTurns(due, async (user) => {
        const result = await authenticate(client, pool, 'REFRESH_TOKEN_AUTH', { REFRESH_TOKEN: user.refreshToken })
        Object.assign(user, accessOf(result))
      })
      return due.length
    },
    remove,
  }
}

/** Deletes the test users that earlier, killed runs left in the pool; says how many there were. */
export async function removeLeftUsers(pool: UserPool): Promise<number> {
  const client = clientOf(pool)
  const byEmail = await readPool(client, pool)
  const names: string[] = []
  const filter = `${byEmail ? 'email' : 'username'} ^= "${prefix}"`
  for await (const { Users = [] } of paginateListUsers({ client }, { UserPoolId: pool.userPoolId, Filter: filter })) {
    for (const { Username } of Users) if (Username) names.push(Username)
  }
  await inTurns(names, (username) => deleteUser(client, pool, username))
  return names.length
}

function clientOf({ region }: UserPool): CognitoIdentityProviderClient {
  return new CognitoIdentityProviderClient({ region, maxAttempts: 6, retryMode: 'adaptive' })
}

/** Whether users sign in by e-mail address; a UsageError where the pool cannot be read or the client lets no test sign in. */
async function readPool(client: CognitoIdentityProviderClient, { userPoolId, clientId }: UserPool): Promise<boolean> {
  try {
    const { UserPool } = await client.send(new DescribeUserPoolCommand({ UserPoolId: userPoolId }))
    const { UserPoolClient } = await client.send(
      new DescribeUserPoolClientCommand({ UserPoolId: userPoolId, ClientId: clientId }),
    )
    if (!UserPoolClient?.ExplicitAuthFlows?.includes('ALLOW_ADMIN_USER_PASSWORD_AUTH')) {
      throw new UsageError(
        `policy.clientIds: client ${clientId} does not allow ADMIN_USER_PASSWORD_AUTH; add it to the client's authentication flows (only AWS credentials can use it)`,
      )
    }
    return UserPool?.UsernameAttributes?.includes('email') ?? false
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(
      `policy.issuer: user pool ${userPoolId} cannot be read (${(error as Error).message}); check the AWS credentials and the pool's id`,
    )
  }
}

async function createUser(
  client: CognitoIdentityProviderClient,
  { userPoolId }: UserPool,
  name: string,
  byEmail: boolean,
): Promise<string> {
  const attributes = [
    { Name: 'email', Value: name },
    { Name: 'email_verified', Value: 'true' },
  ]
  const { User } = await client.send(
    new AdminCreateUserCommand({
      UserPoolId: userPoolId,
      Username: name,
      // Nobody is written to.
      MessageAction: 'SUPPRESS',
      ...(byEmail ? { UserAttributes: attributes } : {}),
    }),
  )
  return User?.Username ?? name
}

async function addToGroup(
  client: CognitoIdentityProviderClient,
  { userPoolId }: UserPool,
  Username: string,
  GroupName: string,
): Promise<void> {
  try {
    await client.send(new AdminAddUserToGroupCommand({ UserPoolId: userPoolId, Username, GroupName }))
  } catch (error) {
    if ((error as Error).name !== 'ResourceNotFoundException') throw error
    throw new UsageError(
      `--groups: the user pool has no group "${GroupName}"; create it, or name the groups with --groups`,
    )
  }
}

async function signIn(client: CognitoIdentityProviderClient, pool: UserPool, username: string): Promise<TestUser> {
  const password = `Aa1!${randomBytes(24).toString('base64url')}`
  await client.send(
    new AdminSetUserPasswordCommand({
      UserPoolId: pool.userPoolId,
      Username: username,
      Password: password,
      Permanent: true,
    }),
  )
  const result = await authenticate(client, pool, 'ADMIN_USER_PASSWORD_AUTH', {
    USERNAME: username,
    PASSWORD: password,
  })
  return { username, refreshToken: result.RefreshToken ?? '', ...accessOf(result) }
}

async function authenticate(
  client: CognitoIdentityProviderClient,
  { userPoolId, clientId }: UserPool,
  flow: 'ADMIN_USER_PASSWORD_AUTH' | 'REFRESH_TOKEN_AUTH',
  parameters: Record<string, string>,
): Promise<AuthenticationResultType> {
  const { AuthenticationResult, ChallengeName } = await client.send(
    new AdminInitiateAuthCommand({
      UserPoolId: userPoolId,
      ClientId: clientId,
      AuthFlow: flow,
      AuthParameters: parameters,
    }),
  )
  if (AuthenticationResult) return AuthenticationResult
  throw new UsageError(
    `policy.issuer: user pool ${userPoolId} asks for ${ChallengeName ?? 'more'} at sign-in; load-test against a pool without a required second factor`,
  )
}

function accessOf({
  AccessToken,
  ExpiresIn = 0,
}: AuthenticationResultType): Pick<TestUser, 'accessToken' | 'expiresAt'> {
  return { accessToken: AccessToken ?? '', expiresAt: Date.now() + ExpiresIn * 1000 }
}

async function deleteUser(
  client: CognitoIdentityProviderClient,
  { userPoolId }: UserPool,
  Username: string,
): Promise<boolean> {
  try {
    await client.send(new AdminDeleteUserCommand({ UserPoolId: userPoolId, Username }))
    return true
  } catch (error) {
    return (error as Error).name === 'UserNotFoundException'
  }
}

/** A few at a time; the first failure stops the rest, after those under way have ended. */
async function inTurns<Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>): Promise<void> {
  const queue = [...items]
  let failed = false
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined && !failed; item = queue.shift()) {
      try {
        await work(item)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  const results = await Promise.allSettled(Array.from({ length: concurrency }, worker))
  for (const result of results) if (result.status === 'rejected') throw result.reason
}
