/** What a claim can be, for every rule of SEMANTICS.md that reads one. */
import type { Policy, Provider, Route } from '../../authorizer/policy.ts'
import { absent, type Family } from './family.ts'

const issuer = 'https://issuer.example.com/pool'
const other = 'https://issuer-2.example.com/pool'
const routes: Route[] = [
  { path: '/open/*' },
  { path: '/users/{sub}/*' },
  { path: '/groups/{group}/*' },
  { path: '/team/*', groups: ['g'] },
]
const uris = ['/open/x', '/users/ann/x', '/groups/g/x', '/groups/h/x', '/team/x']

/** Every type that JSON has, right and wrong values, and both inside arrays and objects. */
function shapesOf(right: string, wrong = 'other'): unknown[] {
  const whole = [absent, null, true, false, 0, 7, '', right, wrong, `${right} `, right.toUpperCase()]
  const inArrays = [[], [right], [wrong], [wrong, right], [right, right], [right, 7], [null], [[right]]]
  return [...whole, ...inArrays, {}, { [right]: right }, { 0: right, length: 1 }]
}

const few = (right: string) => [absent, null, right, 'other', [right], 7]

function family(
  name: string,
  policy: Partial<Provider> & { routes?: Route[] },
  shapes: Omit<Family['tokens'] & {}, 'signers'>,
  paths = uris,
): Family {
  const whole = { issuer, algorithms: ['EdDSA'], clientIds: ['web', 'app'], routes, ...policy } as Policy
  return { name, policy: whole, tokens: shapes, uris: paths }
}

/** A capture of this reference, at segments that it should and should not fit. */
function capture(reference: string, claims: Record<string, readonly unknown[]>, hash?: Route['hash']): Family {
  const segments = [
    'a',
    'b',
    'a,b',
    '42',
    '042',
    '42.0',
    '4.2e1',
    '-1',
    '9007199254740992',
    '1e21',
    'true',
    'null',
    '[object%20Object]',
    '%61',
  ]
  const path = `/t/{claim:${reference}}/*`
  return family(
    `a capture of ${reference}${hash ? `, ${hash}` : ''}`,
    { routes: [{ path, ...(hash ? { hash } : {}) }] },
    { claims },
    segments.map((segment) => `/t/${segment}/x`),
  )
}

const captured = [
  ...shapesOf('a', 'b'),
  42,
  -1,
  42.5,
  2 ** 53,
  2 ** 53 - 1,
  1e21,
  '42',
  ['b', 42],
  [42.5, 'a'],
  ['a', ['b']],
  [{ a: 1 }],
  'a,b',
]
const containers = (name: string, inner: readonly unknown[]) => [
  absent,
  null,
  'a',
  ['a'],
  [{ [name]: 'a' }],
  {},
  ...inner.map((value) => (value === absent ? { x: 1 } : { [name]: value })),
]

const rules: Family[] = (
  [
    [{ claims: { level: 'a' } }, 'a value'],
    [{ claims: { level: ['a', 'b'] } }, 'values'],
    [{ claims: { level: true } }, 'true'],
    [{ claims: { level: [2, 3] } }, 'numbers'],
    [{ claims: { level: 0 } }, 'zero'],
    [{ claims: { level: false } }, 'false'],
    [{ claims: { level: { contains: 'a' } } }, 'contains'],
    [{ claims: { level: { contains: ['a', 2] } } }, 'contains one of'],
    [{ claims: { '/org/level': ['a'] } }, 'a pointer'],
    [{ claims: { level: 'a', 'https://example.com/x': 'b' } }, 'two claims'],
  ] as const
).flatMap(([rule, name]) => {
  const level = [...shapesOf('a', 'b'), 2, 3, '2', [2], [0], [true], [false], ['2'], 'a b', '/a']
  const claims = {
    level,
    org: [absent, ...containers('level', ['a', 'b', ['a'], 7])],
    'https://example.com/x': [absent, 'b', ['b'], 'a'],
  }
  return [
    family(`a provider's rule: ${name}`, rule, { claims }, ['/open/x']),
    family(`a route's rule: ${name}`, { routes: [{ path: '/open/*', ...rule }] }, { claims }, ['/open/x']),
  ]
})

