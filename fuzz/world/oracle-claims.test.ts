/** SEMANTICS.md, "Claims" and "Paths", of several providers (P7 to P10, P21 to P24, P27, P29 to P32). */
import { describe } from 'vitest'
import {
  allow,
  answer,
  deny,
  forbid,
  keys,
  lax,
  may,
  partners,
  partnersIssuer,
  type Row,
  rows,
  type Situation,
  seconds,
} from './situation.ts'

const { other } = keys

describe('groups and captures', () => {
  const group = { path: '/g/{group}/*' }
  const roles = { '/realm_access/roles': ['reader'] }
  const keycloak = { provider: { groupsClaim: '/realm_access/roles' }, claims: { realm_access: { roles: ['reader'] } } }
  const tenant = (value: unknown, segment: string): Situation => ({
    route: { path: '/tenants/{claim:tenant}/*' },
    claims: { tenant: value },
    uri: `/tenants/${segment}/x`,
  })
  rows([
    [
      'P7: by name',
      () => ({ provider: { groupsClaim: 'groups' }, route: group, claims: { groups: ['g1'] }, uri: '/g/g1/a' }),
      allow,
    ],
    ['P7: by pointer', () => ({ ...keycloak, route: group, uri: '/g/reader/a' }), allow],
    ["P7: a route's groups follow it", () => ({ ...keycloak, route: { groups: ['reader'] } }), allow],
    ['P7: and are denied by it', () => ({ ...keycloak, route: { groups: ['writer'] } }), forbid('paths/no-right')],
    [
      'P7: a name that is like the pointer is another claim',
      () => ({ ...keycloak, claims: roles, route: { groups: ['reader'] } }),
      forbid('paths/no-right'),
    ],
    [
      'P7: by URL',
      () => ({
        provider: { groupsClaim: 'https://example.com/roles' },
        claims: { 'https://example.com/roles': ['r'] },
        route: { groups: ['r'] },
      }),
      allow,
    ],
    [
      'a pointer does not go through an array',
      () => ({ provider: { groupsClaim: '/list/0' }, claims: { list: [['r']] }, route: { groups: ['r'] } }),
      forbid('paths/no-right'),
    ],
    [
      'a pointer with escapes',
      () => ({
        provider: { groupsClaim: '/a~1b/~01' },
        claims: { 'a/b': { '~1': ['r'] } },
        route: { groups: ['r'] },
      }),
      allow,
    ],
    [
      'split',
      () => ({
        provider: { groupsClaim: { claim: 'roles', split: ' ' } },
        claims: { roles: 'a b' },
        route: { groups: ['b'] },
      }),
      allow,
    ],
    [
      'split into others',
      () => ({
        provider: { groupsClaim: { claim: 'roles', split: ' ' } },
        claims: { roles: 'a b' },
        route: { groups: ['a b'] },
      }),
      forbid('paths/no-right'),
    ],
    [
      'an array where one text is to be split',
      () => ({ provider: { groupsClaim: { claim: 'roles', split: ' ' } }, claims: { roles: ['a'] } }),
      may('claims/groups', 'deny'),
    ],
    ['groups that are null', () => ({ claims: { 'cognito:groups': null } }), may('claims/groups', 'deny')],
    ['P8: one member of an array fits', () => tenant(['x', 'acme'], 'acme'), allow],
    ['P8: none fits', () => tenant(['x', 'y'], 'acme'), forbid('paths/no-right')],
    ['P8: an array in an array does not', () => tenant([['acme']], 'acme'), forbid('paths/no-right')],
    [
      'P9: a claim named by a URL',
      () => ({
        route: { path: '/t/{claim:https://example.com/tenant}/*' },
        claims: { 'https://example.com/tenant': 'acme' },
        uri: '/t/acme/a',
      }),
      allow,
    ],
    [
      'P9: and another value',
      () => ({
        route: { path: '/t/{claim:https://example.com/tenant}/*' },
        claims: { 'https://example.com/tenant': 'acme' },
        uri: '/t/b/a',
      }),
      forbid('paths/no-right'),
    ],
    [
      'a claim by pointer, among other segments',
      () => ({ route: { path: '/t/{claim:/org/id}/{sub}' }, claims: { org: { id: 'acme' } }, uri: '/t/acme/me' }),
      allow,
    ],
    ['P10: an integer', () => tenant(42, '42'), allow],
    ...['042', '42.0', '4.2e1', '%2B42'].map(
      (segment): Row => [`P10: ${segment}`, () => tenant(42, segment), forbid('paths/no-right')],
    ),
    ['P10: the greatest', () => tenant(Number.MAX_SAFE_INTEGER, '9007199254740991'), allow],
    ['P10: one past it', () => tenant(2 ** 53, '9007199254740992'), forbid('paths/no-right')],
    ['one in an array', () => tenant([1, 42], '42'), allow],
    ['a fraction, or a boolean', () => tenant([1.5, true], 'true'), forbid('paths/no-right')],
    [
      '{claim:sub} is {sub}, which is no integer',
      () => ({ route: { path: '/u/{claim:sub}/*' }, claims: { sub: 42 }, uri: '/u/42/a' }),
      deny('paths/no-right'),
    ],
  ])
})

