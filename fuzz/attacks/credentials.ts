/** Credentials malformed, repeated or in the wrong place (RFC 6750 2, RFC 9110 5.5 and 11.4, RFC 6265 4.1.1). */

import type { CredentialSource } from '../../authorizer/policy.ts'
import { groupChanges } from '../world/provider-claims.ts'
import type { Visitor, World } from '../world/world.ts'
import type { Attack } from './attack.ts'
import { clientIdsOf, cookieName, credentialHeader, firstSource, type RequestParts, request } from './request-step.ts'
import { attackerToken, issuedToken } from './tokens.ts'

type Parts = Omit<RequestParts, 'uri'>
interface Tokens {
  good: string
  bad: string
  /** Good as well, and another's. */
  others: string
}

function credentialAttack(
  name: string,
  source: string,
  parts: (tokens: Tokens, world: World, visitor: Visitor) => readonly Parts[],
  /** The first source of a policy that this is about; left out: any. */
  only?: 'header' | 'cookie',
): Attack {
  return {
    name,
    class: 'credentials',
    source,
    build(world, random) {
      if (only !== undefined && only !== kindOf(firstSource(world.policy))) return null
      const visitor = random.pick(world.visitors)
      const other = random.pick(world.visitors)
      const tokens = {
        good: issuedToken(world, visitor),
        bad: attackerToken(world, visitor.claims, { kid: visitor.issuer.keys[0].kid }),
        others: issuedToken(world, other, { sub: 'another', ...groupChanges(other, ['another']) }),
      }
      return {
        steps: parts(tokens, world, visitor).map((fields) => request(world, { uri: visitor.granted[0], ...fields })),
      }
    },
  }
}

/** A header with a scheme, a cookie of one name, or something else. */
function kindOf(source: CredentialSource): 'header' | 'cookie' | 'other' {
  if (source === 'header') return 'header'
  if ('header' in source) return source.scheme === null ? 'other' : 'header'
  return source.chunks || source.cookie.includes('{lastUser}') ? 'other' : 'cookie'
}

/** Values of the authorization header, or of the one that the policy names, with its scheme. */
function headerOf({ policy }: World, entries: string | readonly string[]): Record<string, string | string[]> {
  const source = firstSource(policy)
  if (typeof source === 'string' || !('header' in source)) return { authorization: [entries].flat() }
  const { scheme = 'Bearer' } = source
  return { [source.header]: [entries].flat().map((text) => text.replaceAll('Bearer', String(scheme))) }
}

