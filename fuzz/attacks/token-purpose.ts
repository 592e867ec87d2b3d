/** Good tokens of the same issuer that are for something else: another client, another use (RFC 8725 3.9 and 3.12). */
import { clientChanges } from '../world/provider-claims.ts'
import type { Attack } from './attack.ts'
import { request } from './request-step.ts'
import { tokenAttack } from './token-attack.ts'
import { attackerKey, attackerToken, type Changes, issuedToken, unsigned } from './tokens.ts'

const other = 'otherclient'

const purposes: readonly { name: string; source: string; changes: (client: string) => Changes }[] = [
  {
    name: 'id-token',
    source: 'RFC 8725 3.12',
    changes: (client) => ({ token_use: 'id', aud: client, client_id: undefined, 'cognito:username': 'visitor' }),
  },
  {
    name: 'id-token-with-client',
    source: 'RFC 8725 3.12',
    changes: (client) => ({ token_use: 'id', aud: client, client_id: client }),
  },
  {
    name: 'access-token',
    source: 'RFC 8725 3.12',
    changes: (client) => ({ token_use: 'access', client_id: client, aud: undefined }),
  },
  {
    name: 'access-token-with-audience',
    source: 'RFC 8725 3.12',
    changes: (client) => ({ token_use: 'access', client_id: client, aud: client }),
  },
  { name: 'refresh-token', source: 'RFC 8725 3.12', changes: () => ({ token_use: 'refresh' }) },
  { name: 'no-use', source: 'RFC 8725 3.12', changes: () => ({ token_use: undefined }) },
  { name: 'use-upper-case', source: 'RFC 8725 3.12', changes: () => ({ token_use: 'ACCESS' }) },
  { name: 'use-longer', source: 'RFC 8725 3.12', changes: () => ({ token_use: 'access id' }) },
  { name: 'use-list', source: 'CWE-843', changes: () => ({ token_use: ['access', 'id'] }) },
  { name: 'other-client', source: 'RFC 8725 3.9', changes: () => ({ client_id: other }) },
  { name: 'other-audience', source: 'CVE-2025-62610', changes: () => ({ aud: other }) },
  { name: 'other-client-and-audience', source: 'RFC 8725 3.9', changes: () => ({ client_id: other, aud: other }) },
  {
    name: 'other-client-own-audience',
    source: 'RFC 8725 3.9',
    changes: (client) => ({ client_id: other, aud: client }),
  },
  {
    name: 'own-client-other-audience',
    source: 'RFC 8725 3.9',
    changes: (client) => ({ client_id: client, aud: other }),
  },
  { name: 'audience-for-client', source: 'RFC 8725 3.9', changes: (client) => ({ client_id: undefined, aud: client }) },
  {
    name: 'authorized-party',
    source: 'RFC 8725 3.9',
    changes: (client) => ({ client_id: other, aud: other, azp: client }),
  },
  { name: 'audience-list', source: 'CVE-2020-26160', changes: (client) => ({ aud: [client] }) },
  { name: 'audience-list-with-others', source: 'CVE-2020-26160', changes: (client) => ({ aud: [other, client] }) },
  { name: 'audience-list-of-others', source: 'CVE-2020-26160', changes: () => ({ aud: [other] }) },
  { name: 'audience-empty-list', source: 'CVE-2020-26160', changes: () => ({ aud: [] }) },
  { name: 'audience-list-with-null', source: 'CVE-2020-26160', changes: (client) => ({ aud: [null, client] }) },
  { name: 'client-inside', source: 'CWE-187', changes: (client) => ({ client_id: `x${client}x`, aud: `x${client}x` }) },
  {
    name: 'client-prefix',
    source: 'CWE-187',
    changes: (client) => ({ client_id: client.slice(0, 4), aud: client.slice(0, 4) }),
  },
  {
    name: 'client-list-text',
    source: 'CWE-187',
    changes: (client) => ({ client_id: `${other},${client}`, aud: `${other},${client}` }),
  },
  { name: 'client-missing', source: 'RFC 8725 3.9', changes: () => ({ client_id: undefined, aud: undefined }) },
  { name: 'client-proto', source: 'CWE-1321', changes: () => ({ client_id: '__proto__', aud: 'constructor' }) },
]

const singles = purposes.map(({ name, source, changes }) =>
  tokenAttack(`purpose-${name}`, 'claims', source, (world, visitor) =>
    issuedToken(world, visitor, changes(visitor.issuer.provider.clientIds[0] ?? '')),
  ),
)

const everyClient = tokenAttack('purpose-each-client', 'benign', 'RFC 8725 3.9', (world, visitor) =>
  visitor.issuer.provider.clientIds.map((client) => issuedToken(world, visitor, clientChanges(visitor.issuer, client))),
)

const clientClaims = ['client_id', 'aud', 'azp', 'appid', 'cid', 'sub']

/** The client everywhere but in the claim that names it. */
const clientElsewhere = tokenAttack('purpose-client-elsewhere', 'claims', 'RFC 8725 3.9', (world, visitor) => {
  const { provider } = visitor.issuer
  const beside = Object.fromEntries(clientClaims.map((claim) => [claim, provider.clientIds[0]]))
  return [other, undefined].map((client) =>
    issuedToken(world, visitor, { ...beside, sub: visitor.claims.sub, ...clientChanges(visitor.issuer, client) }),
  )
})