describe('clients, audiences, types and cnf', () => {
  const azp = { clientClaim: 'azp' }
  const audiences = { audiences: ['https://files.example'], clientClaim: 'azp' }
  const files = { azp: 'portal', aud: ['account', 'https://files.example'] }
  const beside = { others: { partners } }
  const typed = { types: ['at+jwt'] }
  rows([
    ['P21: azp names the client', () => ({ provider: azp, claims: { aud: 'account', azp: 'portal' } }), allow],
    [
      'P21: another client of the realm',
      () => ({ provider: azp, claims: { aud: 'portal', azp: 'other' } }),
      deny('claims/client'),
    ],
    ['azp as an array', () => ({ provider: azp, claims: { azp: ['portal'] } }), deny('claims/client')],
    ['P22: two providers, the first', () => beside, allow],
    [
      'P22: the second',
      () => ({
        ...beside,
        serve: { [`${partnersIssuer}/.well-known/jwks.json`]: answer([other.jwk]) },
        by: other,
        claims: { iss: partnersIssuer, aud: 'gate' },
      }),
      allow,
    ],
    [
      'P22: a token of the second for a client of the first',
      () => ({
        ...beside,
        serve: { [`${partnersIssuer}/.well-known/jwks.json`]: answer([other.jwk]) },
        by: other,
        claims: { iss: partnersIssuer },
      }),
      deny('claims/client'),
    ],
    ['P29: the audience', () => ({ provider: audiences, claims: files }), allow],
    ['P29: as a string', () => ({ provider: audiences, claims: { ...files, aud: 'https://files.example' } }), allow],
    [
      'P29: of another resource server',
      () => ({ provider: audiences, claims: { ...files, aud: 'https://api.example' } }),
      deny('claims/audience'),
    ],
    ['P29: none', () => ({ provider: audiences, claims: { azp: 'portal', aud: undefined } }), deny('claims/audience')],
    [
      'an audience beside what is no string',
      () => ({ provider: audiences, claims: { ...files, aud: [7, 'https://files.example'] } }),
      lax('claims/audience', 'deny'),
    ],
    [
      'an id token whose client azp names may have several audiences',
      () => ({ provider: { ...audiences, tokenUse: 'id' }, claims: { ...files, token_use: 'id' } }),
      allow,
    ],
    ...['logout+jwt', 'secevent+jwt', 'application/LOGOUT+JWT'].map(
      (typ): Row => [`P30: ${typ}`, () => ({ header: { typ } }), deny('token/type')],
    ),
    ...['JWT', 'jwt', 'at+jwt', 'application/at+JWT'].map(
      (typ): Row => [`P30: ${typ}`, () => ({ header: { typ } }), allow],
    ),
    ['another text', () => ({ header: { typ: 'JOSE' } }), may('token/type', 'deny')],
    ['no text', () => ({ header: { typ: null } }), lax('token/type', 'deny')],
    ['P30: types demand at+jwt', () => ({ provider: typed, header: { typ: 'application/AT+jwt' } }), allow],
    ['P30: types and JWT', () => ({ provider: typed, header: { typ: 'JWT' } }), deny('token/type')],
    ['P30: types and none', () => ({ provider: typed }), deny('token/type')],
    ['P31: bound to a key', () => ({ claims: { cnf: { jkt: 'x' } } }), deny('claims/cnf')],
    ['P31: which the policy ignores', () => ({ provider: { cnf: 'ignore' }, claims: { cnf: { jkt: 'x' } } }), allow],
    ['cnf null', () => ({ claims: { cnf: null } }), may('claims/cnf', 'deny')],
    ['P27: fractions', () => ({ claims: { exp: seconds + 60.5, iat: seconds - 0.5 } }), lax('claims/exp', 'allow')],
  ])
})

