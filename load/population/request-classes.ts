/** How a request of each class is made. */
import type { Policy } from '../../authorizer/policy.ts'
import type { Credential, CredentialSource } from '../../testing/population/credentials.ts'
import { expectedOutcome, expectedStatuses, type Identity, routeOf } from '../../testing/population/expectation.ts'
import { allObjects, type Population, type Reader, type SiteObject } from '../../testing/population/population.ts'
import type { RequestClass, Scenario } from '../scenarios/scenario.ts'
import type { Window } from './key-windows.ts'

import { weightedDraw, zipfDraw } from './zipf.ts'

export interface MakerOptions {
  scenario: Scenario
  policy: Policy
  population: Population
  credentials: CredentialSource
  window: Window
  random: () => number
}

/**
 * What a browser asks before a script of another origin may send a token (Fetch standard, "CORS-preflight fetch"); null
 * where the policy lets no preflight through or the bucket has no rule for any origin.
 */
export function preflightHeaders({ corsPreflight, corsOrigins = [] }: Policy): Record<string, string> | null {
  const [origin] = corsOrigins
  if (corsPreflight !== true || origin === undefined) return null
  return {
    Origin: origin,
    'Access-Control-Request-Method': 'GET',
    'Access-Control-Request-Headers': 'authorization',
  }
}

/** Draws requests of a scenario, one after the other. */
export function requestMaker(options: MakerOptions): () => Promise<Exchange> {
  const { scenario, policy, population, credentials, window, random } = options
  const users = population.users.filter(({ folders }) => folders.length > 0)
  const strangers = population.users.map(({ identity }) => identity).filter((identity) => identity !== null)
  const pick = objectPicker(scenario, population, users, random)
  const catchAll = routeOf(policy, '/no-such-route') !== undefined
  const forbidden = trespasses(policy, population, strangers, random)
  const unauthenticated = expectedStatuses(policy, 'unauthenticated')
  const valid = (identity: Identity, generation: number) =>
    credentials.valid(identity, generation, scenario.tokens === 'per-request')

  const denied = (
    kind: RequestClass,
    object: Pick<SiteObject, 'path' | 'route'>,
    credential: Credential | null,
    statuses: readonly number[],
  ): Exchange => ({
    class: kind,
    route: object.route,
    method: 'GET',
    path: object.path,
    credential,
    statuses,
    md5: null,
  })
  const refusedToken =
    (kind: RequestClass, credential: (identity: Identity) => Promise<Credential> | Credential | null) => async () => {
      const { identity, object } = pick.user()
      return denied(kind, object, await credential(identity), unauthenticated)
    }

  const makers: Record<RequestClass, () => Promise<Exchange>> = {
    public: async () => allowed('public', pick.anyone(), null, random),
    unjudged: async () => ({ ...allowed('unjudged', pick.anyone(), null, random), statuses: [], md5: null }),
    valid: async () => {
      const { identity, object } = pick.user()
      return allowed('valid', object, await valid(identity, window.generation), random)
    },
    anonymous: refusedToken('anonymous', () => null),
    // CloudFront caches no OPTIONS here: the bucket answers each one by its CORS rules.
    preflight: async () => ({ ...denied('preflight', pick.user().object, null, [200]), method: 'OPTIONS' }),
    expired: refusedToken('expired', (identity) => credentials.expired(identity)),
    forged: refusedToken('forged', (identity) => credentials.forged(identity, random)),
    withdrawn: refusedToken('withdrawn', (identity) => credentials.valid(identity, window.withdrawn ?? 0, false)),
    malformed: async () => {
      if (users.length > 0 && (catchAll || random() < 0.5))
        return refusedToken('malformed', () => credentials.malformed(random))()
      // No route matches: 403 by the order of SEMANTICS.md, and another handler may ask for a token first.
      const path = malformedPaths[Math.floor(random() * malformedPaths.length)] ?? '/..'
      const statuses = [...new Set([...expectedStatuses(policy, 'forbidden'), ...unauthenticated])]
      return denied('malformed', { path, route: '' }, null, statuses)
    },
    forbidden: async () => {
      const { identity, object } = forbidden.draw()
      return denied(
        'forbidden',
        object,
        await valid(identity, window.generation),
        expectedStatuses(policy, 'forbidden'),
      )
    },
  }

  const possible = (kind: RequestClass): boolean => {
    if (kind === 'public' || kind === 'unjudged') return population.anyone.folders.length > 0
    if (kind === 'preflight') return preflightHeaders(policy) !== null && users.length > 0
    if (kind === 'withdrawn') return window.withdrawn !== null && users.length > 0
    if (kind === 'forbidden') return forbidden.possible
    return users.length > 0 || (kind === 'malformed' && !catchAll)
  }
  const kinds = (Object.keys(scenario.mix) as RequestClass[]).filter(possible)
  const draw = weightedDraw(
    kinds.map((kind) => scenario.mix[kind] ?? 0),
    random,
  )
  return () => makers[kinds[draw()] ?? 'malformed']()
}