/** For the right client, and for another resource server (RFC 8707). */
const otherAudiences = tokenAttack('purpose-audience', 'claims', 'RFC 9068 4', (world, visitor) => {
  const { clientIds, audiences, clientClaim } = visitor.issuer.provider
  const [good = other] = audiences ?? []
  const client = clientClaim === 'aud' ? clientIds.slice(0, 1) : []
  const values = [other, `${good}x`, good.slice(0, -1), `x ${good}`, undefined, clientIds[0], { [good]: true }, good]
  return [
    ...values.map((value) => issuedToken(world, visitor, { aud: client.length > 0 ? [...client, value] : value })),
    issuedToken(world, visitor, { aud: [...client, other, good] }),
    issuedToken(world, visitor, { aud: [...client, other] }),
    issuedToken(world, visitor, { aud: [...client, good], ...clientChanges(visitor.issuer, other) }),
  ]
})

const confirmations: readonly { name: string; source: string; cnf: unknown }[] = [
  { name: 'dpop', source: 'RFC 9449 6.1', cnf: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' } },
  { name: 'certificate', source: 'RFC 8705 3.1', cnf: { 'x5t#S256': 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2' } },
  { name: 'key', source: 'RFC 7800 3.2', cnf: { jwk: { kty: 'OKP', crv: 'Ed25519', x: 'AAAA' } } },
  { name: 'odd', source: 'RFC 7800 3.1', cnf: {} },
]

/** Bound to a key that whoever stole the token does not have. */
const bound = confirmations.map(({ name, source, cnf }) =>
  tokenAttack(`bound-to-${name}`, 'claims', source, (world, visitor) => issuedToken(world, visitor, { cnf })),
)

/** Beside what would prove that the bearer has the key, but proves nothing. */
const falselyProven: Attack = {
  name: 'bound-with-false-proof',
  class: 'claims',
  source: 'RFC 9449 7.1, RFC 8705 3',
  build(world, random) {
    const visitor = random.pick(world.visitors)
    const { jwk } = attackerKey(world, visitor.issuer)
    const thumbprint = { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' }
    const proof = attackerToken(
      world,
      { htm: 'GET', htu: 'https://d111111abcdef8.cloudfront.net/', jti: 'a' },
      { typ: 'dpop+jwt', jwk },
    )
    const bound = issuedToken(world, visitor, { cnf: thumbprint })
    const certified = issuedToken(world, visitor, {
      cnf: { 'x5t#S256': 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2' },
    })
    const proofs: { token: string; headers: Record<string, string> }[] = [
      { token: bound, headers: { dpop: proof } },
      { token: bound, headers: { dpop: unsigned({ typ: 'dpop+jwt', alg: 'none', jwk }, {}) } },
      { token: bound, headers: { dpop: 'x' } },
      {
        token: certified,
        headers: { 'x-client-cert': 'MIIB', 'x-ssl-client-verify': 'SUCCESS', 'x-forwarded-client-cert': 'Hash=00' },
      },
    ]
    return { steps: proofs.map((parts) => request(world, { uri: visitor.granted[0], ...parts })) }
  },
}

/** What a provider signs besides, as it writes it: a logout token, a security event, an authorization response. */
const otherKinds: readonly {
  name: string
  source: string
  types: readonly (string | undefined)[]
  changes: (client: string) => Changes
}[] = [
  {
    name: 'logout-token',
    source: 'OpenID Connect Back-Channel Logout 1.0 2.4',
    types: ['logout+jwt', 'JWT', undefined],
    changes: (client) => ({
      aud: client,
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
      sid: '08a5019c-17e1-4977-8f42-65a12843ea02',
    }),
  },
  {
    name: 'security-event',
    source: 'RFC 8417 2.2',
    types: ['secevent+jwt', 'application/secevent+jwt', undefined],
    changes: (client) => ({
      aud: client,
      events: { 'https://schemas.openid.net/secevent/caep/event-type/session-revoked': { event_timestamp: 1 } },
      txn: '8675309',
    }),
  },
  {
    name: 'authorization-response',
    source: 'JARM 2.1',
    types: ['oauth-authz-resp+jwt', 'JWT', undefined],
    changes: (client) => ({ aud: client, code: 'PyyFaux2o7Q0YfXBU32jhw', state: 'S8NJ7uqk5fY4EjNvP_G_FtyJu6pUsvH9' }),
  },
]

/** None of them has what says that a token is an access token or an ID token. */
const kinds = otherKinds.map(({ name, source, types, changes }) =>
  tokenAttack(`purpose-${name}`, 'claims', source, (world, visitor) =>
    types.map((typ) =>
      issuedToken(
        world,
        visitor,
        {
          token_use: undefined,
          client_id: undefined,
          scope: undefined,
          ...changes(visitor.issuer.provider.clientIds[0] ?? ''),
        },
        { typ },
      ),
    ),
  ),
)

/** For this client by `aud`, and given to another: OpenID Connect Core 3.1.3.7 has both looked at. */
const otherParty = tokenAttack('purpose-other-party', 'claims', 'OpenID Connect Core 1.0 3.1.3.7', (world, visitor) => {
  const [client = ''] = visitor.issuer.provider.clientIds
  return [
    { aud: client, azp: other },
    { aud: [client, other], azp: other },
    { aud: other, azp: client },
  ].map((changes) => issuedToken(world, visitor, changes))
})

export const tokenPurposeAttacks = [...singles, everyClient, clientElsewhere, otherAudiences, ...kinds, otherParty]
export const boundTokenAttacks = [...bound, falselyProven]
