/** Makes the world that attacks are minted in: an issuer for each that the policy names, an attacker, and visitors with paths. */

import { createHash, createHmac, createSecretKey } from 'node:crypto'
import type { Algorithm, ClaimRule, Policy, Route } from '../../authorizer/policy.ts'
import type { HandlerConfig } from '../../config/handler-schema.ts'
import { type CompleteProvider, type PublishedIssuer, withDefaults } from '../../config/policy-defaults.ts'
import { parsePattern } from '../../config/route-pattern.ts'
import type { ServedUrls } from '../../oracle/served-urls.ts'
import type { SigningKey } from '../../testing/issuer.ts'
import { accessTokenPayload, createSigningKey } from '../../testing/issuer.ts'
import { ownPair, signsSessions } from '../sandbox/own-pair.ts'
import { holdsOneKey } from '../sandbox/place-handler.ts'
import { claimAt, claimChanges, groupChanges, groupsOf } from './provider-claims.ts'
import type { Visitor, World, WorldIssuer } from './world.ts'

type Claims = Record<string, unknown>

const attackerOrigin = 'https://attacker.example'

/**
 * `start`: the clock when handlers load, in milliseconds since the epoch. Key pairs are taken from a pool of this
 * process, because a new RSA pair costs more than a thousand cases. `isOfStories`: the visitors sign in (default false).
 */
export async function createWorld(
  policy: Policy,
  start: number,
  handler?: HandlerConfig,
  { isOfStories = false }: { isOfStories?: boolean } = {},
): Promise<World> {
  const { providers } = withDefaults(policy)
  const places = providers.flatMap((provider) => provider.issuers.map((place) => ({ ...place, provider })))
  const secret = handler?.secret
  const made = await Promise.all(places.map((place) => worldIssuer(place, ownerOf(place, places), secret)))
  // In stories a handler's own pair signs its sessions, and the provider's keys the rest.
  const isOwn = handler !== undefined && signsSessions(handler)
  const issuing = isOwn && !isOfStories ? made.map(withOwnPair) : made
  const [first, ...others] =
    handler && holdsOneKey(handler) && !(isOwn && isOfStories) ? issuing.map(withOneKey) : issuing
  if (!first) throw new Error('a policy has at least one issuer')
  const issuers = [first, ...others] as const
  const algorithms = providers.flatMap((provider) => provider.algorithms)
  const attackerKeys = await keys('attacker', [...new Set<Algorithm>([...algorithms, 'RS256'])])
  const wanted = handler?.claims ?? {}
  const visitors = policy.routes.flatMap((route, index) =>
    route.public
      ? []
      : issuers.filter((issuer) => opens(route, issuer)).map((issuer) => visitor(route, index, issuer, start, wanted)),
  )
  const [visitorOne = visitor({ path: '/none' }, -1, first, start), ...otherVisitors] = visitors
  return {
    policy,
    start,
    issuers,
    attackerKeys,
    attackerOrigin,
    visitors: [visitorOne, ...otherVisitors],
    publicPaths: policy.routes
      .filter((route) => route.public)
      .map((route) => pathOf(route, { issuer: first, claims: {} }, 'a.txt')),
    ...(handler ? { handler } : {}),
    ...(handler?.credential === 'none' ? { unusedKeys: await keys('nobody', algorithms) } : {}),
  }
}

interface Place extends PublishedIssuer {
  provider: CompleteProvider
}

/** Issuers whose keys are at one place have the same. */
function ownerOf({ jwksUri }: Place, places: readonly Place[]): number {
  return places.findIndex((place) => place.jwksUri === jwksUri)
}

async function worldIssuer(
  { issuer, jwksUri, provider }: Place,
  owner: number,
  secret: string | undefined,
): Promise<WorldIssuer> {
  const { algorithms, tenants } = provider
  const [main] = algorithms
  const [published, spareKeys] = await Promise.all([
    keys(`issuer${owner}`, [main, ...algorithms], secret),
    keys(`spare${owner}`, [main, main]),
  ])
  const issued = { jwksUri, provider, keys: published, spareKeys }
  if (!issuer.includes('{tid}')) return { issuer, ...issued }
  const tenant = (tenants === 'any' ? undefined : tenants[0]) ?? uuid(`${provider.name} tenant`)
  return { issuer: issuer.replace('{tid}', tenant), tenant, ...issued }
}

