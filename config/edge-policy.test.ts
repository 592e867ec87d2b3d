import { describe, expect, it } from 'vitest'
import type { Policy } from '../authorizer/policy.ts'
import { parsePolicy } from './config.ts'
import { toEdgePolicy } from './edge-policy.ts'

const policy: Policy = {
  issuer: 'https://issuer.example.com/pool',
  clientIds: ['web', 'app'],
  routes: [{ path: '/*' }],
}
const edge = (fields: Partial<Policy> = {}) => toEdgePolicy(parsePolicy({ ...policy, ...fields }))

describe('the policy at the edge', () => {
  it('has every default filled in', () => {
    expect(edge()).toEqual({
      issuers: [
        { issuer: 'https://issuer.example.com/pool', jwksUri: 'https://issuer.example.com/pool/.well-known/jwks.json' },
      ],
      clientIds: ['web', 'app'],
      tokenUse: 'access',
      requiredClaims: [],
      capturedClaims: [],
      algorithms: ['RS256'],
      jwks: { maxAge: 3_600_000, maxStale: 86_400_000, cooldown: 10_000 },
      clockTolerance: 0,
      routes: [{ segments: [], rest: true }],
      methods: ['GET', 'HEAD'],
      corsPreflight: false,
      corsOrigins: [],
      unauthenticated: { status: 401 },
      forbidden: { status: 403 },
    })
  })

  it('survives being written as JSON', () => {
    const full = edge({
      credentials: { cookie: 'a.{client}.*.b' },
      routes: [{ path: '/v/{group}/{claim:a}/*', hash: 'md5', groups: ['x'] }],
    })
    expect(JSON.parse(JSON.stringify(full))).toEqual(full)
  })

  it('keeps tokenUse null apart from its default', () => {
    expect(edge({ tokenUse: null }).providers[0]?.tokenUse).toBeNull()
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
      { issuer: 'https://a.example', jwksUri: 'https://k.example/a' },
      { issuer: 'https://b.example', jwksUri: 'https://k.example/b' },
    ])
    expect(edge({ issuer: ['https://a.example', 'https://b.example'] }).issuers[1]).toEqual({
      issuer: 'https://b.example',
      jwksUri: 'https://b.example/.well-known/jwks.json',
    })
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
    expect(edge({ deny: { unauthenticated: { redirect, returnTo: 'to' } } }).unauthenticated).toEqual({
      status: 302,
      location: redirect,
      returnPrefix,
    })
    expect(edge({ deny: { unauthenticated: { redirect } } }).unauthenticated).toEqual({
      status: 302,
      location: redirect,
    })
  })
})
