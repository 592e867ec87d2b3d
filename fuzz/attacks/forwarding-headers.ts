/** Headers and query strings that other systems obey, and that must decide nothing here (SEMANTICS.md: Paths, last line). */

import type { World } from '../world/world.ts'
import type { Attack } from './attack.ts'
import { type RequestParts, request } from './request-step.ts'
import { attackerToken, issuedToken } from './tokens.ts'

type Extra = Pick<RequestParts, 'headers' | 'querystring'>

/** `open` is a path that may be read without a token, or with the attacker's own; `wanted` is the one that may not. */
type Kind = { name: string; source: string; extras: (open: string, wanted: string, world: World) => Extra[] }

const each = (names: readonly string[], value: string): Extra[] => names.map((name) => ({ headers: { [name]: value } }))

/** All in one request first: whichever is obeyed, it shows. */
const together = (names: readonly string[], value: string): Extra[] => [
  { headers: Object.fromEntries(names.map((name) => [name, value])) },
  ...each(names, value),
]

const kinds: readonly Kind[] = [
  {
    name: 'original-url',
    source: 'CVE-2018-14773',
    extras: (open) => together(['x-original-url', 'x-rewrite-url', 'x-original-uri', 'x-original-path'], open),
  },
  {
    name: 'forwarded-uri',
    source: 'CVE-2026-40575',
    extras: (open) => together(['x-forwarded-uri', 'x-forwarded-path', 'x-forwarded-prefix', 'x-forwarded-url'], open),
  },
  {
    name: 'path-underscored',
    source: 'CVE-2025-64484',
    extras: (open) => [
      ...together(['x_original_url', 'x_rewrite_url', 'x_forwarded_uri', 'x_original_uri'], open),
      ...together(['x_http_method_override', 'x_method_override'], 'OPTIONS'),
      { headers: { x_middleware_subrequest: 'middleware' } },
    ],
  },
  {
    name: 'internal-path',
    source: 'CWE-290',
    extras: (open) =>
      together(['x-envoy-original-path', 'x-accel-redirect', 'x-replaced-path', 'x-sendfile', 'x-invoke-path'], open),
  },
  { name: 'referer', source: 'CWE-293', extras: (open) => each(['referer'], `https://app.example.com${open}`) },
  {
    name: 'middleware-subrequest',
    source: 'CVE-2025-29927',
    extras: () =>
      [
        'middleware',
        'src/middleware',
        'pages/_middleware',
        'middleware:'.repeat(5),
        'src/middleware:'.repeat(5),
        '1',
      ].map((value) => ({ headers: { 'x-middleware-subrequest': value.replace(/:$/, '') } })),
  },
  {
    name: 'method-override',
    source: 'CVE-2023-30845',
    extras: () =>
      ['OPTIONS', 'HEAD', 'GET', 'POST'].flatMap((method) =>
        together(['x-http-method-override', 'x-method-override', 'x-http-method'], method),
      ),
  },
  {
    name: 'local-address',
    source: 'CWE-348',
    extras: () =>
      ['127.0.0.1', '10.0.0.1', '192.168.0.1', '::1', 'localhost'].flatMap((from) => together(addressHeaders, from)),
  },
  {
    name: 'forwarded-for',
    source: 'RFC 7239 8.1',
    extras: () => [{ headers: { forwarded: 'for=127.0.0.1;host=localhost' } }],
  },
  { name: 'user', source: 'CWE-290', extras: () => together(userHeaders, 'admin') },
  {
    name: 'user-underscored',
    source: 'CVE-2025-64484',
    extras: () =>
      together(
        userHeaders.map((name) => name.replaceAll('-', '_')),
        'admin',
      ),
  },
  {
    name: 'switch',
    source: 'CWE-489',
    extras: () => [...together(switchHeaders, 'true'), ...together(switchHeaders, '1')],
  },
  {
    name: 'user-agent',
    source: 'CWE-290',
    extras: () =>
      [
        'ELB-HealthChecker/2.0',
        'Amazon CloudFront',
        'Mozilla/5.0 (compatible; Googlebot/2.1)',
        'Amazon-Route53-Health-Check-Service',
        'kube-probe/1.30',
        'curl/8.5.0',
        'facebookexternalhit/1.1',
        '',
      ].map((agent) => ({ headers: { 'user-agent': agent } })),
  },
  {
    name: 'host',
    source: 'CWE-644',
    extras: () =>
      ['localhost', '127.0.0.1', 'attacker.example', 'app.example.com, attacker.example', 'a@attacker.example', ''].map(
        (host) => ({ headers: { host } }),
      ),
  },
  {
    name: 'cross-site',
    source: 'CWE-346',
    extras: () => [
      { headers: { origin: 'https://app.example.com' } },
      { headers: { origin: 'https://app.example.com', 'access-control-request-method': 'GET' } },
      { headers: { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' } },
      { headers: { connection: 'upgrade', upgrade: 'websocket', 'sec-websocket-key': 'AAAA' } },
    ],
  },
  {
    name: 'prefetch',
    source: 'CVE-2025-29927',
    extras: () => [
      ...['sec-purpose', 'purpose', 'x-purpose', 'x-moz'].map((name) => ({ headers: { [name]: 'prefetch' } })),
      ...together(['next-router-prefetch', 'x-middleware-prefetch', 'x-nextjs-data', 'rsc'], '1'),
    ],
  },
  {
    name: 'fetch-metadata',
    source: 'CWE-346',
    extras: () => [
      ...['font', 'style', 'script', 'video', 'audio', 'track', 'worker', 'serviceworker', 'manifest', 'empty'].map(
        (destination) => ({ headers: { 'sec-fetch-dest': destination } }),
      ),
      ...['navigate', 'websocket', 'cors', 'same-origin'].map((mode) => ({ headers: { 'sec-fetch-mode': mode } })),
      ...['none', 'same-site', 'same-origin', 'cross-site'].map((site) => ({ headers: { 'sec-fetch-site': site } })),
    ],
  },
  {
    name: 'content-negotiation',
    source: 'CWE-288',
    extras: () => [
      ...['text/css,*/*;q=0.1', 'image/avif,image/webp,*/*;q=0.8', 'font/woff2', 'text/event-stream'].map((accept) => ({
        headers: { accept },
      })),
      { headers: { range: 'bytes=0-0' } },
      { headers: { 'if-none-match': '*' } },
      { headers: { 'if-modified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' } },
      { headers: { 'content-type': 'application/csp-report' } },
    ],
  },
  {
    name: 'path-in-query',
    source: 'CVE-2025-54576',
    extras: (open) => [
      { querystring: open },
      { querystring: `path=${open}&uri=${open}` },
      { querystring: `x=${open}` },
    ],
  },
  {
    name: 'way-back-in-query',
    source: 'CWE-601',
    extras: (_open, _wanted, { policy, attackerOrigin }) => {
      const login = policy.deny?.unauthenticated
      const own = login && 'redirect' in login && login.returnTo !== undefined ? [login.returnTo] : []
      const names = [...new Set([...own, ...wayBackNames])]
      return [`${attackerOrigin}/`, attackerOrigin.replace('https:', ''), 'javascript:alert(1)'].map((place) => ({
        querystring: names.map((name) => `${name}=${encodeURIComponent(place)}`).join('&'),
      }))
    },
  },
  {
    name: 'switch-in-query',
    source: 'CWE-489',
    extras: () => [
      { querystring: 'public=true&debug=1&auth=0&admin=true' },
      { querystring: 'token=&access_token=&jwt=' },
    ],
  },
  {
    name: 'signed-query',
    source: 'CWE-287',
    extras: () => [
      { querystring: 'X-Amz-Signature=0&X-Amz-Credential=0&Signature=0&Key-Pair-Id=0&Expires=9999999999' },
    ],
  },
  {
    name: 's3-query',
    source: 'Amazon S3 API Reference, "GetObject"',
    extras: (_open, wanted) => [
      { querystring: `list-type=2&prefix=${wanted.slice(1)}` },
      { querystring: 'acl' },
      { querystring: 'versionId=null&response-content-type=text/html&response-content-disposition=attachment' },
    ],
  },
  {
    name: 'many-headers',
    source: 'CWE-400',
    extras: () => [{ headers: Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`x-h${n}`, 'v'.repeat(50)])) }],
  },
]

