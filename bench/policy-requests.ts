/** Requests that any policy has to allow or to deny, for handlers of one's own: who may read what is the oracle's reading of it. */
import { createPrivateKey, createPublicKey } from 'node:crypto'
import type { Policy } from '../authorizer/policy.ts'
import { withDefaults } from '../config/policy-defaults.ts'
import { UsageError } from '../config/usage-error.ts'
import type { SigningKey } from '../testing/issuer.ts'
import { type Credential, localCredentials, mintWith } from '../testing/population/credentials.ts'
import { expectedOutcome, type Identity } from '../testing/population/expectation.ts'
import { allObjects, makePopulation } from '../testing/population/population.ts'
import { viewerRequestEvent } from '../testing/viewer-request.ts'
import { signingKey as published, publishedKeys } from './issuer-keys.ts'

/** Serialized viewer-request events, made when they are asked for: a signature takes half a millisecond. */
export interface PolicyRequests {
  /** So many that are allowed; no two share a token. */
  fresh(count: number): Promise<string[]>
  /** Allowed, of a few tokens. */
  seen(): Promise<string[]>
  /** Denied: no token, a malformed, an expired and forged ones, and a good one for somebody else's path where there is any. */
  denied(count: number): Promise<string[]>
  /** Tokens as they are, for what is compared with verifying one. */
  tokens(count: number): Promise<string[]>
}

const users = 64
const objects = 8
/** Far longer than any measurement, whatever the handler takes for the time. */
const lifetimeSeconds = 10 * 365 * 86_400

/**
 * Requests under a policy, their tokens signed with the benchmarks' published key (`keysOf`).
 *
 * @throws UsageError where the policy allows no RS256, or nobody anything by a token.
 */
export async function policyRequests(policy: Policy): Promise<PolicyRequests> {
  const [provider] = withDefaults(policy).providers
  if (!provider.algorithms.includes('RS256')) {
    throw new UsageError(
      `policy: requests are signed with RS256, and this one allows ${provider.algorithms.join(', ')}; name requests of your own in gate.workload`,
    )
  }
  const mints = mintWith(benchmarkKey(), policy)
  const credentials = await localCredentials(policy, [mints], lifetimeSeconds)
  const population = makePopulation(policy, users, objects)
  const readers = population.users.flatMap(({ identity, folders }) =>
    identity === null ? [] : folders.map((folder) => ({ identity, paths: folder.map(({ path }) => path) })),
  )
  if (readers.length === 0)
    throw new UsageError('policy: no route lets a token read anything, so nothing can be measured')
  const turn = (index: number) => {
    const { identity, paths } = readers[index % readers.length] as (typeof readers)[number]
    return { identity, path: paths[index % paths.length] as string }
  }
  const allowed = async (index: number, fresh: boolean) => {
    const { identity, path } = turn(index)
    return event(path, await credentials.valid(identity, 0, fresh))
  }
  const everywhere = allObjects(population).map(({ path }) => path)
  const foreign = new Map<Identity, string | undefined>()
  const foreignTo = (identity: Identity) => {
    if (!foreign.has(identity)) {
      foreign.set(
        identity,
        everywhere.find((path) => expectedOutcome(policy, path, identity) === 'forbidden'),
      )
    }
    return foreign.get(identity)
  }
  const denial = async (index: number): Promise<string> => {
    const { identity, path } = turn(index)
    const forged = async (kind: number) => event(path, await credentials.forged(identity, () => kind))
    const elsewhere = foreignTo(identity)
    const kinds = [
      async () => event(path, null),
      async () =>
        event(
          path,
          credentials.malformed(() => (index % 7) / 7),
        ),
      async () => event(path, await credentials.expired(identity)),
      // An unknown kid is not among them: it has a handler ask the network.
      () => forged(0.1),
      () => forged(0.3),
      () => forged(0.6),
      ...(elsewhere === undefined ? [] : [async () => event(elsewhere, await credentials.valid(identity, 0, false))]),
    ]
    return (kinds[index % kinds.length] as (typeof kinds)[number])()
  }
  return {
    fresh: (count) => inTurn(count, (index) => allowed(index, true)),
    seen: () => inTurn(users, (index) => allowed(index, false)),
    denied: (count) => inTurn(count, denial),
    tokens: (count) => inTurn(count, () => mints({})),
  }
}

/** The keys of every issuer of a policy, as its `jwksUri` publishes them. */
export function keysOf(policy: Policy): Record<string, { keys: typeof publishedKeys }> {
  const issuers = withDefaults(policy).providers.flatMap((provider) => provider.issuers)
  return Object.fromEntries(issuers.map(({ issuer }) => [issuer, { keys: publishedKeys }]))
}

function benchmarkKey(): SigningKey {
  const jwk = { ...published }
  return {
    kid: published.kid,
    algorithm: 'RS256',
    privateKey: createPrivateKey({ key: jwk, format: 'jwk' }),
    publicKey: createPublicKey({ key: jwk, format: 'jwk' }),
    jwk: publishedKeys[0] as SigningKey['jwk'],
  }
}

function event(path: string, credential: Credential | null): string {
  return JSON.stringify(
    viewerRequestEvent(path, credential === null ? {} : { headers: { [credential.name]: credential.value } }),
  )
}

async function inTurn(count: number, make: (index: number) => Promise<string>): Promise<string[]> {
  const made: string[] = []
  for (let index = 0; index < count; index++) made.push(await make(index))
  return made
}