/** Values of the header. */
const values: readonly { name: string; source: string; value: (tokens: Tokens) => string }[] = [
  { name: 'lower-case-scheme', source: 'RFC 9110 11.1', value: ({ good }) => `bearer ${good}` },
  { name: 'upper-case-scheme', source: 'RFC 9110 11.1', value: ({ good }) => `BEARER ${good}` },
  { name: 'two-spaces', source: 'RFC 9110 11.4', value: ({ good }) => `Bearer  ${good}` },
  { name: 'many-spaces', source: 'RFC 9110 11.4', value: ({ good }) => `Bearer${' '.repeat(50)}${good}` },
  { name: 'tab', source: 'RFC 9110 11.4', value: ({ good }) => `Bearer\t${good}` },
  { name: 'no-space', source: 'RFC 9110 11.4', value: ({ good }) => `Bearer${good}` },
  { name: 'no-break-space', source: 'RFC 9110 11.4', value: ({ good }) => `Bearer\u00a0${good}` },
  { name: 'no-break-space-after', source: 'RFC 9110 5.6.3', value: ({ good }) => `Bearer ${good}\u00a0` },
  { name: 'byte-order-mark-before', source: 'RFC 9110 5.6.3', value: ({ good }) => `\ufeffBearer ${good}` },
  { name: 'colon', source: 'RFC 9110 11.4', value: ({ good }) => `Bearer: ${good}` },
  { name: 'equals', source: 'RFC 9110 11.4', value: ({ good }) => `Bearer token="${good}"` },
  { name: 'quoted', source: 'RFC 6750 2.1', value: ({ good }) => `Bearer "${good}"` },
  { name: 'bare', source: 'RFC 6750 2.1', value: ({ good }) => good },
  { name: 'basic', source: 'RFC 7617 2', value: ({ good }) => `Basic ${good}` },
  {
    name: 'basic-password',
    source: 'RFC 7617 2',
    value: ({ good }) => `Basic ${Buffer.from(`user:${good}`).toString('base64')}`,
  },
  { name: 'jwt-scheme', source: 'RFC 6750 2.1', value: ({ good }) => `JWT ${good}` },
  { name: 'dpop-scheme', source: 'RFC 9449 7.1', value: ({ good }) => `DPoP ${good}` },
  { name: 'scheme-alone', source: 'RFC 6750 2.1', value: () => 'Bearer' },
  { name: 'scheme-and-space', source: 'RFC 6750 2.1', value: () => 'Bearer ' },
  { name: 'scheme-twice', source: 'RFC 6750 2.1', value: ({ good }) => `Bearer Bearer ${good}` },
  { name: 'scheme-prefixed', source: 'RFC 9110 11.1', value: ({ good }) => `XBearer ${good}` },
  { name: 'scheme-later', source: 'RFC 9110 11.4', value: ({ good }) => `Basic eA== Bearer ${good}` },
  { name: 'empty', source: 'RFC 9110 5.5', value: () => '' },
  { name: 'space-before', source: 'RFC 9110 5.5', value: ({ good }) => ` Bearer ${good}` },
  { name: 'space-after', source: 'RFC 9110 5.5', value: ({ good }) => `Bearer ${good} ` },
  { name: 'text-after', source: 'RFC 6750 2.1', value: ({ good }) => `Bearer ${good} extra` },
  { name: 'parameter-after', source: 'RFC 6750 2.1', value: ({ good }) => `Bearer ${good}, realm="x"` },
  { name: 'semicolon-after', source: 'RFC 6750 2.1', value: ({ good }) => `Bearer ${good};` },
  { name: 'newline-after', source: 'RFC 9110 5.5', value: ({ good }) => `Bearer ${good}\n` },
  { name: 'header-after', source: 'CWE-93', value: ({ good }) => `Bearer ${good}\r\nx-admin: 1` },
  { name: 'nul-after', source: 'RFC 9110 5.5', value: ({ good }) => `Bearer ${good}\u0000` },
  { name: 'non-ascii-after', source: 'RFC 9110 5.5', value: ({ good }) => `Bearer ${good}\u00e9` },
  { name: 'padded', source: 'RFC 9110 11.2', value: ({ good }) => `Bearer ${good}==` },
  { name: 'list-good-first', source: 'RFC 9110 5.3', value: ({ good, bad }) => `Bearer ${good}, Bearer ${bad}` },
  { name: 'list-bad-first', source: 'RFC 9110 5.3', value: ({ good, bad }) => `Bearer ${bad}, Bearer ${good}` },
  { name: 'list-without-scheme', source: 'RFC 9110 5.3', value: ({ good, bad }) => `Bearer ${bad},${good}` },
  { name: 'list-same', source: 'RFC 9110 5.3', value: ({ good }) => `Bearer ${good},Bearer ${good}` },
  { name: 'two-tokens', source: 'RFC 6750 2.1', value: ({ good, bad }) => `Bearer ${bad} ${good}` },
  { name: 'percent-encoded', source: 'RFC 6750 2.1', value: ({ good }) => `Bearer%20${good}` },
  { name: 'long', source: 'CWE-400', value: ({ good }) => `Bearer ${good}${'A'.repeat(9000)}` },
  { name: 'long-spaces', source: 'CWE-1333', value: () => `Bearer${' '.repeat(9000)}!` },
  { name: 'undefined', source: 'CWE-843', value: () => 'Bearer undefined' },
  { name: 'null', source: 'CWE-843', value: () => 'Bearer null' },
]

const headerValues = values.map(({ name, source, value }) =>
  credentialAttack(
    `authorization-${name}`,
    source,
    (tokens, world) => [{ headers: headerOf(world, value(tokens)) }],
    'header',
  ),
)

const headerEntries: readonly { name: string; entries: (tokens: Tokens) => string[] }[] = [
  { name: 'none', entries: () => [] },
  { name: 'good-bad', entries: ({ good, bad }) => [`Bearer ${good}`, `Bearer ${bad}`] },
  { name: 'bad-good', entries: ({ good, bad }) => [`Bearer ${bad}`, `Bearer ${good}`] },
  { name: 'good-good', entries: ({ good }) => [`Bearer ${good}`, `Bearer ${good}`] },
  { name: 'good-empty', entries: ({ good }) => [`Bearer ${good}`, ''] },
  { name: 'empty-good', entries: ({ good }) => ['', `Bearer ${good}`] },
  { name: 'basic-good', entries: ({ good }) => ['Basic eDp5', `Bearer ${good}`] },
  { name: 'good-and-others', entries: ({ good, others }) => [`Bearer ${others}`, `Bearer ${good}`] },
]

const repeated = headerEntries.map(({ name, entries }) =>
  credentialAttack(
    `authorization-entries-${name}`,
    'RFC 9110 5.3',
    (tokens, world) => [{ headers: headerOf(world, entries(tokens)) }],
    'header',
  ),
)

