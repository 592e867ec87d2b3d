/** One provider's tokens where another's are asked for, and tenants of one (RFC 8725 3.8 and 3.9, RFC 9700 4.4). */
import type { Step } from '../case.ts'
import { oneOfEachIssuer, strangers } from '../world/make-world.ts'
import { clientChanges } from '../world/provider-claims.ts'
import type { Visitor, World, WorldIssuer } from '../world/world.ts'
import type { Attack } from './attack.ts'
import { attackerJwks, servedAt } from './key-injection.ts'
import { request } from './request-step.ts'
import { attackerKey, attackerToken, change, issuedToken, signedBy } from './tokens.ts'

function providerAttack(name: string, source: string, steps: (world: World) => Step[]): Attack {
  return {
    name: `provider-${name}`,
    class: 'claims',
    source,
    build(world) {
      const built = steps(world)
      return built.length === 0 ? null : { steps: built }
    },
  }
}

/** Each issuer's visitor with each issuer of another provider. */
function pairs(world: World): { visitor: Visitor; other: WorldIssuer }[] {
  return oneOfEachIssuer(world).flatMap((visitor) =>
    world.issuers
      .filter(({ provider }) => provider.name !== visitor.issuer.provider.name)
      .map((other) => ({ visitor, other })),
  )
}

const confusions: Attack[] = [
  providerAttack('client-of-another', 'RFC 8725 3.9', (world) =>
    pairs(world).flatMap(({ visitor, other }) => {
      const [client] = other.provider.clientIds
      const named = { [other.provider.clientClaim]: client, ...clientChanges(visitor.issuer, client) }
      return [clientChanges(visitor.issuer, client), named].map((changes) =>
        request(world, { uri: visitor.granted[0], token: issuedToken(world, visitor, changes) }),
      )
    }),
  ),
  // Good for another provider in everything but the name, and by its key.
  providerAttack('name-of-another', 'RFC 8725 3.8', (world) =>
    pairs(world).flatMap(({ visitor, other }) => {
      const token = signedBy(world, visitor.issuer.keys[0], change(visitor.claims, { iss: other.issuer }))
      const theirs = world.visitors.filter(({ issuer }) => issuer === other).slice(0, 2)
      return [visitor, ...theirs].map(({ granted }) => request(world, { uri: granted[0], token }))
    }),
  ),
  providerAttack('key-of-another', 'RFC 8725 3.8', (world) =>
    pairs(world).flatMap(({ visitor: { claims, issuer, granted }, other }) =>
      [other.keys[0].kid, issuer.keys[0].kid, undefined].map((kid) =>
        request(world, { uri: granted[0], token: signedBy(world, other.keys[0], claims, { kid }) }),
      ),
    ),
  ),
  providerAttack('route-of-another', 'CWE-863', (world) =>
    strangers(world).map((stranger) =>
      request(world, { uri: stranger.granted[0], token: issuedToken(world, stranger) }),
    ),
  ),
  // The key is the issuer's own and says for no algorithm that it is; another provider allows this one.
  {
    ...providerAttack('algorithm-of-another', 'RFC 8725 3.1', () => []),
    build(world) {
      const unsaid = (issuer: WorldIssuer) => issuer.keys.map(({ jwk }) => ({ ...jwk, alg: undefined }))
      const steps = pairs(world).flatMap(({ visitor, other }) => {
        const [key] = visitor.issuer.keys
        const foreign = other.provider.algorithms.filter(
          (algorithm) =>
            !visitor.issuer.provider.algorithms.includes(algorithm) && isSameKind(algorithm, key.algorithm),
        )
        return foreign.map((algorithm) =>
          request(world, { uri: visitor.granted[0], token: signedBy(world, { ...key, algorithm }, visitor.claims) }),
        )
      })
      const keys = world.issuers.map((issuer) => ({
        [issuer.jwksUri]: { kind: 'body' as const, body: JSON.stringify({ keys: unsaid(issuer) }) },
      }))
      return steps.length === 0 ? null : { steps, serve: Object.assign({}, ...keys) }
    },
  },
]