/** One in ten is a HEAD, which CloudFront answers from the same cache entry. */
function allowed(
  kind: RequestClass,
  object: SiteObject,
  credential: Credential | null,
  random: () => number,
): Exchange {
  const head = random() < 0.1
  return {
    class: kind,
    route: object.route,
    method: head ? 'HEAD' : 'GET',
    path: object.path,
    credential,
    statuses: [200],
    md5: head ? null : object.md5,
  }
}

/** Draws objects as viewers do; each one only once where the scenario wants them fresh. */
function objectPicker(scenario: Scenario, population: Population, users: readonly Reader[], random: () => number) {
  if (scenario.objects === 'fresh') return freshPicker(population, users)
  const user = zipfDraw(users.length, scenario.zipf, random)
  const draws = new Map<number, () => number>()
  const from = ({ folders }: Reader): SiteObject => {
    const folder = folders[Math.floor(random() * folders.length)] ?? []
    const draw = draws.get(folder.length) ?? zipfDraw(folder.length, scenario.zipf, random)
    draws.set(folder.length, draw)
    return some(folder[draw()])
  }
  return {
    anyone: () => from(population.anyone),
    user: () => {
      const reader = some(users[user()])
      return { identity: some(reader.identity), object: from(reader) }
    },
  }
}

function freshPicker(population: Population, users: readonly Reader[]) {
  const anyone = population.anyone.folders.flat().values()
  const owned = new Map<string, { identity: Identity; object: SiteObject }>()
  for (const { identity, folders } of users) {
    for (const object of folders.flat()) if (identity) owned.set(object.path, { identity, object })
  }
  const own = owned.values()
  return { anyone: () => some(anyone.next().value), user: () => some(own.next().value) }
}

/** Pairs of a user with a good token and an object of somebody else. */
function trespasses(policy: Policy, population: Population, strangers: readonly Identity[], random: () => number) {
  const objects = allObjects({ ...population, anyone: { identity: null, folders: [] } })
  const attempt = () => {
    const identity = strangers[Math.floor(random() * strangers.length)]
    const object = objects[Math.floor(random() * objects.length)]
    if (!identity || !object || expectedOutcome(policy, object.path, identity) !== 'forbidden') return null
    return { identity, object }
  }
  const found: { identity: Identity; object: SiteObject }[] = []
  for (let tries = 0; tries < 500 && found.length < 100; tries++) {
    const pair = attempt()
    if (pair) found.push(pair)
  }
  return { possible: found.length > 0, draw: () => some(found[Math.floor(random() * found.length)]) }
}

/** No reading of these is granted by a policy without a catch-all route, and each survives an HTTP client. */
const malformedPaths = [
  '/no-such-route',
  '/public/%2e%2e/users/x',
  '/public/..%2fusers%2fx',
  '/users%2f..%2fpublic/x',
  '/%ff%fe/x',
  '/no%5csuch%5croute',
]

function some<Value>(value: Value | null | undefined): Value {
  if (value === null || value === undefined) throw new Error('the scenario asks for more than its population holds')
  return value
}

/** One request and its answer, by the policy's text. */
export interface Exchange {
  class: RequestClass
  /** Pattern of the route that decides; empty where none matches. */
  route: string
  method: string
  path: string
  credential: Credential | null
  /** Accepted status codes. */
  statuses: readonly number[]
  /** MD5 of the body that must come back; null where none is compared: denials, HEAD. */
  md5: string | null
}
