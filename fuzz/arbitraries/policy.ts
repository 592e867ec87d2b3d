import fc from 'fast-check'
import type {
  ClaimRules,
  CredentialSource,
  Policy,
  Provider,
  Route,
  SignIn,
  SitePolicy,
} from '../../authorizer/policy.ts'
import { parsePattern, patternShape } from '../../config/route-pattern.ts'
import { siteFaults } from '../../config/site-checks.ts'

type Site = Omit<SitePolicy, 'routes'>

const pages = [
  '<!doctype html><title>Please log in</title><style>p{color:red}</style><p>Grüße {path}',
  '<!doctype html>\r\n<style>\r\na{}</style><!-- <style>b{}</style> --><style media="(a>b)"></style><p>No',
] as const

const site: fc.Arbitrary<Site> = fc
  .record(
    {
      credentials: credentials(),
      jwks: fc.record(
        {
          maxAge: fc.constantFrom(60, 3600),
          maxStale: fc.constantFrom(0, 600, 86_400),
          cooldown: fc.constantFrom(1, 10, 30),
        },
        { requiredKeys: [] },
      ),
      clockToleranceSeconds: fc.constantFrom(0, 5, 60),
      methods: fc.constantFrom<readonly string[]>(['GET', 'HEAD'], ['GET'], ['GET', 'POST', 'OPTIONS']),
      corsPreflight: fc.boolean(),
      corsOrigins: fc.constantFrom<readonly string[]>(
        [],
        ['https://app.example.com'],
        ['https://app.example.com:8443', 'https://*.example.com'],
      ),
      index: fc.constantFrom('index.html', 'start here+.html'),
      slash: fc.constant('redirect'),
      deny: fc.constantFrom<NonNullable<Policy['deny']>>(
        {},
        { unauthenticated: { status: 404 }, forbidden: { status: 404 } },
        { unauthenticated: { redirect: 'https://login.example.com/' } },
        {
          unauthenticated: { redirect: 'https://login.example.com/?a=b', returnTo: 'next' },
          forbidden: { status: 403 },
        },
        { unauthenticated: { redirect: '/login', redirectOn: 'always', returnTo: 'to', returnQuery: true } },
        {
          unauthenticated: { redirect: '/login?a', returnTo: 'to', returnQuery: true, status: 403, page: pages[0] },
          forbidden: { status: 404, page: pages[1] },
        },
        { unauthenticated: { page: pages[1] }, forbidden: { page: pages[0] } },
      ),
    },
    { requiredKeys: [] },
  )
  .map((fields) => fields as Site)

/** One source, or two or three. */
function credentials(): fc.Arbitrary<NonNullable<Policy['credentials']>> {
  const source = fc.constantFrom<CredentialSource>(
    'header',
    { cookie: 'session' },
    { cookie: 'CognitoIdentityServiceProvider.{client}.*.accessToken' },
    { cookie: 'CognitoIdentityServiceProvider.{client}.{lastUser}.accessToken' },
    // Nothing but the end of the name is known.
    { cookie: '*.accessToken' },
    { cookie: 'auth', chunks: true },
    { header: 'cf-access-jwt-assertion', scheme: null },
    { header: 'x-token', scheme: 'JWT' },
  )
  const several = fc.uniqueArray(source, { minLength: 2, maxLength: 3, selector: (one) => JSON.stringify(one) })
  return fc.oneof({ weight: 3, arbitrary: source }, { weight: 1, arbitrary: several })
}

const tenants = ['6babcaad-604b-40ac-a9d7-9fd97c0b779f', '9188040d-6c67-4c5b-b112-36a304b66dad']