const scopeShapes = [...shapesOf('r', 'w'), 'r w', 'w r', 'w  r', 'rw', ' r', 'r\tw', ['w', 'r'], ['r w']]

const types: Family[] = ([undefined, ['at+jwt'], ['JWT', 'logout+jwt']] as const).flatMap((types) =>
  (['refuse', 'ignore'] as const).map((cnf) =>
    family(
      `types ${types?.join(', ') ?? 'by default'}, cnf ${cnf}`,
      { cnf, ...(types ? { types } : {}) },
      {
        header: {
          typ: [
            absent,
            null,
            '',
            'JWT',
            'jwt',
            'at+jwt',
            'AT+JWT',
            'application/at+jwt',
            'application/JWT',
            'Application/At+Jwt',
            'logout+jwt',
            'application/logout+jwt',
            'secevent+jwt',
            'dpop+jwt',
            'JOSE',
            'at+jwt ',
            'text/at+jwt',
            'application/application/at+jwt',
            ['JWT'],
            7,
            { a: 'JWT' },
          ],
        },
        claims: { cnf: [absent, null, false, '', {}, { jkt: 'x' }, 'x', []] },
      },
      ['/open/x', '/users/ann/x'],
    ),
  ),
)

const dates = [
  absent,
  null,
  '1767225600',
  true,
  0,
  -1,
  1767225599,
  1767225600,
  1767225600.5,
  1767225601,
  1767225660,
  1e300,
  [1767225660],
]

const twoProviders: Family = {
  name: 'two providers',
  policy: {
    providers: {
      staff: { issuer, tokenUse: 'access', clientIds: ['web'], algorithms: ['EdDSA'], requiredClaims: ['jti'] },
      guests: {
        issuer: [other, `${issuer}/`],
        jwksUri: 'https://keys.example.com/guests',
        tokenUse: null,
        clientIds: ['kiosk', 'web'],
        clientClaim: 'azp',
        algorithms: ['EdDSA'],
        groupsClaim: '/realm_access/roles',
        audiences: ['https://files.example.com'],
      },
    },
    routes: [
      { path: '/open/*' },
      { path: '/users/{sub}/*', provider: 'staff' },
      { path: '/groups/{group}/*', provider: 'guests' },
      { path: '/both/{sub}/*', provider: ['staff', 'guests'] },
      { path: '/team/*', provider: 'guests', groups: ['g'] },
    ],
  },
  tokens: {
    signers: [0, 1],
    claims: {
      iss: [absent, issuer, `${issuer}/`, other, [issuer], 'https://issuer.example.com'],
      client_id: [absent, 'web', 'kiosk', ['web']],
      azp: [absent, 'web', 'kiosk'],
      aud: [absent, 'https://files.example.com', ['x', 'https://files.example.com'], 'web'],
      token_use: [absent, 'access', 'id'],
      sub: [absent, 'ann', 'bob'],
      'cognito:groups': [absent, ['g']],
      realm_access: [absent, { roles: ['g'] }, { roles: 'g' }],
    },
  },
  uris: ['/open/x', '/users/ann/x', '/groups/g/x', '/both/ann/x', '/team/x'],
}

const tenants: Family[] = (['any', ['t1', 't2']] as const).map((tenants) => ({
  name: `tenants: ${tenants === 'any' ? 'any' : 'two'}`,
  policy: {
    issuer: 'https://login.example.com/{tid}/v2.0',
    jwksUri: 'https://login.example.com/keys',
    tenants,
    tokenUse: null,
    clientIds: ['web'],
    algorithms: ['EdDSA'],
    routes: [{ path: '/open/*' }],
  },
  tokens: {
    claims: {
      aud: ['web'],
      tid: [...shapesOf('t1', 't3'), 't2', 't1/v2.0', '..', '{tid}', '/'],
      iss: [
        absent,
        null,
        ...['t1', 't2', 't3', '', 'null', '7', '..', '{tid}', '/', 't1/v2.0', 't1,t1', '[object Object]'].map(
          (tid) => `https://login.example.com/${tid}/v2.0`,
        ),
        ['https://login.example.com/t1/v2.0'],
        'https://login.example.com/t1/v2.0/',
        'https://login.example.com/t1',
        'https://evil.example/t1/v2.0',
      ],
    },
  },
  uris: ['/open/x'],
}))

