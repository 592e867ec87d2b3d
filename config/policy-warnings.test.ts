import { expect, test } from 'vitest'
import type { OneProviderPolicy, Provider } from '../authorizer/policy.ts'
import demo from '../edgeproof.config.ts'
import { parsePolicy } from './config.ts'
import { policyWarnings, type WarningId, warningText } from './policy-warnings.ts'

const pool: OneProviderPolicy = {
  issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE01',
  clientIds: ['web'],
  routes: [{ path: '/users/{sub}/*' }],
}
const other: OneProviderPolicy = { ...pool, issuer: 'https://issuer.example.com', tokenUse: null }
const tenants: Provider = {
  issuer: 'https://login.example.com/{tid}/v2.0',
  jwksUri: 'https://login.example.com/keys',
  tenants: 'any',
  tokenUse: null,
  clientIds: ['web'],
}
const route = (fields: object) => ({ routes: [{ path: '/files/*', ...fields }] })

function warnings(policy: unknown): string[] {
  return policyWarnings(parsePolicy(policy)).map(({ field, id }) => `${field} ${id}`)
}

/** Each danger, where it is, and the nearest policy that has it not. */
const sealKey = Buffer.alloc(32).toString('base64url')
const arn = 'arn:aws:ssm:us-east-1:111122223333:parameter/sign-in'
const signIn = (fields: object) => ({
  ...pool,
  routes: [{ path: '/*' }, { path: '/bye.html', public: true }],
  signIn: {
    client: 'web',
    endpoints: { authorization: 'https://login.example.com/a', token: 'https://login.example.com/t' },
    afterSignOut: '/bye.html',
    ...fields,
  },
})

const cases: [id: WarningId, field: string, dangerous: object, harmless: object][] = [
  ['writable-claim', 'routes[0].path', { ...pool, ...route({ path: '/t/{claim:custom:tenant}/*' }) }, pool],
  [
    'writable-claim',
    'routes[0].path',
    { ...pool, ...route({ path: '/u/{claim:email}/*' }) },
    { ...pool, claims: { email_verified: true }, ...route({ path: '/u/{claim:email}/*' }) },
  ],
  [
    'writable-claim',
    'routes[0].path',
    { ...other, ...route({ path: '/u/{claim:nickname}' }) },
    { ...other, ...route({ path: '/u/{claim:custom:tenant}' }) },
  ],
  [
    'writable-claim',
    'routes[0].claims["/address/country"]',
    { ...pool, ...route({ claims: { '/address/country': 'NZ' } }) },
    { ...pool, ...route({ claims: { '/org/country': 'NZ' } }) },
  ],
  [
    'writable-claim',
    'claims["custom:role"]',
    { ...pool, claims: { 'custom:role': 'reader' } },
    { ...pool, claims: { 'cognito:username': 'ann' } },
  ],
  ['writable-claim', 'groupsClaim', { ...pool, groupsClaim: 'custom:teams' }, { ...pool, groupsClaim: 'teams' }],
  [
    'empty-required-claim',
    'requiredClaims[1]',
    { ...pool, requiredClaims: ['cognito:groups', 'staff'] },
    { ...pool, requiredClaims: ['cognito:groups', 'staff'], claims: { staff: true } },
  ],
  [
    'attribute-type',
    'claims["custom:level"]',
    { ...pool, tokenUse: 'id', claims: { 'custom:level': [2, 3] } },
    { ...other, tokenUse: 'id', claims: { 'custom:level': [2, 3] } },
  ],
  [
    'any-tenant',
    'providers.all.tenants',
    { providers: { all: tenants }, ...route({ path: '/users/{sub}/*' }) },
    { providers: { all: tenants }, ...route({ path: '/users/{sub}/*', claims: { tid: 'ours' } }) },
  ],
  [
    'any-tenant',
    'providers.all.tenants',
    { providers: { all: tenants }, ...route({ groups: ['staff'] }) },
    { providers: { all: { ...tenants, tenants: ['ours'] } }, ...route({ groups: ['staff'] }) },
  ],
  ['kid-optional', 'kid', { ...pool, kid: 'optional' }, { ...pool, kid: 'required' }],
  ['cnf-ignored', 'cnf', { ...pool, cnf: 'ignore' }, { ...pool, cnf: 'refuse' }],
  ['cognito-algorithms', 'algorithms', { ...pool, algorithms: ['ES256'] }, { ...other, algorithms: ['ES256'] }],
  [
    'weak-hash',
    'routes[0].hash',
    { ...pool, ...route({ path: '/v/{group}/*', hash: 'sha1' }) },
    { ...pool, ...route({ path: '/v/{group}/*', hash: 'sha256' }) },
  ],
  [
    'wide-public',
    'routes[1].path',
    { ...pool, routes: [{ path: '/docs/inner/*' }, { path: '/docs/*', public: true }] },
    { ...pool, routes: [{ path: '/docs/inner/*' }, { path: '/doc/*', public: true }] },
  ],
  [
    'wide-public',
    'routes[1].path',
    { ...pool, routes: [{ path: '/{sub}/*' }, { path: '/*', public: true }] },
    { ...pool, routes: [{ path: '/{sub}/*' }, { path: '/public/*', public: true }] },
  ],
  [
    'options-without-preflight',
    'methods',
    { ...pool, methods: ['GET', 'OPTIONS'] },
    { ...pool, methods: ['GET', 'OPTIONS'], corsPreflight: true },
  ],
  ['writing-methods', 'methods', { ...pool, methods: ['GET', 'PUT'] }, { ...pool, methods: ['GET', 'HEAD'] }],
  [
    'clock-tolerance',
    'clockToleranceSeconds',
    { ...pool, clockToleranceSeconds: 121 },
    { ...pool, clockToleranceSeconds: 120 },
  ],
  ['unsealed-session', 'signIn', signIn({}), signIn({ secret: { seal: [sealKey] } })],
  [
    'secret-in-code',
    'signIn.secret',
    signIn({ secret: { seal: [sealKey] } }),
    signIn({ secret: { ssmParameter: arn } }),
  ],
  ['refresh-any', 'signIn.refresh', signIn({ refresh: 'any' }), signIn({ refresh: 'navigation' })],
  ['long-max-age', 'jwks.maxAge', { ...pool, jwks: { maxAge: 86_401 } }, { ...pool, jwks: { maxAge: 86_400 } }],
  [
    'long-max-stale',
    'jwks.maxStale',
    { ...pool, jwks: { maxStale: 604_801 } },
    { ...pool, jwks: { maxStale: 604_800 } },
  ],
]

test.each(cases)('%s at %s, where it is true and nowhere else', (id, field, dangerous, harmless) => {
  expect(warnings(dangerous).filter((line) => line.endsWith(id))).toEqual([`${field} ${id}`])
  expect(warnings(harmless).filter((line) => line.endsWith(id))).toEqual([])
})

test('the demo has one, which is true of it', () => {
  expect(policyWarnings(demo.policy).map(warningText)).toEqual([
    expect.stringMatching(/^routes\[3\]\.hash: .*md5.*; use sha256.* \(weak-hash\)$/),
  ])
})

test('a field of the second form is named with its provider', () => {
  const { routes, ...provider } = pool
  const providers = { staff: { ...provider, tokenUse: 'access', kid: 'optional' } }
  expect(warnings({ providers, routes })).toEqual(['providers.staff.kid kid-optional'])
})

test('a warning says how long', () => {
  const [first] = policyWarnings({ ...pool, jwks: { maxAge: 7 * 86_400 } })
  expect(first?.danger).toContain('7 days')
})
