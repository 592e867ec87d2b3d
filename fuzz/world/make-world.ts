/** Makes the world that attacks are minted in: an issuer for each that the policy names, an attacker, and visitors with paths. */

import { createHash, createHmac } from 'node:crypto'
import type { Algorithm, Policy, Route } from '../../authorizer/policy.ts'
import { withDefaults } from '../../config/policy-defaults.ts'
import { parsePattern } from '../../config/route-pattern.ts'
import type { ServedUrls } from '../../oracle/served-urls.ts'
import type { SigningKey } from '../../testing/issuer.ts'
import { accessTokenPayload, createSigningKey } from '../../testing/issuer.ts'
import type { Visitor, World, WorldIssuer } from './world.ts'

const attackerOrigin = 'https://attacker.example'

/**
 * `start`: the clock when handlers load, in milliseconds since the epoch. Key pairs are taken from a pool of this
 * process, because a new RSA pair costs more than a thousand cases.
 */
export async function createWorld(policy: Policy, start: number): Promise<World> {
  const { algorithms, issuers: places } = withDefaults(policy)
  const main = algorithms[0] ?? 'RS256'
  const issuers = await Promise.all(
    places.map(async (place, index): Promise<WorldIssuer> => {
      const [published, spareKeys] = await Promise.all([
        keys(`issuer${index}`, [main, ...algorithms]),
        keys(`spare${index}`, [main, main]),
      ])
      return { ...place, keys: published, spareKeys }
    }),
  )
  const [first] = issuers
  if (!first) throw new Error('a policy has at least one issuer')
  const attackerKeys = await keys('attacker', [...new Set<Algorithm>([...algorithms, 'RS256'])])
  const visitors = policy.routes.flatMap((route, index) =>
    route.public ? [] : issuers.map((issuer) => visitor(policy, route, index, issuer, start)),
  )
  const [visitorOne = visitor(policy, { path: '/none' }, -1, first, start), ...others] = visitors
  return {
    policy,
    start,
    issuers: [first, ...issuers.slice(1)],
    attackerKeys,
    attackerOrigin,
    visitors: [visitorOne, ...others],
    publicPaths: policy.routes.filter((route) => route.public).map((route) => pathOf(route, {}, 'a.txt')),
  }
}

/** The issuers' good answers. */
export function servedByIssuers(issuers: readonly WorldIssuer[]): ServedUrls {
  return Object.fromEntries(issuers.map(({ jwksUri, keys }) => [jwksUri, jwksAnswer(keys.map(({ jwk }) => jwk))]))
}

export function jwksAnswer(keys: readonly object[]): ServedUrls[string] {
  return { kind: 'body', body: JSON.stringify({ keys }), headers: { 'content-type': 'application/json' } }
}

function visitor(policy: Policy, route: Route, index: number, issuer: WorldIssuer, start: number): Visitor {
  const claims = claimsFor(policy, route, issuer.issuer, start, 'g1')
  const other = claimsFor(policy, route, issuer.issuer, start, 'g2')
  const granted = pathOf(route, claims, 'a.txt')
  // Another's path, and the group's twin by prefix; a route without captures has nobody else's path.
  const foreign = [other, claimsFor(policy, route, issuer.issuer, start, 'g10')].map((claims) =>
    pathOf(route, claims, 'a.txt'),
  )
  return {
    route: index,
    issuer,
    claims,
    granted: [granted, pathOf(route, claims, 'b/c.css')],
    denied: foreign.filter((path) => path !== granted),
  }
}

/** Deterministic, so that a claim has one value in every world of this policy and start. */
function claimsFor(policy: Policy, route: Route, issuer: string, start: number, group: string) {
  const [client = ''] = policy.clientIds
  const id = (name: string) => uuid(`${issuer} ${group} ${name}`)
  const iat = Math.floor(start / 1000) - 60
  const claims = accessTokenPayload({
    iss: issuer,
    client_id: client,
    sub: id('sub'),
    'cognito:groups': [group, ...(route.groups?.slice(0, 1) ?? [])],
    iat,
    exp: Math.floor(start / 1000) + 3600,
    origin_jti: id('origin_jti'),
    event_id: id('event_id'),
    jti: id('jti'),
  })
  if (policy.tokenUse === 'id') {
    delete claims.client_id
    Object.assign(claims, { token_use: 'id', aud: client, 'cognito:username': claims.sub })
  } else if (policy.tokenUse === null) {
    delete claims.token_use
    Object.assign(claims, { aud: client })
  }
  for (const segment of parsePattern(route.path)) {
    if (
      segment.kind === 'capture' &&
      segment.capture.kind === 'claim' &&
      typeof claims[segment.capture.name] !== 'string'
    )
      claims[segment.capture.name] = `tenant-${group}`
  }
  for (const name of policy.requiredClaims ?? []) claims[name] ??= 'present'
  return claims
}

/** A path of the route that these claims fill; `rest` stands for the pattern's `*`. */
function pathOf(route: Route, claims: Record<string, unknown>, rest: string): string {
  const segments = parsePattern(route.path).map((segment) => {
    if (segment.kind === 'rest') return rest
    if (segment.kind === 'literal') return encodeURIComponent(segment.text)
    const { capture } = segment
    const groups = claims['cognito:groups'] as string[] | undefined
    const value = capture.kind === 'group' ? groups?.[0] : capture.kind === 'sub' ? claims.sub : claims[capture.name]
    const text = String(value)
    return encodeURIComponent(route.hash ? createHash(route.hash).update(text).digest('hex') : text)
  })
  return `/${segments.join('/')}`
}

function uuid(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

const pool = new Map<string, Promise<SigningKey>>()

async function keys(owner: string, algorithms: readonly Algorithm[]): Promise<[SigningKey, ...SigningKey[]]> {
  const [first, ...others] = await Promise.all(
    algorithms.map((algorithm, index) => {
      const name = `${owner} ${index} ${algorithm}`
      const key = pool.get(name) ?? createSigningKey(algorithm, kidOf(name))
      pool.set(name, key)
      return key
    }),
  )
  if (!first) throw new Error('a policy allows at least one algorithm')
  return [first, ...others]
}

/** As Cognito's: base64 of 32 bytes. */
function kidOf(name: string): string {
  return createHmac('sha256', 'kid').update(name).digest('base64')
}
