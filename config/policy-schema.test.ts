import { describe, expect, it } from 'vitest'
import { algorithms } from '../testing/issuer.ts'
import { complaint } from '../testing/policy-complaint.ts'
import { parsePolicy } from './config.ts'

const policy = {
  issuer: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_EXAMPLE01',
  clientIds: ['web'],
  routes: [{ path: '/users/{sub}/*' }],
}

function expectOneLine(value: unknown, path: string, hint: string): void {
  const line = complaint(value)
  expect(line).toContain(`policy.json: ${path}: `)
  expect(line).toContain(hint)
  expect(line).not.toContain('\n')
}

/** Each of the first segments is a literal in one half of the routes and a capture in the other. */
function routesOfEveryForm(segments: number): { path: string }[] {
  return Array.from({ length: 2 ** segments }, (_, number) => ({
    path: `/${Array.from({ length: segments }, (_, index) => ((number >> index) & 1 ? 'a' : '{sub}')).join('/')}/end`,
  }))
}

const route = (fields: object) => ({ routes: [fields] })

describe('a policy', () => {
  it.each<[string, object]>([
    ['with only what is needed', {}],
    [
      'with several issuers and their key sets',
      { issuer: ['https://a.example', 'https://b.example'], jwksUri: ['https://a.example/k', 'https://b.example/k'] },
    ],
    [
      'with several issuers and one key set',
      { issuer: ['https://a.example', 'https://b.example'], jwksUri: 'https://a.example/k' },
    ],
    ['for the provider default by name', route({ path: '/*', provider: 'default' })],
    ['with $schema', { $schema: './node_modules/edgeproof/dist/reports/schemas/policy.schema.json' }],
    ['with a cookie', { credentials: { cookie: 'CognitoIdentityServiceProvider.{client}.*.accessToken' } }],
    ['for issuers without token_use', { tokenUse: null }],
    ['with all algorithms', { algorithms: [...algorithms] }],
    ['with times', { jwks: { maxAge: 60, maxStale: 0, cooldown: 0.5 }, clockToleranceSeconds: 5 }],
    ['with the default cooldown as maxAge', { jwks: { maxAge: 10 } }],
    [
      'with a login page',
      {
        deny: {
          unauthenticated: { redirect: 'https://login.example.com/?a=1', returnTo: 'to' },
          forbidden: { status: 404 },
        },
      },
    ],
    [
      'with routes of every kind',
      {
        routes: [
          { path: '/' },
          { path: '/public/*', public: true },
          { path: '/vault/{group}/*', hash: 'md5', groups: ['a'] },
          { path: '/t/{claim:custom:tenant}' },
          { path: '/100% free/a:b/*' },
        ],
      },
    ],
    [
      'with routes for scopes and claims',
      route({ path: '/files/*', scopes: ['files:read', '!#[]~'], claims: { level: [2, 3], '/org/id': 'a' } }),
    ],
    ['with a group named __proto__', route({ path: '/r/*', groups: ['__proto__'] })],
    ['with CORS', { corsPreflight: true, corsOrigins: ['https://app.example.com:8443'], methods: ['GET', 'OPTIONS'] }],
  ])('%s is taken as it stands', (_, fields) => {
    const value = { ...policy, ...fields }
    expect(parsePolicy(value)).toEqual(value)
  })

  it.each([
    ['nothing', undefined, 'the whole'],
    ['null', null, 'the whole'],
    ['an array', [policy], 'the whole'],
    ['a text', 'policy', 'the whole'],
  ])('is not %s', (_, value, path) => {
    expect(complaint(value)).toContain(`policy.json: ${path}: `)
  })

  it.each<[string, object, string, string]>([
    ['issuer undefined', { issuer: undefined }, 'issuer', 'is missing, should be an issuer such as https://'],
    ['an issuer of another type', { issuer: 5 }, 'issuer', 'should be an issuer such as https://'],
    [
      'an escape in a path',
      route({ path: '/a%20b/*' }),
      'routes[0].path',
      'has "%20", which here is three characters: write the path decoded',
    ],
    ['a query in a path', route({ path: '/a?b=c' }), 'routes[0].path', 'has "?": leave the query string out'],
    ['a fragment in a path', route({ path: '/a/#b' }), 'routes[0].path', 'has "#": leave the fragment out'],
    [
      "another router's placeholder",
      route({ path: '/users/:sub/{sub}' }),
      'routes[0].path',
      'has ":sub", which here is plain text: captures are {sub}',
    ],
    ['no cooldown', { jwks: { cooldown: 0 } }, 'jwks.cooldown', 'each token of an unknown key would be a fetch'],
    ['any cookie', { credentials: { cookie: '*' } }, 'credentials.cookie', 'would be any cookie'],
    ['an empty issuer', { issuer: '' }, 'issuer', 'should not be empty'],
    ['issuer over http', { issuer: 'http://issuer.example.com' }, 'issuer', 'should be an https URL'],
    ['issuer without a scheme', { issuer: 'issuer.example.com' }, 'issuer', 'should be an https URL'],
    ['issuer with a query', { issuer: 'https://issuer.example.com/?a' }, 'issuer', 'without user, query or fragment'],
    ['issuer with a user', { issuer: 'https://me@issuer.example.com' }, 'issuer', 'without user, query or fragment'],
    ['an empty list of issuers', { issuer: [] }, 'issuer', 'should name at least one'],
    ['jwksUri over http', { jwksUri: 'http://keys.example.com' }, 'jwksUri', 'should be an https URL'],
    [
      'fewer jwksUri than issuers',
      { issuer: ['https://a.example', 'https://b.example'], jwksUri: ['https://a.example'] },
      'jwksUri',
      'one entry for each issuer',
    ],
    [
      'credentials of another kind',
      { credentials: 'query' },
      'credentials',
      'should be "header", { "header": NAME } or { "cookie": NAME }, or a list of these',
    ],
    ['a cookie name with a space', { credentials: { cookie: 'a b' } }, 'credentials.cookie', 'cookie name'],
    ['a cookie name with two asterisks', { credentials: { cookie: 'a*b*c' } }, 'credentials.cookie', 'cookie name'],
    [
      'a cookie name with another placeholder',
      { credentials: { cookie: 'a.{user}' } },
      'credentials.cookie',
      'cookie name',
    ],
    ['clientIds undefined', { clientIds: undefined }, 'clientIds', 'is missing, should be an array'],
    ['no client', { clientIds: [] }, 'clientIds', 'should name at least one client'],
    ['an empty client', { clientIds: ['a', ''] }, 'clientIds[1]', 'should not be empty'],
    ['another tokenUse', { tokenUse: 'refresh' }, 'tokenUse', 'should be "access", "id" or null'],
    [
      'a required claim that every object has',
      { requiredClaims: ['toString'] },
      'requiredClaims[0]',
      'every object has',
    ],
    ['the required claim __proto__', { requiredClaims: ['__proto__'] }, 'requiredClaims[0]', 'every object has'],
    ['alg none', { algorithms: ['none'] }, 'algorithms[0]', 'should be "RS256", '],
    ['HS256', { algorithms: ['RS256', 'HS256'] }, 'algorithms[1]', '"EdDSA" or "Ed25519"'],
    ['no algorithm', { algorithms: [] }, 'algorithms', 'at least one'],
    ['maxAge negative', { jwks: { maxAge: -1 } }, 'jwks.maxAge', '0 or more'],
    ['maxAge a text', { jwks: { maxAge: '1h' } }, 'jwks.maxAge', 'should be a number'],
    ['maxAge below the cooldown', { jwks: { maxAge: 5, cooldown: 6 } }, 'jwks.maxAge', 'cooldown'],
    ['maxAge below the default cooldown', { jwks: { maxAge: 5 } }, 'jwks.maxAge', 'cooldown'],
    ['the cooldown above the default maxAge', { jwks: { cooldown: 4000 } }, 'jwks.maxAge', 'cooldown'],
    ['a misspelt time', { jwks: { maxage: 100 } }, 'jwks.maxage', 'is not a field; did you mean maxAge?'],
    ['too much tolerance', { clockToleranceSeconds: 601 }, 'clockToleranceSeconds', 'at most 600 seconds'],
    ['routes undefined', { routes: undefined }, 'routes', 'is missing, should be an array'],
    ['no route', { routes: [] }, 'routes', 'at least one route'],
    ['a method that is none', { methods: ['GE T'] }, 'methods[0]', 'HTTP method name'],
    ['no method', { methods: [] }, 'methods', 'at least one'],
    ['an origin with a path', { corsOrigins: ['https://app.example.com/'] }, 'corsOrigins[0]', 'should be an origin'],
    ['the origin *', { corsOrigins: ['*'] }, 'corsOrigins[0]', 'should be an origin'],
    [
      'a login page over http',
      { deny: { unauthenticated: { redirect: 'http://login.example.com/' } } },
      'deny.unauthenticated.redirect',
      'https',
    ],
    [
      'a login page that is relative',
      { deny: { unauthenticated: { redirect: '//login.example.com/' } } },
      'deny.unauthenticated.redirect',
      'should be a path on the same host, such as /login',
    ],
    [
      'a login page with a fragment',
      { deny: { unauthenticated: { redirect: 'https://login.example.com/#a' } } },
      'deny.unauthenticated.redirect',
      'should be in ASCII, without spaces,',
    ],
    [
      'a login page with a line break',
      { deny: { unauthenticated: { redirect: 'https://login.example.com/\r\nx' } } },
      'deny.unauthenticated.redirect',
      'should be in ASCII, without spaces,',
    ],
    [
      'a return parameter with &',
      { deny: { unauthenticated: { redirect: 'https://login.example.com/', returnTo: 'a&b' } } },
      'deny.unauthenticated.returnTo',
      'query parameter',
    ],
    [
      'a redirect of the forbidden',
      { deny: { forbidden: { status: 403, redirect: 'https://login.example.com/' } } },
      'deny.forbidden.redirect',
      'is not a field; remove or rename it',
    ],
    [
      'a status of the forbidden that is for others',
      { deny: { forbidden: { status: 401 } } },
      'deny.forbidden.status',
      'should be 403 or 404',
    ],
    [
      'a return path without a redirect',
      { deny: { unauthenticated: { returnTo: 'to' } } },
      'deny.unauthenticated.returnTo',
      'belongs to a redirect',
    ],
    [
      'a return path in a parameter that is taken',
      { deny: { unauthenticated: { redirect: '/login?to=x', returnTo: 'to' } } },
      'deny.unauthenticated.returnTo',
      'should not be a parameter that the redirect has already',
    ],
    [
      'a query that nothing carries',
      { deny: { unauthenticated: { redirect: 'https://login.example.com/', returnQuery: true } } },
      'deny.unauthenticated.returnQuery',
      'belongs to returnTo',
    ],
    [
      'a page that is too large',
      { deny: { forbidden: { page: 'x'.repeat(8192) } } },
      'deny.forbidden.page',
      'under 8192',
    ],
    ['an index with a slash', { index: 'a/b' }, 'index', 'should be the name of one object'],
    ['another slash', { slash: 'add' }, 'slash', 'should be "redirect"'],
    [
      'a shell that no route matches',
      { routes: [{ path: '/app/*', app: '/shell.html' }] },
      'routes[0].app',
      'no route matches /shell.html',
    ],
    [
      'a login page that needs a token',
      { routes: [{ path: '/*' }], deny: { unauthenticated: { redirect: '/login' } } },
      'deny.unauthenticated.redirect',
      'needs a token itself',
    ],
    [
      'an origin over http where a cookie is sent along',
      { credentials: { cookie: 'session' }, corsOrigins: ['http://app.example.com'] },
      'corsOrigins[0]',
      'should be https where a cookie is the credential',
    ],
    ['any header', { corsHeaders: ['*'] }, 'corsHeaders[0]', 'should be a name'],
    ['an answer of another shape', { deny: { unauthenticated: [] } }, 'deny.unauthenticated', 'should be an object'],
    ['status 200 for the forbidden', { deny: { forbidden: { status: 200 } } }, 'deny.forbidden.status', '403 or 404'],
    ['a misspelt field', { issuers: [] }, 'issuers', 'is not a field; did you mean issuer?'],
    ['an unknown field of a route', route({ path: '/', method: 'GET' }), 'routes[0].method', 'is not a field; remove'],
    ['a field whose name has a line break', { 'a\n': 1 }, '["a\\n"]', 'is not a field'],
    ['a route without a path', route({ groups: ['a'] }), 'routes[0].path', 'is missing, should be a string'],
    ['a route that is none', { routes: ['/a'] }, 'routes[0]', 'should be an object'],
    ['a path without a slash', route({ path: 'a' }), 'routes[0].path', 'must begin with "/"'],
    ['two * in a segment', route({ path: '/a*b*' }), 'routes[0].path', 'holds one capture or one "*"'],
    ['another capture', route({ path: '/{user}' }), 'routes[0].path', '{sub}, {group} and {claim:NAME}'],
    ['two captures in a segment', route({ path: '/{sub}-{group}' }), 'routes[0].path', 'holds one capture or one "*"'],
    ['a claim without a name', route({ path: '/{claim:}' }), 'routes[0].path', '{claim:NAME}'],
    ['a dot segment', route({ path: '/a/../b' }), 'routes[0].path', 'no well-formed URI'],
    ['an empty segment', route({ path: '/a//b' }), 'routes[0].path', 'no well-formed URI'],
    ['a backslash', route({ path: '/a\\b' }), 'routes[0].path', 'no well-formed URI'],
    ['a control character', route({ path: '/a\n' }), 'routes[0].path', 'no well-formed URI'],
    ['a lone surrogate', route({ path: '/\ud800' }), 'routes[0].path', 'no well-formed URI'],
    [
      'a public route with a capture',
      route({ path: '/{sub}', public: true }),
      'routes[0].public',
      'nothing about the token is checked',
    ],
    [
      'a public route with groups',
      route({ path: '/a', public: true, groups: ['a'] }),
      'routes[0].public',
      'nothing about the token is checked',
    ],
    ...[{ scopes: ['a'] }, { claims: { a: 1 } }, { provider: 'default' }, { hash: 'md5' }].map(
      (fields): [string, object, string, string] => [
        `a public route with ${Object.keys(fields)}`,
        route({ path: '/a', public: true, ...fields }),
        'routes[0].public',
        'a public route has no captures, groups or hash, and no provider, scopes or claims: nothing about the token',
      ],
    ),
    ['no scopes', route({ path: '/a', scopes: [] }), 'routes[0].scopes', 'at least one scope'],
    ...['', 'a b', 'a"', 'a\\', 'ä'].map((scope): [string, object, string, string] => [
      `the scope ${JSON.stringify(scope)}`,
      route({ path: '/a', scopes: ['a', scope] }),
      'routes[0].scopes[1]',
      'should be a scope, without spaces (RFC 6749 3.3)',
    ]),
    ['no rule on claims', route({ path: '/a', claims: {} }), 'routes[0].claims', 'at least one claim'],
    ['a rule of another type', route({ path: '/a', claims: { a: null } }), 'routes[0].claims.a', 'should be a text'],
    [
      'a capture of a property of every object',
      route({ path: '/{claim:toString}' }),
      'routes[0].path',
      'has the claim "toString", which should not be the name of a property that every object has',
    ],
    [
      'a route for another provider',
      route({ path: '/a', provider: 'staff' }),
      'routes[0].provider',
      'is none of the providers, which are "default"',
    ],
    ['a hash without a capture', route({ path: '/a', hash: 'md5' }), 'routes[0].hash', 'needs a capture'],
    ['another hash', route({ path: '/{sub}', hash: 'crc32' }), 'routes[0].hash', 'should be "md5"'],
    ['no groups', route({ path: '/a', groups: [] }), 'routes[0].groups', 'at least one group'],
    [
      'two routes of one path',
      { routes: [{ path: '/a' }, { path: '/b' }, { path: '/a', public: true }] },
      'routes[2].path',
      'same shape as routes[0]',
    ],
    [
      'two routes of one shape',
      { routes: [{ path: '/{sub}/*' }, { path: '/{group}/*' }] },
      'routes[1].path',
      'same shape as routes[0]',
    ],
    [
      'routes among which one path leads everywhere',
      { routes: routesOfEveryForm(9) },
      'routes',
      'leads into 1535 beginnings of routes at once',
    ],
  ])('is refused with %s, in one line with the path of the field', (_, fields, path, hint) => {
    expectOneLine({ ...policy, ...fields }, path, hint)
  })

  it('is refused without issuer and clients', () => {
    expect(complaint({ routes: policy.routes })).toBe(
      [
        'policy.json: issuer: is missing; whose tokens are accepted? (or write providers)',
        'policy.json: clientIds: is missing; for which clients are tokens accepted?',
      ].join('\n'),
    )
  })

  it('is refused with all mistakes at once', () => {
    const value = {
      clientIDs: ['web'],
      isuer: 'https://issuer.example.com',
      tokenUse: 'acess',
      credentials: [{ header: 'host' }, { cookie: 'a b' }],
      jwks: { maxAge: 5, maxstale: 1 },
      routes: [{ path: '/a', group: ['a'] }, { path: 'b' }, { path: '/a', public: 1 }],
      deny: { forbidden: { status: 401 } },
    }
    expect(complaint(value)?.split('\n').sort()).toEqual(
      [
        'clientIDs: is not a field; did you mean clientIds?',
        'isuer: is not a field; did you mean issuer?',
        'tokenUse: should be "access", "id" or null',
        'credentials[0].header: should be a header that a viewer may add and CloudFront lets a function remove; for a cookie write { "cookie": NAME }',
        'credentials[1].cookie: should be a cookie name (RFC 6265 4.1.1), where {client}, and one * or {lastUser}, may stand',
        'jwks.maxAge: should be at least the cooldown (default 10 seconds), within which nothing is fetched again',
        'jwks.maxstale: is not a field; did you mean maxStale?',
        'routes[0].group: is not a field; did you mean groups?',
        'routes[1].path: "b" must begin with "/"',
        'routes[2].path: has the same shape as routes[0]; one of the two could never decide',
        'routes[2].public: should be a boolean',
        'deny.forbidden.status: should be 403 or 404',
      ]
        .map((mistake) => `policy.json: ${mistake}`)
        .sort(),
    )
  })

  it('is refused with twenty lines at most', () => {
    const lines = complaint({ ...policy, routes: Array.from({ length: 1000 }, () => ({})) })?.split('\n') ?? []
    expect(lines).toHaveLength(20)
    expect(lines[0]).toBe('policy.json: routes[0].path: is missing, should be a string')
    expect(lines[19]).toBe('policy.json: and 981 more mistakes')
  })

  it('may have as many routes as it likes where a path leads into few of them', () => {
    const literals = Array.from({ length: 4096 }, (_, index) => ({ path: `/a${index}/{sub}/*` }))
    expect(complaint({ ...policy, routes: [...literals, ...routesOfEveryForm(8)] })).toBeUndefined()
  })

  it('may have a literal, a capture and * in one place: their shapes differ', () => {
    expect(
      complaint({ ...policy, routes: [{ path: '/a' }, { path: '/{sub}' }, { path: '/*' }, { path: '/{sub}/' }] }),
    ).toBeUndefined()
  })
})
