/** Methods (RFC 9110 9.1) and CORS preflights (Fetch standard, 4.8) that only look like one. */
import type { Attack } from './attack.ts'
import { request } from './request-step.ts'
import { issuedToken } from './tokens.ts'

const methods = [
  'GET',
  'HEAD',
  'OPTIONS',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'TRACE',
  'CONNECT',
  'PROPFIND',
  'MOVE',
  'PURGE',
  'QUERY',
  'get',
  'Get',
  'head',
  'options',
  'Options',
  'GET ',
  ' GET',
  'GETX',
  'GE',
  'OPTIONSX',
  'GET,HEAD',
  '',
  '*',
  '__proto__',
  'constructor',
]

const methodAttacks: Attack[] = methods.map((method) => ({
  name: `method-${JSON.stringify(method).slice(1, -1).replaceAll(' ', '-space-') || 'empty'}`,
  class: 'method',
  source: 'RFC 9110 9.1',
  build(world, random) {
    const visitor = random.pick(world.visitors)
    const [uri] = visitor.granted
    return {
      steps: [
        request(world, { uri, method, token: issuedToken(world, visitor) }),
        request(world, { uri, method }),
        ...world.publicPaths.map((path) => request(world, { uri: path, method })),
      ],
    }
  },
}))

const origin = 'https://app.example.com'
type Fields = Record<string, string | readonly string[]>