/** A provider whose issuers are all at this host. */
function provider(host: string): fc.Arbitrary<Provider> {
  const keys = `https://${host}/keys`
  const issuers = fc.constantFrom<Pick<Provider, 'issuer' | 'jwksUri' | 'tenants'>>(
    { issuer: `https://${host}/us-east-1_EXAMPLE01` },
    { issuer: `https://${host}/` },
    { issuer: [`https://${host}/us-east-1_EXAMPLE01`, `https://issuer.${host}/us-east-1_EXAMPLE01`] },
    // No URLs (RFC 7519 4.1.1), and one set of keys for both.
    { issuer: [host, `https://${host}`], jwksUri: keys },
    { issuer: `https://${host}/{tid}/v2.0`, jwksUri: keys, tenants },
    { issuer: `https://${host}/{tid}/v2.0`, jwksUri: keys, tenants: 'any' },
  )
  const fields = fc.record(
    {
      tokenUse: fc.constantFrom<Provider['tokenUse']>('access', 'id', null),
      clientIds: fc.constantFrom<readonly string[]>(['exampleclient'], [`${host}-client`, 'second']),
      clientClaim: fc.constantFrom('azp', 'appid', 'client_id'),
      audiences: fc.constantFrom<readonly string[]>(['https://files.example.com'], ['files', 'reports']),
      types: fc.constantFrom<readonly string[]>(['at+jwt'], ['JWT', 'application/at+jwt']),
      algorithms: fc.constantFrom<NonNullable<Provider['algorithms']>>(
        ['RS256'],
        ['ES256'],
        ['EdDSA'],
        ['Ed25519'],
        ['PS256', 'RS256'],
        ['ES256', 'RS256'],
        ['ES512'],
      ),
      kid: fc.constantFrom('required', 'optional'),
      cnf: fc.constantFrom('refuse', 'ignore'),
      groupsClaim: fc.constantFrom<NonNullable<Provider['groupsClaim']>>(
        'cognito:groups',
        'groups',
        'https://example.com/roles',
        '/realm_access/roles',
        '/a~1b/~01/0',
        { claim: 'scope', split: ' ' },
        { claim: '/org/groups', split: ',' },
      ),
      requiredClaims: fc.constantFrom<readonly string[]>([], ['jti'], ['scope', 'custom:tenant'], ['/org/id']),
      claims: rules(),
    },
    { requiredKeys: ['tokenUse', 'clientIds'] },
  )
  // An id token's aud is one string, and cannot name the client and an audience.
  const isAmbiguous = ({ tokenUse, clientClaim, audiences }: Partial<Provider>) =>
    tokenUse === 'id' && clientClaim === undefined && audiences !== undefined
  return fc
    .tuple(issuers, fields)
    .map(([place, all]) => ({ ...place, ...all }) as Provider)
    .filter((one) => !isAmbiguous(one))
}

/** Each kind of rule and of value. */
function rules(): fc.Arbitrary<ClaimRules> {
  return fc.constantFrom<ClaimRules>(
    { email_verified: true },
    { disabled: false, hd: ['example.com', 'example.org'] },
    { level: [0, 2] },
    { '/org/tier': 'gold', amr: { contains: ['mfa', 'otp'] } },
    { 'https://example.com/trusted': { contains: true } },
  )
}

/** One to six routes, no two of one shape. With several providers each that looks at a token says whose. */
function routes(providers: readonly string[]): fc.Arbitrary<Route[]> {
  const literal = fc.constantFrom('public', 'users', 'groups', 'a', 'A', 'été', 'with space', 'g1')
  const capture = fc.constantFrom(
    '{sub}',
    '{group}',
    '{claim:custom:tenant}',
    '{claim:username}',
    '{claim:/org/id}',
    '{claim:https://example.com/tenant}',
    '{claim:level}',
  )
  const part = fc.constantFrom('*', '*.css', 'a-*', 'a-*-a.txt', 'c++-*', 'with space *', '*.tar.gz', 'index.*')
  const heldPart = fc.constantFrom('{sub}.pdf', 'us-east-1:{sub}', 'a-{group}-a.txt', '{claim:level}.css', 'c++{group}')
  const ending = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('*', 'index.html', '') },
    { weight: 1, arbitrary: fc.constantFrom('*.css', 'a-*.css', '*.tar.css', 'c++-*.html') },
  )
  const open = fc
    .tuple(
      fc.array(fc.oneof({ weight: 4, arbitrary: literal }, { weight: 1, arbitrary: part }), { maxLength: 2 }),
      ending,
    )
    .map(([parts, end]): Route => ({ path: `/${[...parts, end].join('/')}`, public: true }))
  const asked = fc.record(
    {
      groups: fc.constant(['analysts', 'g1']),
      scopes: fc.constantFrom<readonly string[]>(['files:read'], ['files:read', 'files']),
      claims: rules(),
    },
    { requiredKeys: [] },
  )
  const trusted =
    providers.length === 0
      ? fc.constant([])
      : fc.subarray([...providers], { minLength: 1, maxLength: providers.length })
  const guarded = fc
    .tuple(
      fc.array(
        fc.oneof(
          { weight: 3, arbitrary: literal },
          { weight: 3, arbitrary: capture },
          { weight: 1, arbitrary: part },
          { weight: 1, arbitrary: heldPart },
        ),
        { minLength: 1, maxLength: 3 },
      ),
      ending,
      fc.option(fc.constantFrom('md5', 'sha256'), { nil: undefined }),
      fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: asked }),
      trusted,
    )
    .map(([parts, end, hash, rights, whose]): Route => {
      const path = `/${[...parts, end].join('/')}`
      const [only, ...others] = whose
      return {
        path,
        ...(hash !== undefined && path.includes('{') ? { hash } : {}),
        ...rights,
        ...(only === undefined ? {} : { provider: others.length === 0 ? only : whose }),
      }
    })
  const plain = fc.uniqueArray(fc.oneof({ weight: 1, arbitrary: open }, { weight: 3, arbitrary: guarded }), {
    minLength: 1,
    maxLength: 6,
    selector: patternShape,
  })
  return fc.tuple(plain, fc.option(fc.nat(5), { nil: undefined })).map(([all, at]) => withApp(all, at))
}