describe('rules of providers and routes', () => {
  const workspace: Situation = { provider: { claims: { hd: ['example.com'], email_verified: true } } }
  const scoped: Situation = { route: { scopes: ['files:read'] } }
  const level: Situation = { route: { claims: { level: [2, 3] } } }
  const contains: Situation = { route: { claims: { '/realm_access/roles': { contains: ['reader', 'writer'] } } } }
  const byStaff: Situation = {
    others: { partners },
    route: { path: '/users/{sub}/*', provider: 'staff' },
    uri: '/users/me/a',
  }
  const byPartners = () => ({
    serve: { [`${partnersIssuer}/.well-known/jwks.json`]: answer([other.jwk]) },
    by: other,
    claims: { iss: partnersIssuer, aud: 'gate', groups: ['readers'] },
  })
  rows([
    ['P23: both', () => ({ ...workspace, claims: { hd: 'example.com', email_verified: true } }), allow],
    [
      "P23: a stranger's hd",
      () => ({ ...workspace, claims: { hd: 'example.org', email_verified: true } }),
      forbid('order/claims'),
    ],
    ['P23: no hd', () => ({ ...workspace, claims: { email_verified: true } }), forbid('order/claims')],
    [
      'P23: not verified',
      () => ({ ...workspace, claims: { hd: 'example.com', email_verified: false } }),
      forbid('order/claims'),
    ],
    [
      'P23: verified as a text',
      () => ({ ...workspace, claims: { hd: 'example.com', email_verified: 'true' } }),
      forbid('order/claims'),
    ],
    [
      'a required claim by pointer',
      () => ({ provider: { requiredClaims: ['/org/id'] }, claims: { org: { id: 0 } } }),
      allow,
    ],
    [
      'one that is null',
      () => ({ provider: { requiredClaims: ['/org/id'] }, claims: { org: { id: null } } }),
      forbid('order/required-claim'),
    ],
    ['P24: scope', () => ({ ...scoped, claims: { scope: 'openid files:read' } }), allow],
    ['P24: scp', () => ({ ...scoped, claims: { scp: ['files:read'] } }), allow],
    ['P24: another scope', () => ({ ...scoped, claims: { scope: 'openid files:readers' } }), forbid('paths/scopes')],
    ['P24: none', () => scoped, forbid('paths/scopes')],
    ['scope as an array', () => ({ ...scoped, claims: { scope: ['openid', 'files:read'] } }), allow],
    ['scp as one string', () => ({ ...scoped, claims: { scp: 'files:read openid' } }), allow],
    [
      'scope hides scp',
      () => ({ ...scoped, claims: { scope: 'openid', scp: ['files:read'] } }),
      forbid('paths/scopes'),
    ],
    [
      'two scopes, one of them there',
      () => ({ route: { scopes: ['a', 'b'] }, claims: { scope: 'a' } }),
      forbid('paths/scopes'),
    ],
    ["a route's rule", () => ({ ...level, claims: { level: 3 } }), allow],
    ['one member of an array', () => ({ ...level, claims: { level: [1, 2] } }), allow],
    ['the number as a text', () => ({ ...level, claims: { level: '3' } }), forbid('paths/claims')],
    ['another number', () => ({ ...level, claims: { level: 4 } }), forbid('paths/claims')],
    ['contains', () => ({ ...contains, claims: { realm_access: { roles: ['x', 'writer'] } } }), allow],
    [
      'contains and no array',
      () => ({ ...contains, claims: { realm_access: { roles: 'writer' } } }),
      forbid('paths/claims'),
    ],
    ['P32: the provider that the route trusts', () => byStaff, allow],
    ['P32: the same subject of another', () => ({ ...byStaff, ...byPartners() }), forbid('paths/provider')],
    [
      'P32: both, where the route says so',
      () => ({ ...byStaff, route: { path: '/users/{sub}/*', provider: ['staff', 'partners'] }, ...byPartners() }),
      allow,
    ],
    [
      'P32: a group of the same name',
      () => ({
        provider: { groupsClaim: 'groups' },
        others: { partners: { ...partners, groupsClaim: 'groups' } },
        route: { provider: 'staff', groups: ['readers'] },
        ...byPartners(),
      }),
      forbid('paths/provider'),
    ],
    [
      'a public route of a policy with several',
      () => ({ others: { partners }, route: { public: true }, headers: {} }),
      allow,
    ],
  ])
})
