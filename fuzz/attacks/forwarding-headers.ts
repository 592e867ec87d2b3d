/** Headers that other systems obey, and that must decide nothing here (semantics: Paths, last line). */
import type { Attack, World } from '../case.ts'
import { type RequestParts, request } from './request-step.ts'
import { attackerToken, issuedToken } from './tokens.ts'

type Forward = (open: string, wanted: string) => Pick<RequestParts, 'headers' | 'querystring'>

/** `open` is a path that may be read without a token or with this one, `wanted` the one that may not. */
const forwards: readonly { name: string; source: string; forward: Forward }[] = [
  ...['x-original-url', 'x-rewrite-url', 'x-original-uri'].map((header) => ({
    name: header,
    source: 'CVE-2018-14773',
    forward: (open: string) => ({ headers: { [header]: open } }),
  })),
  ...[
    'x-forwarded-uri',
    'x-forwarded-path',
    'x-forwarded-prefix',
    'x-envoy-original-path',
    'x-accel-redirect',
    'x-replaced-path',
    'x-sendfile',
    'referer',
  ].map((header) => ({
    name: header,
    source: 'CWE-290',
    forward: (open: string) => ({ headers: { [header]: open } }),
  })),
  ...[
    'src/middleware',
    'middleware',
    'src/middleware:src/middleware:src/middleware:src/middleware:src/middleware',
    'middleware:middleware:middleware:middleware:middleware',
    'pages/_middleware',
    '1',
    'true',
  ].map((value) => ({
    name: `x-middleware-subrequest-${value.replaceAll(/[:/_]/g, '-').slice(0, 40)}`,
    source: 'CVE-2025-29927',
    forward: () => ({ headers: { 'x-middleware-subrequest': value } }),
  })),
  ...['OPTIONS', 'GET', 'HEAD'].map((value) => ({
    name: `x-http-method-override-${value.toLowerCase()}`,
    source: 'CVE-2023-30845',
    forward: () => ({
      headers: {
        'x-http-method-override': value,
        'x-method-override': value,
        'x-http-method': value,
        'access-control-request-method': 'GET',
        origin: 'https://app.example.com',
      },
    }),
  })),
  ...['127.0.0.1', '10.0.0.1', '::1', 'localhost'].map((value) => ({
    name: `local-address-${value.replaceAll(/[.:]/g, '-')}`,
    source: 'CWE-290',
    forward: () => ({
      headers: {
        'x-forwarded-for': value,
        'x-real-ip': value,
        'x-client-ip': value,
        'true-client-ip': value,
        'cf-connecting-ip': value,
        'cloudfront-viewer-address': `${value}:443`,
        forwarded: `for=${value}`,
        'x-forwarded-host': 'localhost',
      },
    }),
  })),
  ...[
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
  ].map((header) => ({
    name: header,
    source: 'CWE-290',
    forward: () => ({ headers: { [header]: 'admin', [header.replaceAll('-', '_')]: 'admin' } }),
  })),
  ...[
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
  ].map((header) => ({
    name: header,
    source: 'CWE-489',
    forward: () => ({ headers: { [header]: ['true'] } }),
  })),
  ...[
    'ELB-HealthChecker/2.0',
    'Amazon CloudFront',
    'Googlebot/2.1',
    'Amazon-Route53-Health-Check-Service',
    'kube-probe/1.30',
    'curl/8',
    '',
  ].map((value) => ({
    name: `user-agent-${value
      .toLowerCase()
      .replaceAll(/[^a-z]+/g, '-')
      .slice(0, 12)}`,
    source: 'CWE-290',
    forward: () => ({ headers: { 'user-agent': value } }),
  })),
  ...['localhost', '127.0.0.1', 'attacker.example', 'd111111abcdef8.cloudfront.net, attacker.example', ''].map(
    (value) => ({
      name: `host-${value.replaceAll(/[^a-z0-9]+/g, '-')}`,
      source: 'CWE-644',
      forward: () => ({ headers: { host: value } }),
    }),
  ),
  {
    name: 'upgrade',
    source: 'CVE-2019-20372',
    forward: () => ({ headers: { connection: 'upgrade', upgrade: 'websocket', 'sec-websocket-key': 'AAAA' } }),
  },
  { name: 'origin', source: 'CWE-346', forward: () => ({ headers: { origin: 'https://app.example.com' } }) },
  {
    name: 'preflight-headers',
    source: 'CWE-346',
    forward: () => ({ headers: { origin: 'https://app.example.com', 'access-control-request-method': 'GET' } }),
  },
  { name: 'query-path', source: 'CWE-20', forward: (open) => ({ querystring: `path=${open}&uri=${open}` }) },
  { name: 'query-is-path', source: 'CVE-2025-54576', forward: (open) => ({ querystring: open }) },
  { name: 'query-public', source: 'CWE-20', forward: () => ({ querystring: 'public=true&debug=1&auth=0' }) },
  {
    name: 'query-signed',
    source: 'CWE-287',
    forward: () => ({ querystring: 'X-Amz-Signature=0&Signature=0&Key-Pair-Id=0&Expires=9999999999' }),
  },
  {
    name: 'query-s3',
    source: 'CWE-20',
    forward: (_open, wanted) => ({
      querystring: `list-type=2&prefix=${wanted.slice(1)}&acl&versionId=null&response-content-type=text/html`,
    }),
  },
  {
    name: 'many-headers',
    source: 'CWE-400',
    forward: () => ({ headers: Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`x-h${n}`, 'v'.repeat(50)])) }),
  },
]

const forwarding: Attack[] = forwards.map(({ name, source, forward }) => ({
  name: `forwarded-${name}`,
  class: 'headers',
  source,
  build(world, random) {
    const visitor = random.pick(world.visitors)
    const own = issuedToken(world, visitor)
    const bad = attackerToken(world, visitor.claims, { kid: visitor.issuer.keys[0].kid })
    const open = world.publicPaths[0] ?? '/'
    const steps = [
      request(world, { uri: visitor.granted[0], ...forward(open, visitor.granted[0]) }),
      withToken(world, visitor.granted[0], bad, forward(open, visitor.granted[0])),
      withToken(world, visitor.granted[0], own, forward(open, visitor.granted[0])),
      ...visitor.denied.map((uri) => withToken(world, uri, own, forward(visitor.granted[0], uri))),
      ...world.publicPaths.map((uri) => request(world, { uri, ...forward(visitor.granted[0], visitor.granted[0]) })),
    ]
    return { steps }
  },
}))

export const forwardingHeaderAttacks = forwarding

function withToken(world: World, uri: string, token: string, parts: Pick<RequestParts, 'headers' | 'querystring'>) {
  const { headers, ...rest } = parts
  return request(world, { uri, token, ...rest, headers: { ...headers } })
}
