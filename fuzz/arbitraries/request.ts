import fc from 'fast-check'
import { cookieName, navigation, request } from '../attacks/request-step.ts'
import { sessionCookies } from '../attacks/session-cookies.ts'
import { issuedToken } from '../attacks/tokens.ts'
import type { Scenario, Step } from '../case.ts'
import type { Visitor, World } from '../world/world.ts'
import { anyToken } from './token.ts'
import { anyUri } from './uri.ts'

/** One to four requests by anybody: any token in any place, on any path, by any method, with headers that others obey. */
export function requests(world: World): fc.Arbitrary<Scenario> {
  return fc
    .array(anyRequest(world), { minLength: 1, maxLength: 4 })
    .map((steps) => ({ name: 'requests', class: 'credentials', steps }))
}

/** A single request. Mostly one thing about it is odd, because a second oddity hides what the first would have done. */
function anyRequest(world: World): fc.Arbitrary<Step> {
  const uri = anyUri(world)
  return fc.oneof(...world.visitors.map((visitor) => requestBy(world, visitor, uri)))
}

function requestBy(world: World, visitor: Visitor, uri: fc.Arbitrary<string>): fc.Arbitrary<Step> {
  const good = issuedToken(world, visitor)
  const granted = fc.constantFrom(...visitor.granted)
  const maybeToken = fc.constantFrom(good, undefined)
  const oddToken = fc
    .tuple(granted, anyToken(world, visitor))
    .map(([path, token]) => request(world, { uri: path, token }))
  const oddPath = fc.tuple(uri, maybeToken).map(([path, token]) => request(world, { uri: path, token }))
  const oddCredentials = fc
    .tuple(granted, credentials(world, good))
    .map(([path, headers]) => request(world, { uri: path, headers }))
  const oddRest = fc
    .tuple(uri, maybeToken, anyMethod, extraHeaders(world), anyQuery(good))
    .map(([path, token, method, headers, querystring]) =>
      request(world, { uri: path, token, method, headers, querystring }),
    )
  const oddSession = fc
    .tuple(granted, anyToken(world, visitor), sessionHeaders(world))
    .map(([path, token, headersOf]) => request(world, { uri: path, headers: headersOf(token) }))
  return fc.oneof(
    ...(world.policy.signIn ? [{ weight: 9, arbitrary: oddSession }] : []),
    { weight: 6, arbitrary: oddToken },
    { weight: 6, arbitrary: oddPath },
    { weight: 3, arbitrary: oddCredentials },
    { weight: 3, arbitrary: oddRest },
  )
}

/** Credential headers: pieces of good ones in any order, number and place. */
function credentials(world: World, good: string): fc.Arbitrary<Record<string, string | string[]>> {
  const piece = fc.constantFrom(
    'Bearer',
    'bearer',
    'Basic',
    good,
    'x.y.z',
    ' ',
    '  ',
    '\t',
    ',',
    ', ',
    ';',
    '"',
    '=',
    '\u00a0',
    '\n',
    '',
    good.slice(0, -1),
  )
  const value = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(''))
  const entries = fc.oneof(
    { weight: 4, arbitrary: value },
    { weight: 1, arbitrary: fc.array(fc.oneof(value, fc.constant(`Bearer ${good}`)), { maxLength: 3 }) },
  )
  const cookie = fc
    .array(fc.oneof(fc.constant(`${cookieName(world.policy)}=${good}`), value, fc.constant('a=b')), {
      minLength: 1,
      maxLength: 3,
    })
    .map((parts) => parts.join('; '))
  return fc.oneof(
    { weight: 4, arbitrary: entries.map((authorization) => ({ authorization })) },
    { weight: 2, arbitrary: cookie.map((text) => ({ cookie: text })) },
    {
      weight: 1,
      arbitrary: fc.tuple(entries, cookie).map(([authorization, text]) => ({ authorization, cookie: text })),
    },
  )
}