function isSameKind(one: string, other: string): boolean {
  return /^[RP]S/.test(one) && /^[RP]S/.test(other)
}

const stranger = '11111111-2222-4333-8444-555555555555'

/** `iss` and `tid` of tenants whom the policy does not name, or who are nobody. */
const tenants: readonly { name: string; tid: (good: string) => unknown; inIssuer?: (good: string) => string }[] = [
  { name: 'other', tid: () => stranger },
  { name: 'other-in-claim', tid: () => stranger, inIssuer: (good) => good },
  { name: 'other-in-issuer', tid: (good) => good, inIssuer: () => stranger },
  { name: 'longer', tid: (good) => `${good}0` },
  { name: 'shorter', tid: (good) => good.slice(0, -1) },
  { name: 'other-case', tid: (good) => (good === good.toUpperCase() ? good.toLowerCase() : good.toUpperCase()) },
  { name: 'empty', tid: () => '' },
  { name: 'missing', tid: () => undefined, inIssuer: (good) => good },
  { name: 'list', tid: (good) => [good], inIssuer: (good) => good },
  { name: 'undefined', tid: () => undefined, inIssuer: () => 'undefined' },
  { name: 'placeholder', tid: () => '{tid}' },
  { name: 'path', tid: (good) => `${good}/../${stranger}` },
  { name: 'replacement-pattern', tid: () => '$&' },
]

const otherTenants: Attack[] = tenants.map(({ name, tid, inIssuer }) => ({
  name: `tenant-${name}`,
  class: 'claims',
  source: 'RFC 8725 3.8',
  build(world) {
    const steps = oneOfEachIssuer(world).flatMap((visitor) => {
      const { issuer, tenant } = visitor.issuer
      if (tenant === undefined) return []
      const value = tid(tenant)
      const iss = issuer.replace(tenant, () => inIssuer?.(tenant) ?? String(value))
      // All tenants' tokens are signed by the same keys.
      const token = signedBy(world, visitor.issuer.keys[0], change(visitor.claims, { iss, tid: value }))
      return [request(world, { uri: visitor.granted[0], token })]
    })
    return steps.length === 0 ? null : { steps }
  },
}))

/** A tenant of the attacker's own, whose keys are where the tenant's name leads to. */
const fetchedTenant: Attack = {
  name: 'tenant-names-the-keys',
  class: 'key-selection',
  source: 'CWE-918',
  build(world) {
    const visitor = world.visitors.find(({ issuer }) => issuer.tenant !== undefined)
    if (!visitor) return null
    const { issuer, tenant = '', jwksUri } = visitor.issuer
    const tid = 'attacker'
    const iss = issuer.replace(tenant, tid)
    const token = attackerToken(world, change(visitor.claims, { iss, tid }), { kid: attackerKey(world).kid })
    const places = [`${iss.replace(/\/$/, '')}/.well-known/jwks.json`, jwksUri.replace(tenant, tid)]
    const played = places.filter((place) => place !== jwksUri).map((place) => servedAt(place, attackerJwks(world)))
    return { serve: Object.assign({}, ...played), steps: [request(world, { uri: visitor.granted[0], token })] }
  },
}

/** Every tenant that the policy names. */
const namedTenants: Attack = {
  name: 'tenant-each',
  class: 'benign',
  source: 'RFC 7519 4.1.1',
  build(world) {
    const steps = oneOfEachIssuer(world).flatMap((visitor) => {
      const { issuer, tenant, provider } = visitor.issuer
      if (tenant === undefined || provider.tenants === 'any') return []
      return provider.tenants.map((tid) => {
        const claims = change(visitor.claims, { iss: issuer.replace(tenant, tid), tid })
        return request(world, { uri: visitor.granted[0], token: signedBy(world, visitor.issuer.keys[0], claims) })
      })
    })
    return steps.length === 0 ? null : { steps }
  },
}

export const providerAttacks = confusions
export const tenantAttacks = [...otherTenants, fetchedTenant, namedTenants]
