import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { complaint } from '../testing/policy-complaint.ts'

const key = Buffer.alloc(32, 'k').toString('base64url')
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const jwk = { ...privateKey.export({ format: 'jwk' }), kid: '1', alg: 'ES256' }
const endpoints = { authorization: 'https://login.example.com/authorize', token: 'https://login.example.com/token' }
const signIn = { client: 'web', endpoints, afterSignOut: '/bye.html' }
const routes = [{ path: '/*' }, { path: '/bye.html', public: true }]
const policy = { issuer: 'https://issuer.example.com', clientIds: ['web'], routes }
const refusedBy = (fields: object, site: object = {}) =>
  complaint({ ...policy, ...site, signIn: { ...signIn, ...fields } })

describe('signIn', () => {
  it.each<[string, object, object?]>([
    ['with only what is needed', {}],
    [
      'of a confidential client with all that there is',
      {
        provider: 'default',
        endpoints: { ...endpoints, revocation: 'https://login.example.com/r', logout: 'https://login.example.com/l' },
        logout: 'cognito',
        responseIss: true,
        scopes: ['openid', 'email'],
        parameters: { audience: 'https://files.example.com', prompt: 'login' },
        tokenEndpointAuthMethod: 'client_secret_basic',
        paths: { callback: '/cb', refresh: '/rf', signOut: '/out' },
        hosts: ['www.example.com', 'localhost:8443'],
        secret: { seal: [key, key], clientSecret: 'a:b%' },
        refresh: 'any',
        idleSeconds: 3600,
        absoluteSeconds: 43200,
      },
    ],
    ['with a private key', { tokenEndpointAuthMethod: 'private_key_jwt', secret: { seal: [key], privateKey: jwk } }],
    ['with a parameter', { secret: { ssmParameter: 'arn:aws:ssm:us-east-1:111122223333:parameter/site/sign-in' } }],
    ['with a secret', { secret: { secretsManager: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:s-AbCdEf' } }],
    ['for ID tokens', {}, { tokenUse: 'id' }],
    ['beside a header', {}, { credentials: ['header', { header: 'x-token' }] }],
  ])('is taken %s', (_, fields, site) => {
    expect(refusedBy(fields, site)).toBeUndefined()
  })

  it.each<[string, string, string, object, object?]>([
    [
      'an endpoint over http',
      'endpoints.token',
      'https URL',
      { endpoints: { ...endpoints, token: 'http://a.example/t' } },
    ],
    ['no endpoint', 'endpoints.authorization', 'missing', { endpoints: { token: endpoints.token } }],
    ['form_post', 'parameters.response_mode', 'form_post needs', { parameters: { response_mode: 'form_post' } }],
    ['a state of its own', 'parameters.state', 'is set by the protocol', { parameters: { state: 'x' } }],
    ['a redirect of its own', 'parameters.redirect_uri', 'is set by the', { parameters: { redirect_uri: 'x' } }],
    ['a challenge of its own', 'parameters.code_challenge', 'is set by', { parameters: { code_challenge: 'x' } }],
    ['no openid', 'scopes', 'should have "openid"', { scopes: ['email'] }],
    ['a short key', 'secret.seal[0]', '32 random octets', { secret: { seal: ['c2hvcnQ'] } }],
    ['a key with a stray bit', 'secret.seal[0]', '32 random octets', { secret: { seal: [`${key.slice(0, -1)}t`] } }],
    ['three keys', 'secret.seal', 'one key, or two', { secret: { seal: [key, key, key] } }],
    [
      'an ARN of something else',
      'secret.ssmParameter',
      'ARN such as arn:aws:ssm',
      { secret: { ssmParameter: 'arn:aws:s3:::bucket' } },
    ],
    ['an empty secret', 'secret', 'should have seal', { secret: {} }],
    [
      'two places',
      'secret.ssmParameter',
      'cannot stand beside seal',
      { secret: { seal: [key], ssmParameter: 'arn:aws:ssm:us-east-1:111122223333:parameter/x' } },
    ],
    ['an idle limit without a seal', 'idleSeconds', 'needs secret', { idleSeconds: 3600 }],
    ['an absolute limit without a seal', 'absoluteSeconds', 'needs secret', { absoluteSeconds: 3600 }],
    [
      'a longer idle limit than the absolute one',
      'idleSeconds',
      'at most absoluteSeconds',
      { secret: { seal: [key] }, idleSeconds: 7200, absoluteSeconds: 3600 },
    ],
    [
      'a logout without a style',
      'logout',
      'discovery cannot say',
      { endpoints: { ...endpoints, logout: 'https://login.example.com/l' } },
    ],
    ['a style without a logout', 'logout', 'belongs to endpoints.logout', { logout: 'oidc' }],
    [
      'a method without a secret',
      'secret',
      'client_secret_post needs',
      { tokenEndpointAuthMethod: 'client_secret_post' },
    ],
    [
      'a method without its part of the secret',
      'secret.clientSecret',
      'client_secret_basic needs it',
      { tokenEndpointAuthMethod: 'client_secret_basic', secret: { seal: [key] } },
    ],
    ['a secret without a method', 'secret.clientSecret', 'is not used', { secret: { seal: [key], clientSecret: 'x' } }],
    [
      'a public key in place of a private one',
      'secret.privateKey',
      'private JWK',
      { tokenEndpointAuthMethod: 'private_key_jwt', secret: { seal: [key], privateKey: { ...jwk, d: '' } } },
    ],
    [
      'a key for another alg',
      'secret.privateKey',
      'for its alg, RS256',
      { tokenEndpointAuthMethod: 'private_key_jwt', secret: { seal: [key], privateKey: { ...jwk, alg: 'RS256' } } },
    ],
    ['a host with a scheme', 'hosts[0]', 'host in lower case', { hosts: ['http://www.example.com'] }],
    ['a path that is none', 'paths.callback', 'path of letters', { paths: { callback: 'cb' } }],
    ['an escaped path', 'paths.callback', 'path of letters', { paths: { callback: '/c%62' } }],
    ['one path twice', 'paths.refresh', 'same as paths.callback', { paths: { callback: '/x', refresh: '/x' } }],
    [
      'a callback inside a route',
      'paths.callback',
      'is inside a route',
      { paths: { callback: '/files/cb' } },
      { routes: [...routes, { path: '/files/*' }] },
    ],
    [
      'a callback that is an app’s shell',
      'paths.callback',
      'shell of an app',
      { paths: { callback: '/shell' } },
      { routes: [...routes, { path: '/app/*', app: '/shell' }] },
    ],
    ['a protected end', 'afterSignOut', 'needs a token', { afterSignOut: '/private.html' }],
    ['an end without a route', 'afterSignOut', 'no route matches', {}, { routes: [{ path: '/users/{sub}/*' }] }],
    ['an end that is an own path', 'afterSignOut', 'answers itself', { afterSignOut: '/_auth/sign-out' }],
    ['another client', 'client', "none of the provider's clientIds", { client: 'other' }],
    ['an ID token where access tokens count', 'token', 'no session would pass', { token: 'id' }],
    [
      'an access token where ID tokens count',
      'token',
      'no session would pass',
      { token: 'access' },
      { tokenUse: 'id' },
    ],
    [
      'an ID token for other audiences',
      'token',
      'no session would pass',
      { token: 'id' },
      { tokenUse: null, audiences: ['https://files.example.com'] },
    ],
    ['a provider that is not there', 'provider', 'is none of the providers', { provider: 'other' }],
  ])('is refused with %s', (_, field, hint, fields, site) => {
    const lines = refusedBy(fields, site) ?? ''
    expect(lines).toContain(`policy.json: signIn.${field}`)
    expect(lines).toContain(hint)
  })

  it.each<[string, string, string, object]>([
    [
      'a redirect of denials',
      'deny.unauthenticated.redirect',
      'beside signIn',
      { deny: { unauthenticated: { redirect: '/bye.html' } } },
    ],
    ['a cookie as a source', 'credentials[1]', 'is a cookie', { credentials: ['header', { cookie: 'session' }] }],
    ['no GET', 'methods', 'has no GET', { methods: ['HEAD'] }],
    ['nothing but public routes', 'signIn', 'nothing to do', { routes: [{ path: '/*', public: true }] }],
  ])('does not stand beside %s', (_, field, hint, site) => {
    expect(refusedBy({}, site)).toContain(`policy.json: ${field}: `)
    expect(refusedBy({}, site)).toContain(hint)
  })

  it('says which of several providers, one that opens a route', () => {
    const provider = { tokenUse: null, clientIds: ['web'] }
    const several = {
      providers: {
        staff: { ...provider, issuer: 'https://a.example' },
        partners: { ...provider, issuer: 'https://b.example' },
      },
      routes: [
        { path: '/*', provider: 'staff' },
        { path: '/bye.html', public: true },
      ],
    }
    expect(complaint({ ...several, signIn })).toContain('signIn.provider: is missing; it is one of "staff", "partners"')
    expect(complaint({ ...several, signIn: { ...signIn, provider: 'partners' } })).toContain(
      'signIn.provider: opens no route',
    )
    expect(complaint({ ...several, signIn: { ...signIn, provider: 'staff' } })).toBeUndefined()
  })
})