/** One of the routes is of a single-page app, whose shell is on it, too. */
function withApp(routes: readonly Route[], at: number | undefined): Route[] {
  return routes.map((route, index) => {
    const texts = parsePattern(route.path).map((segment) => (segment.kind === 'literal' ? segment.text : undefined))
    const isFolder = route.path.endsWith('/*') && !texts.slice(0, -1).includes(undefined)
    return index === at && isFolder ? { ...route, app: `/${[...texts.slice(0, -1), 'shell+ü'].join('/')}` } : route
  })
}

const signIns: readonly Partial<SignIn>[] = [
  {},
  {
    hosts: ['d111111abcdef8.cloudfront.net'],
    parameters: { audience: 'files & reports' },
    scopes: ['openid', 'files'],
  },
  { hosts: ['d111111abcdef8.cloudfront.net', 'files.example.com'], refresh: 'any', responseIss: true },
  {
    hosts: ['d111111abcdef8.cloudfront.net'],
    paths: { callback: '/~cb', refresh: '/~again', signOut: '/~out' },
    endpoints: {
      authorization: 'https://login.example.org/authorize',
      token: 'https://login.example.org/token',
      logout: 'https://login.example.org/logout',
    },
    logout: 'cognito',
  },
]

/** The same site for visitors who sign in: by the first provider, with credentials in headers, and an end that is public. */
function withSignIn(policy: Policy, fields: Partial<SignIn>): Policy {
  const { providers } = policy
  const [name, first] = Object.entries(providers ?? { default: policy as Provider })[0] ?? []
  const sources = [policy.credentials ?? 'header'].flat() as CredentialSource[]
  const headers = sources.filter((source) => source === 'header' || 'header' in source)
  const {
    redirect: _login,
    returnTo: _to,
    returnQuery: _query,
    redirectOn: _on,
    ...unauthenticated
  } = policy.deny?.unauthenticated ?? {}
  const { credentials: _sources, ...others } = policy
  return {
    ...others,
    ...(headers.length > 0 ? { credentials: headers } : {}),
    ...(policy.deny ? { deny: { ...policy.deny, unauthenticated } } : {}),
    routes: [...policy.routes, { path: '/bye.html', public: true }],
    signIn: {
      ...(providers && name !== undefined ? { provider: name } : {}),
      client: first?.clientIds[0] ?? '',
      endpoints: { authorization: 'https://login.example.org/authorize', token: 'https://login.example.org/token' },
      afterSignOut: '/bye.html',
      ...fields,
    },
  }
}

/** What a user may write: a directory that is written out has a route for its index, a login page is for everybody. */
function isSound(policy: Policy): boolean {
  return siteFaults(policy).length === 0
}

/** A valid policy of any shape: every kind of provider, route, credential, answer and key life, in any combination. */
export const anyPolicy: fc.Arbitrary<Policy> = fc
  .oneof(
    fc
      .tuple(site, provider('one.example.com'), routes([]))
      .map(([fields, one, all]): Policy => ({ ...fields, ...one, routes: all })),
    fc
      .tuple(
        site,
        provider('one.example.com'),
        provider('two.example.com'),
        fc.option(provider('three.example.com'), { nil: undefined, freq: 2 }),
      )
      .chain(([fields, staff, partners, guests]) => {
        const providers: Record<string, Provider> = { staff, partners, ...(guests ? { guests } : {}) }
        return routes(Object.keys(providers)).map((all): Policy => ({ ...fields, providers, routes: all }))
      }),
  )
  .chain((policy) => {
    const signedIn = fc.constantFrom(...signIns).map((fields) => withSignIn(policy, fields))
    // Not every site can have it: a session's token may be none that its provider's rules take.
    return fc.oneof({ weight: 3, arbitrary: fc.constant(policy) }, { weight: 1, arbitrary: signedIn })
  })
  .filter(isSound)