/** The visitors' tokens are the handler's own sessions. */
function withOwnPair(issuer: WorldIssuer): WorldIssuer {
  return { ...issuer, keys: [ownPair()] }
}

/** A handler that was given a key and no key set has the first one, and does not know its name. */
function withOneKey(issuer: WorldIssuer): WorldIssuer {
  const [{ jwk, ...key }] = issuer.keys
  return { ...issuer, keys: [{ ...key, jwk: { ...jwk, kid: undefined } as unknown as SigningKey['jwk'] }] }
}

/** Whether tokens of this issuer may open the route. */
function opens({ provider }: Route, issuer: WorldIssuer): boolean {
  return provider === undefined || [provider].flat().includes(issuer.provider.name)
}

/** For each route, whose tokens would open it if it trusted their provider. */
export function strangers({ policy, issuers, start }: World): Visitor[] {
  return policy.routes.flatMap((route, index) =>
    route.public
      ? []
      : issuers.filter((issuer) => !opens(route, issuer)).map((issuer) => visitor(route, index, issuer, start)),
  )
}

/** A visitor for each issuer. */
export function oneOfEachIssuer({ visitors }: World): Visitor[] {
  return [...new Map(visitors.toReversed().map((visitor) => [visitor.issuer, visitor])).values()].toReversed()
}

/** The issuers' good answers. */
export function servedByIssuers(issuers: readonly WorldIssuer[]): ServedUrls {
  const served = Map.groupBy(issuers, ({ jwksUri }) => jwksUri)
  return Object.fromEntries(
    [...served].map(([uri, sharing]) => {
      const published = new Set(sharing.flatMap(({ keys }) => keys.map(({ jwk }) => jwk)))
      return [uri, jwksAnswer([...published])]
    }),
  )
}

export function jwksAnswer(keys: readonly object[]): ServedUrls[string] {
  return { kind: 'body', body: JSON.stringify({ keys }), headers: { 'content-type': 'application/json' } }
}

function visitor(route: Route, index: number, issuer: WorldIssuer, start: number, wanted: Claims = {}): Visitor {
  const claims = claimsFor(route, issuer, start, 'g1')
  for (const [reference, value] of Object.entries(wanted)) Object.assign(claims, claimChanges(claims, reference, value))
  const granted = pathOf(route, { issuer, claims }, 'a.txt')
  // Another's path, and the group's twin by prefix; a route without captures has nobody else's path.
  const foreign = ['g2', 'g10'].map((group) =>
    pathOf(route, { issuer, claims: claimsFor(route, issuer, start, group) }, 'a.txt'),
  )
  return {
    route: index,
    issuer,
    claims,
    granted: [granted, pathOf(route, { issuer, claims }, 'b/c.css')],
    denied: foreign.filter((path) => path !== granted),
  }
}

/** Deterministic, so that a claim has one value in every world of this policy and start. */
export function claimsFor(route: Route, issuer: WorldIssuer, start: number, group: string): Claims {
  const { provider, tenant } = issuer
  const { tokenUse, clientClaim, clientIds, audiences } = provider
  const [client = ''] = clientIds
  const id = (name: string) => uuid(`${issuer.issuer} ${group} ${name}`)
  const iat = Math.floor(start / 1000) - 60
  const claims: Claims = accessTokenPayload({
    iss: issuer.issuer,
    client_id: client,
    sub: id('sub'),
    'cognito:groups': [],
    iat,
    exp: Math.floor(start / 1000) + 3600,
    origin_jti: id('origin_jti'),
    event_id: id('event_id'),
    jti: id('jti'),
  })
  delete claims['cognito:groups']
  if (clientClaim !== 'client_id') delete claims.client_id
  if (tokenUse === null) delete claims.token_use
  else claims.token_use = tokenUse
  if (tokenUse === 'id') claims['cognito:username'] = claims.sub
  if (tenant !== undefined) claims.tid = tenant
  claims[clientClaim] = client
  if (audiences && clientClaim !== 'aud') claims.aud = audiences[0]
  else if (audiences && !audiences.includes(client)) claims.aud = [client, ...audiences.slice(0, 1)]
  Object.assign(claims, groupChanges({ issuer, claims }, [group, ...(route.groups?.slice(0, 1) ?? [])]))
  if (route.scopes) claims.scope = [claims.scope, ...route.scopes].join(' ')
  for (const [reference, rule] of [...Object.entries(provider.claims), ...Object.entries(route.claims ?? {})]) {
    Object.assign(claims, claimChanges(claims, reference, satisfying(rule, claimAt(claims, reference))))
  }
  for (const reference of capturedClaims(route)) {
    if (spelt(claimAt(claims, reference)) === undefined) {
      Object.assign(claims, claimChanges(claims, reference, `tenant-${group}`))
    }
  }
  for (const reference of provider.requiredClaims) {
    if (claimAt(claims, reference) == null) Object.assign(claims, claimChanges(claims, reference, 'present'))
  }
  return claims
}

