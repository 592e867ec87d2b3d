import { describe, expect, it } from 'vitest'
import { complaint } from '../testing/policy-complaint.ts'
import { parsePolicy } from './config.ts'

const entra = 'https://login.microsoftonline.com/{tid}/v2.0'
const keys = 'https://login.microsoftonline.com/common/discovery/v2.0/keys'
const routes = [{ path: '/*' }]

const provider = (fields: object) => ({
  issuer: 'https://staff.example.com',
  tokenUse: null,
  clientIds: ['portal'],
  ...fields,
})
const staff = (fields: object) => ({ providers: { staff: provider(fields) }, routes })
const two = (first: object, second: object) => ({
  providers: { staff: provider(first), partners: provider(second) },
  routes,
})

describe('a provider', () => {
  it.each<[string, object]>([
    ['with only what is needed', {}],
    ['of access tokens', { tokenUse: 'access' }],
    [
      'with both issuers of a Cognito pool',
      {
        issuer: [
          'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE01',
          'https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE01',
        ],
      },
    ],
    ['whose issuer ends with a slash', { issuer: 'https://tenant.eu.auth.example/' }],
    [
      'whose issuers are no https URLs, with an explicit jwksUri',
      {
        issuer: ['accounts.google.com', 'http://adfs.example.com/adfs/services/trust'],
        jwksUri: 'https://keys.example.com/jwks',
      },
    ],
    ['of one of many tenants', { issuer: entra, jwksUri: keys, tenants: ['11111111', '22222222'] }],
    ['of any tenant', { issuer: entra, jwksUri: keys, tenants: 'any' }],
    ['whose client is in azp', { clientClaim: 'azp' }],
    ['with audiences', { audiences: ['https://files.example.com'] }],
    ['with types', { types: ['at+jwt', 'application/at+JWT', 'JWT'] }],
    ['with keys that may have no name', { kid: 'optional' }],
    ['of bound tokens', { cnf: 'ignore' }],
    ['with Ed25519', { algorithms: ['Ed25519'] }],
    ['with groups in a URL-named claim', { groupsClaim: 'https://example.com/roles' }],
    ['with groups in a nested claim', { groupsClaim: '/realm_access/roles' }],
    ['with groups behind escapes', { groupsClaim: '/https:~1~1example.com~0a/roles' }],
    ['with groups in a text', { groupsClaim: { claim: 'scope', split: ' ' } }],
    ['with required claims', { requiredClaims: ['email', '/org/id'] }],
    [
      'with rules of every kind',
      {
        claims: {
          hd: ['example.com', 'example.org'],
          email_verified: true,
          level: [2, 3],
          '/realm_access/roles': { contains: 'reader' },
          amr: { contains: ['mfa', 'hwk'] },
        },
      },
    ],
  ])('%s is taken as it stands', (_, fields) => {
    expect(parsePolicy(staff(fields))).toEqual(staff(fields))
  })

  it.each<[string, object, field: string, message: string]>([
    ['tokenUse missing', { tokenUse: undefined }, 'tokenUse', 'is missing, should be "access", "id" or null'],
    ['issuer missing', { issuer: undefined }, 'issuer', 'is missing, should be an issuer such as https://issuer.exam'],
    ['clientIds missing', { clientIds: undefined }, 'clientIds', 'is missing, should be an array'],
    ['an issuer over http', { issuer: 'http://a.example' }, 'issuer', 'or have an explicit jwksUri'],
    [
      'one of several issuers that is no URL',
      { issuer: ['https://a.example', 'a.example'] },
      'issuer[1]',
      'should be an https URL without user, query or fragment, or have an explicit jwksUri',
    ],
    ['one issuer twice', { issuer: ['https://a.example', 'https://a.example'] }, 'issuer[1]', 'is there twice'],
    [
      'keys over http',
      { jwksUri: 'http://a.example/keys' },
      'jwksUri',
      'should be an https URL without user, query or fragment',
    ],
    [
      'keys at a place with a user',
      { jwksUri: 'https://me@a.example' },
      'jwksUri',
      'should be an https URL without user',
    ],
    [
      'more key sets than issuers',
      { jwksUri: ['https://a.example', 'https://b.example'] },
      'jwksUri',
      'should be one URL, or a list with one entry for each issuer',
    ],
    [
      '{tid} without jwksUri',
      { issuer: entra, tenants: 'any' },
      'jwksUri',
      'is missing; beside {tid} it is one URL for all tenants: a token never chooses a URL to fetch',
    ],
    [
      'a jwksUri with a placeholder',
      { issuer: entra, tenants: 'any', jwksUri: 'https://login.microsoftonline.com/{tid}/keys' },
      'jwksUri',
      'should have no placeholder: a token never chooses a URL to fetch',
    ],
    [
      '{tid} without tenants',
      { issuer: entra, jwksUri: keys },
      'tenants',
      'is missing; beside {tid} it is a list of tenants, or "any"',
    ],
    ['tenants without {tid}', { tenants: ['a'] }, 'tenants', 'needs {tid} in the issuer, where the tenant stands'],
    ['no tenant', { issuer: entra, jwksUri: keys, tenants: [] }, 'tenants', 'should name at least one'],
    ['an empty tenant', { issuer: entra, jwksUri: keys, tenants: [''] }, 'tenants[0]', 'should not be empty'],
    [
      'all tenants',
      { issuer: entra, jwksUri: keys, tenants: 'all' },
      'tenants',
      'should be a list of tenants, or "any"',
    ],
    [
      '{tid} at the beginning',
      { issuer: '{tid}.example.com', jwksUri: keys, tenants: 'any' },
      'issuer',
      'should have text before {tid}',
    ],
    [
      '{tid} twice',
      { issuer: 'https://a.example/{tid}/{tid}', jwksUri: keys, tenants: 'any' },
      'issuer',
      'should hold no braces but those of one {tid}',
    ],
    [
      'another placeholder in the issuer',
      { issuer: 'https://a.example/{tenantid}', jwksUri: keys },
      'issuer',
      'should hold no braces but those of one {tid}',
    ],
    ['no audience', { audiences: [] }, 'audiences', 'should name at least one'],
    ['an empty audience', { audiences: [''] }, 'audiences[0]', 'should not be empty'],
    [
      'a pointer to the client',
      { clientClaim: '/azp' },
      'clientClaim',
      'should be the name of a claim, not a JSON Pointer',
    ],
    ['no name of the client', { clientClaim: '' }, 'clientClaim', 'should not be empty'],
    ['no type', { types: [] }, 'types', 'should name at least one'],
    ['a type with a parameter', { types: ['at+jwt; v=1'] }, 'types[0]', 'should be a media type such as at+jwt'],
    ['another kid', { kid: 'any' }, 'kid', 'should be "required" or "optional"'],
    ['another cnf', { cnf: 'accept' }, 'cnf', 'should be "refuse" or "ignore"'],
    ['groups in a claim without a name', { groupsClaim: '' }, 'groupsClaim', 'should not be empty'],
    ['groups behind an empty step', { groupsClaim: '/a//b' }, 'groupsClaim', 'should have a name after each "/"'],
    ['groups behind a bare slash', { groupsClaim: '/' }, 'groupsClaim', 'should have a name after each "/"'],
    [
      'an escape that is none',
      { groupsClaim: '/a~2' },
      'groupsClaim',
      'should have "~" only as "~0", or as "~1" for "/"',
    ],
    ['a "~" at the end', { groupsClaim: '/a~' }, 'groupsClaim', 'should have "~" only as "~0"'],
    ['groups at a property of every object', { groupsClaim: '/a/constructor' }, 'groupsClaim', 'every object has'],
    ['groups that are split nowhere', { groupsClaim: { claim: 'scope', split: '' } }, 'groupsClaim.split', 'empty'],
    ['groups that may be split', { groupsClaim: { claim: 'scope' } }, 'groupsClaim.split', 'is missing, should be a'],
    [
      'groups of another shape',
      { groupsClaim: ['a'] },
      'groupsClaim',
      'should be a claim, or { "claim": CLAIM, "split":',
    ],
    [
      'a required claim behind an empty step',
      { requiredClaims: ['/a/'] },
      'requiredClaims[0]',
      'a name after each "/"',
    ],
    ['no rule', { claims: {} }, 'claims', 'should name at least one claim'],
    ['a rule on a property of every object', { claims: { toString: 'a' } }, 'claims.toString', 'every object has'],
    ['a rule on __proto__', { claims: JSON.parse('{"__proto__":"a"}') }, 'claims.__proto__', 'every object has'],
    ['a rule on a broken pointer', { claims: { '/a~': 1 } }, 'claims["/a~"]', 'should have "~" only as "~0"'],
    ['an empty value', { claims: { hd: '' } }, 'claims.hd', 'should not be empty'],
    ['an empty value in a list', { claims: { hd: ['a', ''] } }, 'claims.hd[1]', 'should not be empty'],
    ['no value', { claims: { hd: [] } }, 'claims.hd', 'should name at least one'],
    ['null as a value', { claims: { hd: null } }, 'claims.hd', 'should be a text that is not empty, true, false or an'],
    ['a fraction', { claims: { level: 1.5 } }, 'claims.level', 'or an integer up to 2^53 - 1'],
    ['a number past 2^53 - 1', { claims: { level: 2 ** 53 } }, 'claims.level', 'or an integer up to 2^53 - 1'],
    ['nothing to contain', { claims: { amr: { contains: [] } } }, 'claims.amr.contains', 'should name at least one'],
    ['a misspelt contains', { claims: { amr: { contain: 'a' } } }, 'claims.amr.contain', 'did you mean contains?'],
    ['a misspelt field', { audience: ['a'] }, 'audience', 'is not a field; did you mean audiences?'],
    ['a field of the whole policy', { credentials: 'header' }, 'credentials', 'is not a field; remove or rename it'],
  ])('is refused with %s, in one line with its path', (_, fields, field, message) => {
    const line = complaint(staff(fields))
    expect(line).toContain(`policy.json: providers.staff.${field}: `)
    expect(line).toContain(message)
    expect(line).not.toContain('\n')
  })
})

