import fc from 'fast-check'
import type { OneProviderPolicy, Policy, Route } from '../../authorizer/policy.ts'
import { patternShape } from '../../config/route-pattern.ts'

const issuer = 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_EXAMPLE01'
const otherIssuer = 'https://login.example.com/tenant'

/** A valid policy of any shape: every kind of route, credential, token, algorithm, answer and key life, in any combination. */
export const anyPolicy: fc.Arbitrary<Policy> = fc
  .record(
    {
      issuer: fc.constantFrom<OneProviderPolicy['issuer']>(issuer, [issuer], [issuer, otherIssuer]),
      clientIds: fc.constantFrom<OneProviderPolicy['clientIds']>(['exampleclient'], ['exampleclient', 'second']),
      routes: routes(),
      credentials: fc.constantFrom<NonNullable<Policy['credentials']>>(
        'header',
        { cookie: 'session' },
        { cookie: 'CognitoIdentityServiceProvider.{client}.*.accessToken' },
      ),
      tokenUse: fc.constantFrom<'access' | 'id' | null>('access', 'id', null),
      requiredClaims: fc.constantFrom<readonly string[]>([], ['cognito:groups'], ['scope', 'custom:tenant']),
      algorithms: fc.constantFrom<NonNullable<OneProviderPolicy['algorithms']>>(
        ['RS256'],
        ['ES256'],
        ['EdDSA'],
        ['PS256', 'RS256'],
        ['ES512'],
      ),
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
      corsOrigins: fc.constantFrom<readonly string[]>([], ['https://app.example.com']),
      deny: fc.constantFrom<NonNullable<Policy['deny']>>(
        {},
        { unauthenticated: { status: 404 }, forbidden: { status: 404 } },
        { unauthenticated: { redirect: 'https://login.example.com/' } },
        {
          unauthenticated: { redirect: 'https://login.example.com/?a=b', returnTo: 'next' },
          forbidden: { status: 403 },
        },
      ),
    },
    { requiredKeys: ['issuer', 'clientIds', 'routes'] },
  )
  .map((policy) => policy as Policy)

/** One to six routes, no two of one shape. */
function routes(): fc.Arbitrary<Route[]> {
  const literal = fc.constantFrom('public', 'users', 'groups', 'a', 'A', 'été', 'with space', 'g1')
  const capture = fc.constantFrom('{sub}', '{group}', '{claim:custom:tenant}', '{claim:username}')
  const ending = fc.constantFrom('*', 'index.html', '')
  const open = fc
    .tuple(fc.array(literal, { minLength: 1, maxLength: 2 }), ending)
    .map(([parts, end]): Route => ({ path: `/${[...parts, end].join('/')}`, public: true }))
  const guarded = fc
    .tuple(
      fc.array(fc.oneof(literal, capture), { minLength: 1, maxLength: 3 }),
      ending,
      fc.option(fc.constantFrom('md5', 'sha256'), { nil: undefined }),
      fc.boolean(),
    )
    .map(([parts, end, hash, groups]): Route => {
      const path = `/${[...parts, end].join('/')}`
      return {
        path,
        ...(hash !== undefined && path.includes('{') ? { hash } : {}),
        ...(groups ? { groups: ['analysts', 'g1'] } : {}),
      }
    })
  return fc.uniqueArray(fc.oneof({ weight: 1, arbitrary: open }, { weight: 3, arbitrary: guarded }), {
    minLength: 1,
    maxLength: 6,
    selector: patternShape,
  })
}