export const claimFamilies: readonly Family[] = [
  family(
    'access tokens',
    {},
    {
      claims: {
        client_id: shapesOf('web', 'app'),
        token_use: few('access'),
        aud: few('web'),
        sub: shapesOf('ann', 'bob'),
      },
    },
  ),
  family(
    'id tokens',
    { tokenUse: 'id' },
    { claims: { aud: shapesOf('web', 'app'), token_use: few('id'), client_id: few('web'), azp: few('web') } },
  ),
  family(
    'tokens without token_use',
    { tokenUse: null },
    { claims: { aud: shapesOf('web', 'app'), token_use: few('id'), client_id: few('web'), azp: few('web') } },
  ),
  ...(['azp', 'appid', 'aud', 'https://example.com/client'] as const).flatMap((clientClaim) =>
    (['access', 'id', null] as const).map((tokenUse) =>
      family(
        `the client in ${clientClaim} of ${tokenUse ?? 'other'} tokens, with audiences`,
        { tokenUse, clientClaim, audiences: ['files', 'web'] },
        {
          claims: {
            [clientClaim]: shapesOf('web', 'other'),
            aud: shapesOf('files', 'web'),
            token_use: [absent, 'access', 'id'],
          },
        },
        ['/open/x'],
      ),
    ),
  ),
  family(
    'groups',
    { requiredClaims: ['cognito:groups'] },
    {
      claims: {
        'cognito:groups': [...shapesOf('g', 'h'), ['g', ''], ['g', null], 'g h', 'g,h'],
        sub: shapesOf('ann', 'bob'),
      },
    },
  ),
  family(
    'groups by a URL',
    { groupsClaim: 'https://example.com/roles', requiredClaims: ['https://example.com/roles'] },
    {
      claims: { 'https://example.com/roles': shapesOf('g', 'h'), 'cognito:groups': few('g'), groups: few('g') },
    },
  ),
  family(
    'groups by a pointer',
    { groupsClaim: '/realm_access/roles', requiredClaims: ['/realm_access/roles'] },
    {
      claims: {
        realm_access: containers('roles', [...shapesOf('g', 'h'), ['g', 'h']]),
        'cognito:groups': few('g'),
        '/realm_access/roles': few('g'),
      },
    },
  ),
  family(
    'groups in one string',
    { groupsClaim: { claim: 'scope', split: ' ' } },
    {
      claims: {
        scope: [...shapesOf('g', 'h'), 'g h', 'h  g', ' g', 'gh', 'g,h', ['g', 'h']],
        'cognito:groups': few('g'),
      },
    },
  ),
  capture('tenant', { tenant: captured, sub: few('a') }),
  capture('tenant', { tenant: captured }, 'md5'),
  capture('sub', { sub: captured }),
  capture('https://example.com/tenant', { 'https://example.com/tenant': captured, tenant: few('a') }),
  capture('/org/id', { org: containers('id', captured), '/org/id': few('a') }),
  capture('/a~1b/~0c/d', {
    'a/b': [absent, 'a', { '~c': 'a' }, { '~c': { d: 'a' } }, { '~c': [{ d: 'a' }] }, { '~c': { d: ['b', 'a'] } }],
    a: [absent, { b: { '~c': { d: 'a' } } }],
  }),
  ...rules,
  ...([['r'], ['r', 'w']] as const).map((scopes) =>
    family(
      `scopes ${scopes.join(' and ')}`,
      {
        routes: [
          { path: '/open/*', scopes },
          { path: '/groups/{group}/*', scopes },
        ],
      },
      {
        claims: { scope: scopeShapes, scp: scopeShapes, 'cognito:groups': [absent, ['g']] },
      },
      ['/open/x', '/groups/g/x'],
    ),
  ),
  ...types,
  family('dates', {}, { claims: { exp: dates, nbf: dates, iat: dates } }, ['/open/x']),
  ...tenants,
  twoProviders,
]
