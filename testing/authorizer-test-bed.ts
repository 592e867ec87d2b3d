/** An authorizer whose issuer, clock, JWKS endpoint and log are in a test's hands; keys, tokens and events are real. */
import { createEdgeAuthorizer, type Decision } from '../authorizer/authorizer.ts'
import type { JwksSnapshot } from '../authorizer/configuration.ts'
import type { Reason } from '../authorizer/denials.ts'
import type { OneProviderPolicy, ProvidersPolicy } from '../authorizer/policy.ts'
import { createAuthorizer } from '../config/create-authorizer.ts'
import { toEdgePolicy } from '../config/edge-policy.ts'
import { accessTokenPayload, type SigningKey } from './issuer.ts'
import { mint } from './mint.ts'
import { type RequestFields, viewerRequestEvent } from './viewer-request.ts'

export { createAuthorizer }

export const issuer = 'https://issuer.example.com/pool'
export const client = 'web'
/** Where each test's clock starts, in milliseconds. */
export const start = Date.UTC(2026, 0, 1)

export type Outcome = 'allow' | Reason

export interface TestBedOptions {
  /** Over a policy with RS256, one client, and a public, a per-user and a catch-all route; or one of several providers, as it is. */
  policy?: Partial<OneProviderPolicy> | ProvidersPolicy
  /** The policy is taken as it is, without the checks of its schema. */
  unchecked?: true
  /** What the JWKS endpoint publishes at first. */
  keys?: readonly SigningKey[]
  snapshots?: Record<string, JwksSnapshot>
  /** In place of an endpoint that publishes `keys`. */
  get?: (uri: string) => Promise<string>
  /** Default: `start`. */
  now?: number
}

export function createTestBed({ policy, unchecked, keys = [], snapshots, get, now = start }: TestBedOptions = {}) {
  const clock = { now }
  const endpoint = { answer: jwkSet(keys), fetches: 0 }
  const log: string[] = []
  const create: typeof createAuthorizer = unchecked
    ? (policy, options) => createEdgeAuthorizer(toEdgePolicy(policy), options)
    : createAuthorizer
  const authorizer = create(
    policy?.providers
      ? policy
      : {
          issuer,
          clientIds: [client],
          routes: [{ path: '/public/*', public: true }, { path: '/users/{sub}/*' }, { path: '/open/*' }],
          ...policy,
        },
    {
      ...(snapshots ? { snapshots } : {}),
      get: async (uri) => {
        endpoint.fetches++
        return get ? get(uri) : endpoint.answer
      },
      now: () => clock.now,
      log: (line) => log.push(line),
    },
  )
  const [key] = keys

  async function decide(uri: string, fields?: RequestFields): Promise<Decision> {
    const request = viewerRequestEvent(uri, fields).Records[0]?.cf.request
    if (!request) throw new Error('an event has one record')
    return authorizer.authorize(request)
  }

  async function outcome(uri: string, fields?: RequestFields): Promise<Outcome> {
    const decision = await decide(uri, fields)
    return decision.allow ? 'allow' : decision.reason
  }

  return {
    authorizer,
    clock,
    endpoint,
    log,
    decide,
    outcome,
    /** What becomes of a request that carries this token, at a path that any good token opens. */
    present: (token: string, uri = '/open/file') => outcome(uri, { headers: { authorization: `Bearer ${token}` } }),
    /** A good access token of the first key, one hour from the clock's time. */
    mint: (claims: Record<string, unknown> = {}, signedBy: SigningKey | undefined = key, header: object = {}) => {
      if (!signedBy) throw new Error('no key to sign with')
      return mint(signedBy, claimsAt(clock.now, claims), header)
    },
  }
}

/** A good access token's payload; undefined takes a claim out. */
export function claimsAt(now: number, claims: Record<string, unknown> = {}): Record<string, unknown> {
  return accessTokenPayload({ iss: issuer, client_id: client, iat: Math.floor(now / 1000), ...claims })
}

export function jwkSet(keys: readonly SigningKey[]): string {
  return JSON.stringify({ keys: keys.map(({ jwk }) => jwk) })
}