/** What the rule asks for, beside the members that the claim has. */
function satisfying(rule: ClaimRule, value: unknown): unknown {
  const members: unknown[] = Array.isArray(value) ? value : []
  const [wanted] = typeof rule === 'object' && 'contains' in rule ? [rule.contains].flat() : [rule].flat()
  const isList = Array.isArray(value) || (typeof rule === 'object' && 'contains' in rule)
  return isList ? [...members, wanted] : wanted
}

/** The claims that a route's path captures, `sub` and groups left out. */
export function capturedClaims(route: Route): string[] {
  return parsePattern(route.path).flatMap((segment) =>
    segment.kind === 'capture' && segment.capture.kind === 'claim' ? [segment.capture.name] : [],
  )
}

/** How a claim is spelt in a path; undefined where it cannot be. */
function spelt(value: unknown): string | undefined {
  const [one] = [value].flat()
  return typeof one === 'string' || Number.isSafeInteger(one) ? String(one) : undefined
}

/** A path of the route that these claims fill; `rest` stands for the pattern's `*`. */
export function pathOf(route: Route, { issuer, claims }: Pick<Visitor, 'issuer' | 'claims'>, rest: string): string {
  const segments = parsePattern(route.path).map((segment) => {
    if (segment.kind === 'rest') return rest
    if (segment.kind === 'literal') return encodeURIComponent(segment.text)
    if (segment.kind === 'any') return encodeURIComponent(`${segment.prefix}x${segment.suffix}`)
    const { capture, prefix, suffix } = segment
    const text =
      capture.kind === 'group'
        ? String(groupsOf({ issuer, claims })[0])
        : String(spelt(capture.kind === 'sub' ? claims.sub : claimAt(claims, capture.name)))
    const held = route.hash ? createHash(route.hash).update(text).digest('hex') : text
    return encodeURIComponent(`${prefix}${held}${suffix}`)
  })
  return `/${segments.join('/')}`
}

function uuid(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

const pool = new Map<string, Promise<SigningKey>>()

/** `secret`: of a handler whose tokens are its own, HS256; whoever else has such a key has another. */
async function keys(
  owner: string,
  algorithms: readonly Algorithm[],
  secret?: string,
): Promise<[SigningKey, ...SigningKey[]]> {
  const [first, ...others] = await Promise.all(
    algorithms.map((algorithm, index) => {
      const name = `${owner} ${index} ${algorithm} ${secret ?? ''}`
      const create = () =>
        isOfSessions(algorithm) ? secretKey(secret ?? name, kidOf(name)) : createSigningKey(algorithm, kidOf(name))
      const key = pool.get(name) ?? create()
      pool.set(name, key)
      return key
    }),
  )
  if (!first) throw new Error('a policy allows at least one algorithm')
  return [first, ...others]
}

function isOfSessions(algorithm: string): boolean {
  return algorithm === 'HS256'
}

/** RFC 7518 3.2 and 6.4. It has no public part: what asks for one gets another key's. */
async function secretKey(secret: string, kid: string): Promise<SigningKey> {
  const { publicKey } = await createSigningKey('RS256')
  const octets = Buffer.from(secret)
  // Without a kid: it is the key of every token, whatever that names.
  const jwk = { kty: 'oct', k: octets.toString('base64url'), alg: 'HS256', use: 'sig' } as unknown as SigningKey['jwk']
  return { kid, algorithm: 'HS256' as Algorithm, privateKey: createSecretKey(octets), publicKey, jwk }
}

/** As Cognito's: base64 of 32 bytes. */
function kidOf(name: string): string {
  return createHmac('sha256', 'kid').update(name).digest('base64')
}