/** What else a query parameter or a header with a token may be called; all of a list in one request. */
const queryNames: readonly (readonly string[])[] = [
  ['auth', 'bearer', 'key', 't', 'sig', 'signature', 'authorization'],
  ['accessToken', 'access-token', 'authToken', 'auth_token', 'idToken', 'id-token', 'Token'],
  ['session', 'sid', 'sso', 'ticket', 'assertion', 'credential', 'code'],
  ['api_key', 'apikey', 'apiKey', 'api-key', 'x-access-token', 'X-Amz-Security-Token', 'policy'],
]
const headerNames: readonly (readonly string[])[] = [
  ['x-api-key', 'x-token', 'x-access', 'x-bearer-token', 'x-jwt', 'x-auth', 'x-id', 'api-key'],
  ['x-session', 'x-session-token', 'x-user-token', 'x-cognito-token', 'x-amz-access-token', 'x-client-token'],
  ['authentication', 'auth', 'bearer', 'id-token', 'access-token', 'id_token', 'access_token', 'x-csrf-token'],
  ['x-goog-iap-jwt-assertion', 'cf-access-jwt-assertion', 'x-ms-token-aad-access-token', 'x-auth-request-access-token'],
]

/** A good token where nobody should look. */
const elsewhere: readonly { name: string; source: string; parts: (good: string, world: World) => Parts }[] = [
  { name: 'query-access-token', source: 'RFC 6750 2.3', parts: (good) => ({ querystring: `access_token=${good}` }) },
  { name: 'query-token', source: 'CWE-598', parts: (good) => ({ querystring: `token=${good}` }) },
  {
    name: 'query-authorization',
    source: 'CWE-598',
    parts: (good) => ({ querystring: `Authorization=Bearer%20${good}` }),
  },
  { name: 'query-jwt', source: 'CWE-598', parts: (good) => ({ querystring: `jwt=${good}&id_token=${good}` }) },
  ...queryNames.map((names, index) => ({
    name: `query-other-names-${index + 1}`,
    source: 'CWE-598',
    parts: (good: string) => ({ querystring: names.map((name) => `${name}=${good}`).join('&') }),
  })),
  {
    name: 'query-by-cookie-name',
    source: 'CWE-598',
    parts: (good, { policy }) => ({ querystring: `${cookieName(policy)}=${good}` }),
  },
  {
    name: 'cookie',
    source: 'RFC 6750 2',
    parts: (good) => ({ headers: { cookie: `access_token=${good}; token=${good}; jwt=${good}; id_token=${good}` } }),
  },
  {
    name: 'cookie-cognito',
    source: 'RFC 6750 2',
    parts: (good, { policy }) => ({
      headers: {
        cookie: ['access', 'id']
          .map((use) => `CognitoIdentityServiceProvider.${clientIdsOf(policy)[0]}.visitor.${use}Token=${good}`)
          .join('; '),
      },
    }),
  },
  {
    name: 'cookie-authorization',
    source: 'RFC 6750 2',
    parts: (good) => ({ headers: { cookie: `Authorization=Bearer%20${good}; authorization=${good}` } }),
  },
  {
    name: 'authorization-for-cookie',
    source: 'RFC 6750 2',
    parts: (good) => ({ headers: { authorization: `Bearer ${good}` } }),
  },
  ...[
    'x-access-token',
    'x-authorization',
    'x-auth-token',
    'x-id-token',
    'x-jwt-assertion',
    'x-amzn-oidc-accesstoken',
    'x-amzn-oidc-data',
    'x-forwarded-authorization',
    'x-forwarded-access-token',
    'x-original-authorization',
    'x-amz-security-token',
    'proxy-authorization',
    'sec-websocket-protocol',
    'token',
    'jwt',
  ].map((header) => ({
    name: `header-${header}`,
    source: 'RFC 6750 2',
    parts: (good: string) => ({ headers: { [header]: [`Bearer ${good}`] } }),
  })),
  ...headerNames.map((names, index) => ({
    name: `other-headers-${index + 1}`,
    source: 'RFC 6750 2',
    parts: (good: string) => ({ headers: Object.fromEntries(names.map((name) => [name, `Bearer ${good}`])) }),
  })),
]

const misplaced = elsewhere.map(({ name, source, parts }) =>
  credentialAttack(`credential-in-${name}`, source, ({ good, bad }, world) => {
    const placed = parts(good, world)
    const bare = Object.fromEntries(Object.entries(placed.headers ?? {}).map(([header]) => [header, good]))
    return [
      placed,
      ...(placed.headers?.cookie || placed.querystring ? [] : [{ headers: bare }]),
      // Beside a bad one, where the handler may fall back.
      { ...placed, headers: { ...credentialHeader(world.policy, bad), ...placed.headers } },
    ]
  }),
)