const preflights: readonly { name: string; method?: string; fields: Fields }[] = [
  { name: 'good', fields: { origin, 'access-control-request-method': 'GET' } },
  {
    name: 'with-headers',
    fields: { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' },
  },
  { name: 'foreign-origin', fields: { origin: 'https://attacker.example', 'access-control-request-method': 'DELETE' } },
  { name: 'null-origin', fields: { origin: 'null', 'access-control-request-method': 'GET' } },
  { name: 'bare-options', fields: {} },
  { name: 'no-origin', fields: { 'access-control-request-method': 'GET' } },
  { name: 'no-request-method', fields: { origin } },
  { name: 'empty-origin', fields: { origin: '', 'access-control-request-method': 'GET' } },
  { name: 'empty-request-method', fields: { origin, 'access-control-request-method': '' } },
  { name: 'no-entries', fields: { origin: [], 'access-control-request-method': [] } },
  { name: 'two-origins', fields: { origin: [origin, origin], 'access-control-request-method': 'GET' } },
  { name: 'two-request-methods', fields: { origin, 'access-control-request-method': ['GET', 'GET'] } },
  { name: 'request-headers-only', fields: { origin, 'access-control-request-headers': 'authorization' } },
  { name: 'by-get', method: 'GET', fields: { origin, 'access-control-request-method': 'GET' } },
  { name: 'by-head', method: 'HEAD', fields: { origin, 'access-control-request-method': 'GET' } },
  { name: 'by-post', method: 'POST', fields: { origin, 'access-control-request-method': 'GET' } },
  { name: 'by-lower-case', method: 'options', fields: { origin, 'access-control-request-method': 'GET' } },
  {
    name: 'override',
    method: 'GET',
    fields: { origin, 'access-control-request-method': 'GET', 'x-http-method-override': 'OPTIONS' },
  },
]

const preflightAttacks: Attack[] = preflights.map(({ name, method = 'OPTIONS', fields }) => ({
  name: `preflight-${name}`,
  class: 'preflight',
  source: 'Fetch standard 4.8',
  build(world, random) {
    const visitor = random.pick(world.visitors)
    const headers = ownOrigin(fields, world.policy.corsOrigins?.[0])
    const uris = [visitor.granted[0], '/nowhere', '/%zz', ...world.publicPaths]
    return {
      steps: [
        ...uris.map((uri) => request(world, { uri, method, headers })),
        request(world, { uri: visitor.granted[0], method, headers, token: issuedToken(world, visitor) }),
      ],
    }
  },
}))

function ownOrigin(fields: Fields, allowed: string | undefined): Fields {
  return fields.origin === origin && allowed !== undefined ? { ...fields, origin: allowed } : fields
}

/** Origins that only a loose comparison takes for an allowed one; the denial must not invite them. */
const originSpellings: readonly { name: string; spell: (allowed: string) => string }[] = [
  { name: 'allowed', spell: (allowed) => allowed },
  { name: 'sub-domain', spell: (allowed) => allowed.replace('://', '://evil.') },
  { name: 'suffixed', spell: (allowed) => `${allowed}.attacker.example` },
  { name: 'prefixed', spell: (allowed) => allowed.replace('://', '://evil') },
  { name: 'http', spell: (allowed) => allowed.replace('https:', 'http:') },
  { name: 'port', spell: (allowed) => `${allowed}:8443` },
  { name: 'dot-as-any', spell: (allowed) => allowed.replace('.', 'x') },
  { name: 'upper-case', spell: (allowed) => allowed.toUpperCase() },
  { name: 'null', spell: () => 'null' },
  { name: 'attacker', spell: () => 'https://attacker.example' },
  { name: 'header-injection', spell: (allowed) => `${allowed}\r\nset-cookie: a=b` },
  { name: 'empty', spell: () => '' },
]

/** `https://*.example.com` names the hosts below a domain: what only looks like one of them. */
const belowSpellings: readonly ((scheme: string, domain: string) => string)[] = [
  (scheme, domain) => `${scheme}pr-1.${domain}`,
  (scheme, domain) => `${scheme}a.b.${domain}`,
  (scheme, domain) => `${scheme}${domain}`,
  (scheme, domain) => `${scheme}.${domain}`,
  (scheme, domain) => `${scheme}a..${domain}`,
  (scheme, domain) => `${scheme}*.${domain}`,
  (scheme, domain) => `${scheme}evil-${domain}`,
  (scheme, domain) => `${scheme}evil${domain}`,
  (scheme, domain) => `${scheme}a.${domain.replace('.', 'x')}`,
  (scheme, domain) => `${scheme}evilx${domain}`,
  (scheme, domain) => `${scheme}attacker.example/.${domain}`,
  (scheme, domain) => `${scheme}attacker.example?.${domain}`,
  (scheme, domain) => `${scheme}a@attacker.example#.${domain}`,
  (scheme, domain) => `${scheme}attacker.example:1.${domain}`,
  (scheme, domain) => `${scheme}a.${domain}.attacker.example`,
  (_scheme, domain) => `http://a.${domain}`,
  (scheme, domain) => `${scheme}a.${domain}:8443`,
  (scheme, domain) => `${scheme}A.${domain.toUpperCase()}`,
  (scheme, domain) => `${scheme}a\r\nset-cookie: a=b.${domain}`,
  (scheme, domain) => `${scheme}a\r\nset-cookie: a=b-${domain}`,
  (scheme, domain) => `${scheme}a\r\nset-cookie: a=bx${domain}`,
]

const belowOrigins: Attack = {
  name: 'origin-below-a-domain',
  class: 'headers',
  source: 'CWE-942',
  build(world, random) {
    const named = world.policy.corsOrigins?.find((one) => one.includes('*'))
    if (named === undefined) return null
    const [scheme = '', domain = ''] = named.split('*.')
    const visitor = random.pick(world.visitors)
    const token = issuedToken(world, visitor)
    return {
      steps: belowSpellings.flatMap((spell) => {
        const headers = { origin: spell(scheme, domain) }
        return [
          request(world, { uri: visitor.granted[0], headers }),
          request(world, { uri: '/nowhere', headers, method: 'HEAD' }),
          ...visitor.denied.slice(0, 1).map((uri) => request(world, { uri, headers, token })),
        ]
      }),
    }
  },
}

const originAttacks: Attack[] = originSpellings.map(({ name, spell }) => ({
  name: `origin-${name}`,
  class: 'headers',
  source: 'CWE-942',
  build(world, random) {
    const visitor = random.pick(world.visitors)
    const headers = { origin: spell(world.policy.corsOrigins?.[0] ?? origin) }
    const token = issuedToken(world, visitor)
    return {
      steps: [
        request(world, { uri: visitor.granted[0], headers }),
        request(world, { uri: visitor.granted[0], headers, method: 'DELETE' }),
        ...visitor.denied.slice(0, 1).map((uri) => request(world, { uri, headers, token })),
      ],
    }
  },
}))

export const methodAndPreflightAttacks = [...methodAttacks, ...preflightAttacks, ...originAttacks, belowOrigins]