/** A token in the cookies of a session, which stand among others, of a navigation or not. */
function sessionHeaders({ start }: World): fc.Arbitrary<(token: string) => Record<string, string>> {
  const now = Math.floor(start / 1000)
  const other = fc.constantFrom(
    'x=y',
    'name',
    'z="a b"',
    '__Host-other=1',
    '__Host-ep-r=1.AAAAAAAAAAAAAAAAAAAAAA.cmVmcmVzaA',
    '__Host-ep-r=junk',
    `__Host-ep-g=1.${now - 100}.${now - 5}.`,
    `__Host-ep-g=2.${now - 10}.0.`,
    `__Host-ep-g=2.${now - 1000}.${now - 1000}.AAAAAAAAAAAAAAAA`,
    `__Host-ep-t3=${now - 30}|${'A'.repeat(43)}|/a`,
    '__Host-ep-a=1',
    '__Host-ep-a.1=x',
    '\u2000__Host-ep-a=1',
  )
  const kind = fc.constantFrom<Record<string, string>>(
    navigation,
    { accept: 'text/html' },
    { accept: '*/*', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
    { ...navigation, 'sec-purpose': 'prefetch' },
    { ...navigation, 'sec-fetch-dest': 'iframe' },
  )
  return fc
    .tuple(fc.array(other, { maxLength: 3 }), fc.array(other, { maxLength: 2 }), kind)
    .map(([before, after, headers]) => (token) => ({
      ...headers,
      cookie: [...before, ...sessionCookies(token), ...after].join('; '),
    }))
}

const anyMethod = fc.oneof(
  { weight: 3, arbitrary: fc.constant('GET') },
  { weight: 2, arbitrary: fc.constantFrom('HEAD', 'OPTIONS', 'POST', 'PUT', 'DELETE', 'get', 'TRACE', '') },
)

/** Headers that proxies, frameworks and CORS act on, alone or together. */
function extraHeaders(world: World): fc.Arbitrary<Record<string, string>> {
  const paths = fc.constantFrom(world.publicPaths[0] ?? '/', world.visitors[0].granted[0])
  const origin = fc.constantFrom(
    world.policy.corsOrigins?.[0] ?? 'https://app.example.com',
    'https://pr-1.example.com',
    'https://evil-example.com',
    'https://attacker.example',
    'null',
    '',
  )
  return fc
    .record(
      {
        origin,
        'access-control-request-method': fc.constantFrom('GET', 'PUT', ''),
        'x-original-url': paths,
        'x-rewrite-url': paths,
        'x-forwarded-uri': paths,
        'x-http-method-override': fc.constantFrom('OPTIONS', 'GET'),
        'x-middleware-subrequest': fc.constantFrom('middleware', 'src/middleware'),
        'x-forwarded-for': fc.constantFrom('127.0.0.1', '::1'),
        referer: paths,
        host: fc.constantFrom('localhost', 'attacker.example'),
        'sec-fetch-mode': fc.constantFrom('navigate', 'cors', 'no-cors'),
        'sec-fetch-dest': fc.constantFrom('document', 'empty', 'iframe'),
        accept: fc.constantFrom('text/html', '*/*', 'application/json, TEXT/HTML;q=0.1'),
      },
      { requiredKeys: [] },
    )
    .map((headers) => ({ ...headers }))
}

/** Query strings: S3's own parameters, tokens, paths. */
function anyQuery(good: string): fc.Arbitrary<string> {
  return fc.constantFrom(
    '',
    'a=b',
    'acl',
    'list-type=2&prefix=',
    'versionId=null',
    `access_token=${good}`,
    `t=${good.replaceAll('eyJ', '%2565yJ')}`,
    'q=surveyJune&r=\u00e9',
    '/public/',
    '..%2f',
    '%',
    '%0d%0a',
    'a'.repeat(2000),
  )
}