/** Cookies by the policy's own name; `name` is one that it accepts. */
const cookies: readonly {
  name: string
  source: string
  cookie: (name: string, tokens: Tokens, world: World) => string | string[]
}[] = [
  { name: 'among-others', source: 'RFC 6265 5.4', cookie: (name, { good }) => `a=b; ${name}=${good}; c=d=e; f` },
  { name: 'no-space', source: 'RFC 6265 4.2.1', cookie: (name, { good }) => `a=b;${name}=${good};c=d` },
  { name: 'two-lines', source: 'RFC 9113 8.2.3', cookie: (name, { good }) => ['a=b', `${name}=${good}`] },
  {
    name: 'twice-good-bad',
    source: 'RFC 6265 5.4',
    cookie: (name, { good, bad }) => `${name}=${good}; ${name}=${bad}`,
  },
  {
    name: 'twice-bad-good',
    source: 'RFC 6265 5.4',
    cookie: (name, { good, bad }) => `${name}=${bad}; ${name}=${good}`,
  },
  {
    name: 'twice-good-others',
    source: 'RFC 6265 5.4',
    cookie: (name, { good, others }) => `${name}=${others}; ${name}=${good}`,
  },
  { name: 'quoted', source: 'RFC 6265 4.1.1', cookie: (name, { good }) => `${name}="${good}"` },
  {
    name: 'encoded-value',
    source: 'RFC 6265 4.1.1',
    cookie: (name, { good }) => `${name}=${good.replaceAll('.', '%2E')}`,
  },
  {
    name: 'encoded-name',
    source: 'RFC 6265 4.1.1',
    cookie: (name, { good }) => `${name.replaceAll('.', '%2E').replace('a', '%61')}=${good}`,
  },
  { name: 'bearer', source: 'RFC 6265 4.1.1', cookie: (name, { good }) => `${name}=Bearer ${good}` },
  { name: 'other-case', source: 'RFC 6265 5.4', cookie: (name, { good }) => `${name.toUpperCase()}=${good}` },
  { name: 'longer-name', source: 'RFC 6265 5.4', cookie: (name, { good }) => `x${name}=${good}` },
  { name: 'longer-name-after', source: 'RFC 6265 5.4', cookie: (name, { good }) => `${name}x=${good}` },
  {
    name: 'dots-as-any',
    source: 'CWE-625',
    cookie: (name, { good }) => `${name.replaceAll('.', 'x').replaceAll('_', 'x')}=${good}`,
  },
  { name: 'first-dot-as-any', source: 'CWE-625', cookie: (name, { good }) => `${name.replace('.', 'x')}=${good}` },
  {
    name: 'last-dot-as-any',
    source: 'CWE-625',
    cookie: (name, { good }) => `${name.replace(/\.(?=[^.]*$)/, 'x')}=${good}`,
  },
  {
    name: 'of-another-client',
    source: 'RFC 8725 3.9',
    cookie: (name, { good }, { policy }) => `${name.replaceAll(clientIdsOf(policy)[0] ?? '', 'otherclient')}=${good}`,
  },
  {
    name: 'for-another-use',
    source: 'RFC 8725 3.12',
    cookie: (name, { good }) => `${name.replace(/(?:access|id)(?=token$)/i, 'refresh')}=${good}`,
  },
  { name: 'host-prefix', source: 'RFC 6265 5.4', cookie: (name, { good }) => `__Host-${name}=${good}` },
  { name: 'inside-another', source: 'CWE-20', cookie: (name, { good }) => `a="; ${name}=${good}"` },
  { name: 'comma', source: 'RFC 6265 5.4', cookie: (name, { good }) => `a=b, ${name}=${good}` },
  { name: 'empty', source: 'RFC 6265 5.2', cookie: (name) => `${name}=` },
  { name: 'no-value', source: 'RFC 6265 5.2', cookie: (name) => `${name}` },
  { name: 'proto', source: 'CWE-1321', cookie: (name, { good }) => `__proto__=x; ${name}=${good}; constructor=y` },
  { name: 'broken-percent', source: 'RFC 3986 2.1', cookie: (name, { good }) => `a=%E0%A4%A; ${name}=${good}` },
  { name: 'many', source: 'CWE-400', cookie: (name, { good }) => `${'a=b; '.repeat(1000)}${name}=${good}` },
]

const cookieForms = cookies.map(({ name, source, cookie }) =>
  credentialAttack(
    `cookie-${name}`,
    source,
    (tokens, world) => [{ headers: { cookie: cookie(cookieName(world.policy), tokens, world) } }],
    'cookie',
  ),
)

const good = credentialAttack('credential-good', 'RFC 6750 2.1', ({ good: token, bad, others }) => [
  { token },
  {},
  { token: bad },
  { token: others },
  { token },
])

export const headerCredentialAttacks = [good, ...headerValues, ...repeated]
export const cookieCredentialAttacks = cookieForms
export const misplacedCredentialAttacks = misplaced