describe('several providers', () => {
  it.each<[string, object]>([
    ['of several issuers', two({}, { issuer: 'https://partners.example.org' })],
    [
      'of different tenants of one issuer',
      two({ issuer: entra, jwksUri: keys, tenants: ['a'] }, { issuer: entra, jwksUri: keys, tenants: ['b'] }),
    ],
    ['named as every object is', { providers: { constructor: provider({}) }, routes }],
    [
      'with routes that say whose',
      {
        ...two({}, { issuer: 'https://partners.example.org' }),
        routes: [
          { path: '/public/*', public: true },
          { path: '/any/*' },
          { path: '/users/{sub}/*', provider: 'staff' },
          { path: '/both/*', provider: ['staff', 'partners'], scopes: ['files:read'], claims: { level: [2, 3] } },
        ],
      },
    ],
    ['of one, whose routes need not say it', { ...staff({}), routes: [{ path: '/users/{sub}/*' }] }],
  ])('%s are taken as they stand', (_, policy) => {
    expect(parsePolicy(policy)).toEqual(policy)
  })

  const partners = { issuer: 'https://partners.example.org' }
  const withRoute = (route: object) => ({ ...two({}, partners), routes: [route] })

  it.each<[string, object, path: string, message: string]>([
    ['none', { providers: {}, routes }, 'providers', 'should name at least one provider'],
    ['a list', { providers: [provider({})], routes }, 'providers', 'should be an object'],
    ['one without a name', { providers: { '': provider({}) }, routes }, 'providers[""]', 'should not be empty'],
    [
      'one named __proto__',
      {
        providers: {
          ...JSON.parse('{"__proto__":{}}'),
          ...JSON.parse(`{"__proto__":${JSON.stringify(provider({}))}}`),
        },
        routes,
      },
      'providers.__proto__',
      'should not be the name of a property that every object has',
    ],
    [
      'an issuer of both',
      two({}, { issuer: ['https://a.example', 'https://staff.example.com'] }),
      'providers.partners.issuer[1]',
      'belongs to the provider "staff" already; an issuer belongs to one',
    ],
    [
      'a tenant of both',
      two({ issuer: entra, jwksUri: keys, tenants: ['a', 'b'] }, { issuer: entra, jwksUri: keys, tenants: ['b'] }),
      'providers.partners.issuer',
      'belongs to the provider "staff" already',
    ],
    [
      'any tenant of one, and one of them',
      two({ issuer: entra, jwksUri: keys, tenants: 'any' }, { issuer: entra.replace('{tid}', 'a'), jwksUri: keys }),
      'providers.partners.issuer',
      'belongs to the provider "staff" already',
    ],
    [
      'one tenant, and any',
      two({ issuer: entra.replace('{tid}', 'a'), jwksUri: keys }, { issuer: entra, jwksUri: keys, tenants: 'any' }),
      'providers.partners.issuer',
      'belongs to the provider "staff" already',
    ],
    ...[
      { path: '/{sub}' },
      { path: '/{group}' },
      { path: '/{claim:a}' },
      { path: '/a', groups: ['a'] },
      { path: '/a', scopes: ['a'] },
      { path: '/a', claims: { a: 1 } },
    ].map((route): [string, object, string, string] => [
      `whose is not said by ${JSON.stringify(route)}`,
      withRoute(route),
      'routes[0].provider',
      'is missing; with several providers a route with {sub}, {group}, {claim:…}, groups, scopes or claims says whose',
    ]),
    [
      'a route for one that is not there',
      withRoute({ path: '/a', provider: 'stuff' }),
      'routes[0].provider',
      'is none of the providers, which are "staff", "partners"',
    ],
    [
      'a route for the provider of the first form',
      withRoute({ path: '/a', provider: ['staff', 'default'] }),
      'routes[0].provider[1]',
      'is none of the providers, which are "staff", "partners"',
    ],
    [
      'a route for one twice',
      withRoute({ path: '/a', provider: ['staff', 'staff'] }),
      'routes[0].provider[1]',
      'is there twice',
    ],
    ['a route for nobody', withRoute({ path: '/a', provider: [] }), 'routes[0].provider', 'should name at least one'],
  ])('are refused with %s, in one line with its path', (_, policy, path, message) => {
    const line = complaint(policy)
    expect(line).toContain(`policy.json: ${path}: `)
    expect(line).toContain(message)
    expect(line).not.toContain('\n')
  })

  it.each([
    ['issuer', 'https://a.example'],
    ['clientIds', ['a']],
    ['jwksUri', 'https://a.example'],
    ['tokenUse', 'id'],
    ['requiredClaims', ['a']],
    ['algorithms', ['RS256']],
    ['claims', { a: 1 }],
  ])('are refused beside %s, which belongs into them', (field, value) => {
    expect(complaint({ ...staff({}), [field]: value })).toBe(
      `policy.json: ${field}: belongs into providers, beside the issuer that it is about`,
    )
  })
})