/** What a login page's way back is called. */
const wayBackNames = [
  'return_to',
  'returnTo',
  'return',
  'return_url',
  'returnUrl',
  'next',
  'redirect',
  'redirect_to',
  'redirect_uri',
  'redirectUrl',
  'rd',
  'url',
  'to',
  'continue',
  'dest',
  'destination',
  'callback',
  'from',
  'back',
  'target',
]
const addressHeaders = [
  'x-forwarded-for',
  'x-real-ip',
  'x-client-ip',
  'true-client-ip',
  'cf-connecting-ip',
  'x-forwarded-host',
  'cloudfront-viewer-address',
]
const userHeaders = [
  'x-user',
  'x-user-id',
  'x-groups',
  'x-auth-request-user',
  'x-auth-request-groups',
  'x-remote-user',
  'x-webauth-user',
  'x-forwarded-user',
  'x-forwarded-groups',
  'x-amzn-oidc-identity',
]
const switchHeaders = [
  'x-debug',
  'x-internal',
  'x-bypass',
  'x-admin',
  'x-skip-auth',
  'x-test',
  'x-health-check',
  'x-amz-cf-id',
  'x-purpose',
  'x-requested-with',
]

export const forwardingHeaderAttacks: Attack[] = kinds.map(({ name, source, extras }) => ({
  name: `forwarded-${name}`,
  class: 'headers',
  source,
  build(world, random) {
    const visitor = random.pick(world.visitors)
    const own = issuedToken(world, visitor)
    const bad = attackerToken(world, visitor.claims, { kid: visitor.issuer.keys[0].kid })
    const [uri] = visitor.granted
    const open = world.publicPaths[0] ?? '/'
    const others =
      visitor.denied.length > 0
        ? visitor.denied.slice(0, 1)
        : world.visitors.flatMap(({ denied }) => denied).slice(0, 1)
    const steps = extras(open, uri, world).flatMap((extra) => [
      request(world, { uri, ...extra }),
      request(world, { uri, token: bad, ...extra }),
    ])
    const onOthers = others.flatMap((wanted) =>
      extras(uri, wanted, world).map((extra) => request(world, { uri: wanted, token: own, ...extra })),
    )
    const usual = extras(uri, uri, world)
      .slice(0, 2)
      .flatMap((extra) => [
        request(world, { uri, token: own, ...extra }),
        ...world.publicPaths.map((path) => request(world, { uri: path, ...extra })),
      ])
    return { steps: [...steps, ...onOthers, ...usual] }
  },
}))
