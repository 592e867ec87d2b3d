import { describe, expect, it } from 'vitest'
import type { OneProviderPolicy, Provider, ProvidersPolicy } from '../authorizer/policy.ts'
import { parsePolicy } from './config.ts'
import { toEdgePolicy } from './edge-policy.ts'

const policy: OneProviderPolicy = {
  issuer: 'https://issuer.example.com/pool',
  clientIds: ['web', 'app'],
  routes: [{ path: '/*' }],
}
const edge = (fields: Partial<OneProviderPolicy> = {}) => toEdgePolicy(parsePolicy({ ...policy, ...fields }))

const provider: Provider = { issuer: 'https://issuer.example.com/pool', clientIds: ['web', 'app'], tokenUse: 'access' }
const edgeOfTwo = (staff: Partial<Provider>, site: Partial<ProvidersPolicy> = {}) =>
  toEdgePolicy(
    parsePolicy({
      providers: {
        staff: { ...provider, ...staff },
        partners: { issuer: 'https://partners.example.org/', clientIds: ['gate', 'web'], tokenUse: null },
      },
      routes: [{ path: '/*' }],
      ...site,
    }),
  )

describe('the policy at the edge', () => {
  it('has every default filled in', () => {
    expect(edge()).toEqual({
      providers: [
        {
          tokenUse: 'access',
          clientIds: ['web', 'app'],
          clientClaim: 'client_id',
          algorithms: ['RS256'],
          groupsClaim: 'cognito:groups',
          requiredClaims: [],
        },
      ],
      issuers: [
        {
          issuer: 'https://issuer.example.com/pool',
          jwksUri: 'https://issuer.example.com/pool/.well-known/jwks.json',
          provider: 0,
        },
      ],
      sources: [{ header: 'authorization', scheme: 'Bearer' }],
      capturedClaims: [],
      conditions: [],
      jwks: { maxAge: 3_600_000, maxStale: 86_400_000, cooldown: 10_000 },
      clockTolerance: 0,
      routes: [{ segments: [], rest: true }],
      methods: ['GET', 'HEAD'],
      denialHeaders: {
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'",
        'strict-transport-security': 'max-age=63072000',
        'x-content-type-options': 'nosniff',
      },
      corsPreflight: false,
      corsOrigins: [],
      unauthenticated: { status: 401 },
      forbidden: { status: 403 },
    })
  })

  it.each([
    [{}, 'max-age=63072000'],
    [{ includeSubDomains: true }, 'max-age=63072000; includeSubDomains'],
    [{ maxAge: 0, includeSubDomains: false }, 'max-age=0'],
  ])("has the site's HSTS %j in denials", (hsts, value) => {
    expect(toEdgePolicy(policy, hsts).denialHeaders['strict-transport-security']).toBe(value)
  })

  it.each<[string, Partial<OneProviderPolicy>]>([
    ['with nothing said', {}],
    ['with tokenUse', { tokenUse: null }],
    [
      'with everything said',
      {
        issuer: ['https://a.example/{tid}/v2.0', 'b.example'],
        jwksUri: 'https://a.example/keys',
        tenants: ['a'],
        tokenUse: 'id',
        clientClaim: 'azp',
        audiences: ['https://files.example.com'],
        types: ['at+jwt'],
        algorithms: ['ES256'],
        kid: 'optional',
        cnf: 'ignore',
        groupsClaim: { claim: '/roles/all', split: ' ' },
        requiredClaims: ['email'],
        claims: { hd: 'example.com' },
      },
    ],
  ])('of the first form is that of its expansion, %s', (_, fields) => {
    const { routes, ...first } = { ...policy, ...fields }
    const expansion = { providers: { default: { tokenUse: 'access', ...first } }, routes }
    expect(edge(fields)).toEqual(toEdgePolicy(parsePolicy(expansion)))
  })

  it('survives being written as JSON', () => {
    const full = edge({
      credentials: { cookie: 'a.{client}.*.b' },
      routes: [{ path: '/v/{group}/{claim:a}/*', hash: 'md5', groups: ['x'] }],
    })
    expect(JSON.parse(JSON.stringify(full))).toEqual(full)
  })

  it('keeps tokenUse null apart from its default', () => {
    expect(edge({ tokenUse: null }).providers[0]).toMatchObject({ tokenUse: null, clientClaim: 'aud' })
  })

  it('counts in milliseconds', () => {
    expect(edge({ jwks: { maxAge: 60, maxStale: 0, cooldown: 0.5 }, clockToleranceSeconds: 5 })).toMatchObject({
      jwks: { maxAge: 60_000, maxStale: 0, cooldown: 500 },
      clockTolerance: 5000,
    })
  })

  it('pairs each issuer with its key set', () => {
    expect(
      edge({
        issuer: ['https://a.example', 'https://b.example'],
        jwksUri: ['https://k.example/a', 'https://k.example/b'],
      }).issuers,
    ).toEqual([
      { issuer: 'https://a.example', jwksUri: 'https://k.example/a', provider: 0 },
      { issuer: 'https://b.example', jwksUri: 'https://k.example/b', provider: 0 },
    ])
    expect(edge({ issuer: ['https://a.example', 'https://b.example'] }).issuers[1]).toEqual({
      issuer: 'https://b.example',
      jwksUri: 'https://b.example/.well-known/jwks.json',
      provider: 0,
    })
  })

  it('gives several issuers one key set', () => {
    const issuers = edge({ issuer: ['a', 'b'], jwksUri: 'https://k.example/' }).issuers
    expect(issuers.map(({ jwksUri }) => jwksUri)).toEqual(['https://k.example/', 'https://k.example/'])
  })

  it('takes one slash off an issuer before it looks for its keys', () => {
    expect(edge({ issuer: 'https://tenant.eu.auth.example/' }).issuers).toEqual([
      {
        issuer: 'https://tenant.eu.auth.example/',
        jwksUri: 'https://tenant.eu.auth.example/.well-known/jwks.json',
        provider: 0,
      },
    ])
  })

  it.each<[OneProviderPolicy['tenants'], object]>([
    [['a', 'b'], { after: '/v2.0', allowed: ['a', 'b'] }],
    ['any', { after: '/v2.0' }],
  ])('cuts an issuer at its tenant, of %j', (tenants, tenant) => {
    const jwksUri = 'https://k.example/keys'
    expect(edge({ issuer: 'https://a.example/{tid}/v2.0', jwksUri, ...(tenants && { tenants }) }).issuers).toEqual([
      { issuer: 'https://a.example/', tenant, jwksUri, provider: 0 },
    ])
  })

  it('keeps what is said of tokens with their provider', () => {
    const { providers, issuers } = edgeOfTwo({
      clientClaim: 'azp',
      audiences: ['https://files.example.com'],
      types: ['application/at+JWT', 'JWT'],
      algorithms: ['RS512'],
      kid: 'optional',
      cnf: 'ignore',
      groupsClaim: { claim: '/realm_access/roles', split: ',' },
      requiredClaims: ['/a~1b/c', 'd'],
      claims: { hd: 'example.com', '/org/level': [2, 3], amr: { contains: 'mfa' } },
    })
    expect(providers).toEqual([
      {
        tokenUse: 'access',
        clientIds: ['web', 'app'],
        clientClaim: 'azp',
        audiences: ['https://files.example.com'],
        types: ['at+jwt', 'jwt'],
        algorithms: ['RS512'],
        unnamedKeys: true,
        unbound: true,
        groupsClaim: ['realm_access', 'roles'],
        groupsSplit: ',',
        requiredClaims: [['a/b', 'c'], 'd'],
        rules: [
          { claim: 'hd', values: ['example.com'] },
          { claim: ['org', 'level'], values: [2, 3] },
          { claim: 'amr', values: ['mfa'], list: true },
        ],
      },
      {
        tokenUse: null,
        clientIds: ['gate', 'web'],
        clientClaim: 'aud',
        algorithms: ['RS256'],
        groupsClaim: 'cognito:groups',
        requiredClaims: [],
      },
    ])
    expect(issuers.map((issuer) => issuer.provider)).toEqual([0, 1])
  })

  it('lists what routes ask of tokens once, and whose tokens open them', () => {
    const { routes, conditions } = edgeOfTwo(
      {},
      {
        routes: [
          { path: '/a', provider: 'partners', scopes: ['read', 'write'], claims: { level: [2, 3] } },
          { path: '/b', provider: ['staff', 'partners'], scopes: ['write'], claims: { level: { contains: 2 } } },
          { path: '/c' },
        ],
      },
    )
    expect(conditions).toEqual([
      { scope: 'read' },
      { scope: 'write' },
      { claim: 'level', values: [2, 3] },
      { claim: 'level', values: [2], list: true },
    ])
    expect(routes).toEqual([
      { segments: ['a'], scopes: ['read', 'write'], conditions: [0, 1, 2], providers: [1] },
      { segments: ['b'], scopes: ['write'], conditions: [1, 3], providers: [0, 1] },
      { segments: ['c'] },
    ])
  })

  it('lists the sources in their order', () => {
    const { sources } = edgeOfTwo(
      {},
      {
        credentials: [
          { header: 'Cf-Access-Jwt-Assertion', scheme: null },
          { header: 'X-Token', scheme: 'JWT' },
          'header',
          { cookie: 'session', chunks: true },
          { cookie: 'pool.{client}.{lastUser}.accessToken' },
        ],
      },
    )
    expect(sources).toEqual([
      { header: 'cf-access-jwt-assertion' },
      { header: 'x-token', scheme: 'JWT' },
      { header: 'authorization', scheme: 'Bearer' },
      { cookies: [['session']], chunks: true },
      {
        cookies: ['web', 'app', 'gate'].map((client) => [`pool.${client}.`, '.accessToken']),
        lastUser: true,
      },
    ])
  })

  it.each<[string, readonly (readonly string[])[]]>([
    ['id', [['id']]],
    ['pool.{client}.token', [['pool.web.token'], ['pool.app.token']]],
    ['pool.*.token', [['pool.', '.token']]],
    [
      'pool.{client}.*.token',
      [
        ['pool.web.', '.token'],
        ['pool.app.', '.token'],
      ],
    ],
    [
      '*.{client}',
      [
        ['', '.web'],
        ['', '.app'],
      ],
    ],
    ['pool.*', [['pool.', '']]],
  ])('takes the cookie name %s apart', (cookie, names) => {
    expect(edge({ credentials: { cookie } }).sources).toEqual([{ cookies: names }])
  })

  it('writes a client id into the cookie name as it is, dollar signs and all', () => {
    expect(edge({ clientIds: ['$&$1'], credentials: { cookie: 'a.{client}' } }).sources).toEqual([
      { cookies: [['a.$&$1']] },
    ])
  })

  it('takes routes apart and names each captured claim once', () => {
    const { routes, capturedClaims } = edge({
      routes: [
        { path: '/' },
        { path: '/a b/', public: true },
        { path: '/{sub}/{group}/*', hash: 'sha256', groups: ['x'] },
        { path: '/t/{claim:custom:tenant}/{sub}' },
      ],
    })
    expect(routes).toEqual([
      { segments: [''] },
      { segments: ['a b', ''], public: true },
      { segments: [{ claim: 0 }, {}], rest: true, hash: 'sha256', groups: ['x'] },
      { segments: ['t', { claim: 1 }, { claim: 0 }] },
    ])
    expect(capturedClaims).toEqual(['sub', 'custom:tenant'])
  })

  it.each([
    ['https://login.example.com/', 'https://login.example.com/?to='],
    ['https://login.example.com/?a=1', 'https://login.example.com/?a=1&to='],
  ])('puts the return parameter after %s', (redirect, returnPrefix) => {
    const { unauthenticated } = edge({ deny: { unauthenticated: { redirect, returnTo: 'to' } } })
    expect(unauthenticated).toEqual({ status: 401, location: redirect, returnPrefix })
    expect(edge({ deny: { unauthenticated: { redirect } } }).unauthenticated).toEqual({
      status: 401,
      location: redirect,
    })
  })
})
