/** What a browser may send for a session of ours: good, over, of others, twice, in pieces, junk (RFC 6265 5.4, CVE-2022-2860, CWE-565). */
import { createHash, createHmac } from 'node:crypto'
import type { Step } from '../case.ts'
import type { Visitor, World } from '../world/world.ts'
import type { Attack } from './attack.ts'
import { credentialHeader, navigation, type RequestParts, request } from './request-step.ts'
import { attackerToken, issuedToken } from './tokens.ts'

const sessionId = (name: string) => createHash('sha256').update(name).digest('base64url').slice(0, 21).concat('A')
const id = sessionId('session')
const otherId = sessionId('another session')
const seed = createHash('sha256').update('seed').digest('base64url')
const hash = (text: string) => createHash('sha256').update(text).digest('base64url').slice(0, 16)
const cookie = (name: string, value: string) => `__Host-ep-${name}=${value}`
const refreshText = Buffer.alloc(96, 7).toString('base64url')

/** As ours cuts it. */
export function sessionCookies(token: string): string[] {
  const pieces = token.match(/.{1,3800}/gs) ?? ['']
  const [first = '', ...others] = pieces
  return [cookie('a', `${pieces.length}.${id}.${first}`), ...others.map((piece) => cookie('a.1', piece))]
}

interface Tokens {
  good: string
  others: string
  expired: string
  nearItsEnd: string
  forged: string
}

/** Cookie fields for a granted path. */
type Cookies = (tokens: Tokens, seconds: number) => readonly string[]

const r = cookie('r', `1.${id}.${refreshText}`)
const fields: readonly { name: string; source: string; cookies: Cookies }[] = [
  {
    name: 'good',
    source: 'RFC 6265 5.4',
    cookies: ({ good, others, forged, expired }) =>
      [good, others, forged, expired, '', 'x'].flatMap((token) => [
        sessionCookies(token).join('; '),
        ['x=y', ...sessionCookies(token), 'z="a b"', 'name'].join('; '),
      ]),
  },
  {
    name: 'twice',
    source: 'CWE-694',
    cookies: ({ good, others, forged }) => {
      const [a = ''] = sessionCookies(good)
      return [
        [a, a],
        [a, ...sessionCookies(others)],
        [...sessionCookies(forged), a],
        [a, cookie('a', 'junk')],
        [a, cookie('t3', 'x'), cookie('t3', 'x')],
        [a, cookie('g', '1'), 'b=c', cookie('g', '1')],
        [a, r, r],
      ].map((parts) => parts.join('; '))
    },
  },
  {
    name: 'in-pieces',
    source: 'CWE-345',
    cookies: ({ good, others }) => {
      const half = Math.ceil(good.length / 2)
      const long = good.padEnd(4000, 'A')
      return [
        [cookie('a', `2.${id}.${long.slice(0, 3800)}`), cookie('a.1', long.slice(3800))],
        [cookie('a.1', long.slice(3800)), cookie('a', `2.${id}.${long.slice(0, 3800)}`)],
        [cookie('a', `2.${id}.${good}`)],
        [cookie('a', `1.${id}.${good}`), cookie('a.1', 'x')],
        [cookie('a', `2.${id}.${good.slice(0, half)}`), cookie('a.1', others.slice(half))],
        [cookie('a.1', good)],
      ].map((parts) => parts.join('; '))
    },
  },
  {
    name: 'junk',
    source: 'CWE-20',
    cookies: ({ good }) =>
      [
        good,
        '',
        `0.${id}.${good}`,
        `3.${id}.${good}`,
        `01.${id}.${good}`,
        `1.${id.slice(1)}.${good}`,
        `1.${id}A.${good}`,
        `1..${good}`,
        `1.${id}.${good} `,
        ` 1.${id}.${good}`,
        `"1.${id}.${good}"`,
        `1.${id}.${good},`,
        `1.${id}.${good}\u00e9`,
        `1.${encodeURIComponent(id)}%2e${good}`,
        `1.${id}.${good}.`,
      ].map((value) => cookie('a', value)),
  },
  {
    name: 'odd-names',
    source: 'CVE-2022-2860',
    cookies: ({ good }) => {
      const [a = ''] = sessionCookies(good)
      return [
        `\u2000${a}`,
        `\u00a0${a}`,
        `\t${a}`,
        `   ${a}`,
        `=${a}`,
        `"${a.replace('=', '"=')}`,
        a.replace('=', ' ='),
        a.toLowerCase(),
        a.toUpperCase().replace(/=.*/, a.slice(a.indexOf('='))),
        a.replace('__Host-', '__Secure-'),
        a.replace('__Host-', '__%48ost-'),
        a.replace('__Host-ep-a', '__Host-ep-A'),
        a.replace('__Host-ep-a', '__Host-ep-b'),
        a.replace('; ', ','),
        `x=y;${a}`,
        `x=y;;${a};`,
        `x=y, ${a}`,
        `__Host-ep-a; ${a}`,
        `__Host-ep-; ${a}; __Host-ep-zz=1`,
      ]
    },
  },
  {
    name: 'signed-out',
    source: 'CWE-613',
    cookies: ({ good, expired }) =>
      [
        [cookie('o', id)],
        [cookie('o', `${otherId}.${id}`)],
        [cookie('o', id), r],
        [cookie('o', otherId), cookie('r', `1.${otherId}.${refreshText}`)],
      ].flatMap((parts) => [good, expired].map((token) => [...sessionCookies(token), ...parts].join('; '))),
  },
  {
    name: 'refresh-due',
    source: 'RFC 6749 1.5',
    cookies: ({ good, nearItsEnd, expired, others, forged }, now) =>
      [
        [],
        [cookie('g', `1.${now - 60}.${now - 40}.`)],
        [cookie('g', `1.${now - 60}.${now - 5}.`)],
        [cookie('g', `1.${now - 60}.0.${hash(refreshText)}`)],
        [cookie('g', `1.${now - 60}.0.${hash('another')}`)],
        [cookie('g', `2.${now - 60}.0.`)],
        [cookie('g', `2.${now - 600}.${now - 5}.`)],
        [cookie('g', 'x')],
      ].flatMap((parts) =>
        [good, nearItsEnd, expired, others, forged].flatMap((token) => [
          [...sessionCookies(token), r, ...parts].join('; '),
          [...sessionCookies(token), ...parts].join('; '),
        ]),
      ),
  },
  {
    name: 'slots',
    source: 'CWE-362',
    cookies: ({ expired }, now) =>
      [
        [],
        [...Array(8).keys()].map((number) => cookie(`t${number}`, `${now - 10 * number}|${seed}|/a`)),
        [...Array(7).keys()].map((number) => cookie(`t${number}`, `${now - 10}|${seed}|/a`)),
        [...Array(8).keys()].map((number) => cookie(`t${number}`, `${now - (number === 5 ? 4000 : 10)}|${seed}|/a`)),
        [...Array(8).keys()].map((number) => cookie(`t${number}`, number === 2 ? 'x' : `${now - 10}|${seed}|/a`)),
        [cookie('t8', `${now}|${seed}|/a`), cookie('t01', 'x')],
      ].map((parts) => [...sessionCookies(expired), ...parts].join('; ')),
  },
]

function tokensOf(world: World, visitor: Visitor): Tokens {
  const now = Math.floor(world.start / 1000)
  const other = world.visitors.find(({ claims }) => claims.sub !== visitor.claims.sub) ?? visitor
  return {
    good: issuedToken(world, visitor),
    others: issuedToken(world, other, { sub: 'another' }),
    expired: issuedToken(world, visitor, { iat: now - 3660, exp: now - 60 }),
    nearItsEnd: issuedToken(world, visitor, { iat: now - 3570, exp: now + 30 }),
    forged: attackerToken(world, visitor.claims, { kid: visitor.issuer.keys[0].kid }),
  }
}

const script = { accept: '*/*', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }
const prefetch = { ...navigation, 'sec-purpose': 'prefetch' }

function sessionAttack(
  name: string,
  source: string,
  steps: (world: World, visitor: Visitor, tokens: Tokens) => readonly RequestParts[],
): Attack {
  return {
    name: `session-cookies-${name}`,
    class: 'credentials',
    source,
    build(world, random) {
      if (world.policy.signIn === undefined) return null
      const visitor = random.pick(world.visitors)
      const all = steps(world, visitor, tokensOf(world, visitor))
      return { steps: all.map((parts): Step => request(world, parts)) }
    },
  }
}

const onPages = fields.map(({ name, source, cookies }) =>
  sessionAttack(name, source, (world, visitor, tokens) => {
    const [uri] = visitor.granted
    const all = cookies(tokens, Math.floor(world.start / 1000))
    const elsewhere = [...visitor.denied.slice(0, 1), ...world.publicPaths.slice(0, 1)]
    return all.flatMap((field) => [
      { uri, headers: { ...navigation, cookie: field } },
      { uri, headers: { ...script, cookie: field } },
      ...elsewhere.map((path) => ({ uri: path, headers: { ...navigation, cookie: field } })),
    ])
  }),
)

const kinds = sessionAttack('asked-otherwise', 'CWE-352', (world, visitor, { good, expired, nearItsEnd }) => {
  const [uri] = visitor.granted
  const host = world.policy.signIn?.hosts?.[0] ?? 'd111111abcdef8.cloudfront.net'
  const frame = { ...navigation, 'sec-fetch-dest': 'iframe' }
  return [good, expired, nearItsEnd].flatMap((token) => {
    const field = [...sessionCookies(token), r].join('; ')
    return [
      { uri, headers: { ...prefetch, cookie: field } },
      { uri, headers: { ...frame, cookie: field } },
      { uri, headers: { accept: 'text/html', cookie: field } },
      { uri, headers: { accept: '*/*', cookie: field } },
      { uri, method: 'HEAD', headers: { ...navigation, cookie: field } },
      { uri, headers: { ...navigation, cookie: field, host: 'attacker.example' } },
      { uri, headers: { ...navigation, cookie: field, host: host.toUpperCase() } },
      { uri, querystring: `a=b|c%7C&${'é;,"'}`, headers: { ...navigation, cookie: field } },
      { uri, querystring: 'q'.repeat(600), headers: { ...navigation, cookie: field } },
      { uri: `${uri}${'a'.repeat(600)}`, headers: { ...navigation, cookie: field } },
      { uri, headers: { ...navigation, cookie: [field, 'x=y'] } },
    ]
  })
})

const besideHeader = sessionAttack(
  'beside-a-header',
  'RFC 6750 2',
  (world, visitor, { good, others, forged, expired }) =>
    [good, others, forged, expired, 'x'].flatMap((header) =>
      [good, forged].flatMap((session) =>
        [navigation, script].map((kind) => ({
          uri: visitor.granted[0],
          headers: { ...kind, ...credentialHeader(world.policy, header), cookie: sessionCookies(session).join('; ') },
        })),
      ),
    ),
)

const ofOwnPaths = sessionAttack('own-paths', 'RFC 6749 10.12', (world, _visitor, { good, expired }) => {
  const { callback, refresh, signOut } = {
    callback: '/_auth/callback',
    refresh: '/_auth/refresh',
    signOut: '/_auth/sign-out',
    ...world.policy.signIn?.paths,
  }
  const now = Math.floor(world.start / 1000)
  const state = `3${createHmac('sha256', seed).update('state').digest('base64url')}`
  const slot = cookie('t3', `${now - 5}|${seed}|/a.txt`)
  const own = { ...navigation, 'sec-fetch-site': 'same-origin' }
  const preflight = { origin: 'https://app.example.com', 'access-control-request-method': 'GET' }
  const queries: [uri: string, querystrings: string[]][] = [
    [
      callback,
      [
        '',
        `code=a&state=${state}`,
        `code=a&state=${state}&state=${state}`,
        `code=a&state=4${state.slice(1)}`,
        `code=a&state=${state}&iss=https%3A%2F%2Fattacker.example`,
        `error=access_denied&error_description=%3Cb%3Eattacker%20words&state=${state}`,
        'error=access_denied&state=3x',
      ],
    ],
    [
      refresh,
      [
        '',
        'to=%2Fa.txt',
        'to=%2F%2Fattacker.example',
        'to=/%5cattacker.example',
        'to=/a&to=/b',
        'to=https:attacker.example',
      ],
    ],
    [signOut, ['', `confirm=${hash(id)}`, `confirm=${hash(otherId)}`, 'confirm=', 'confirm=a&confirm=b']],
  ]
  const jars = ['x=y', slot, [...sessionCookies(good), r, slot].join('; '), [...sessionCookies(expired), r].join('; ')]
  return queries.flatMap(([uri, querystrings]) => [
    { uri, method: 'OPTIONS', headers: preflight },
    ...['HEAD', 'POST'].map((method) => ({ uri, method, headers: { cookie: jars[2] ?? '' } })),
    ...[`${uri}/`, `${uri}x`, uri.toUpperCase()].map((other) => ({ uri: other, headers: navigation })),
    { uri, headers: { ...own, host: 'attacker.example' } },
    ...querystrings.flatMap((querystring) =>
      jars.flatMap((field) => [
        { uri, querystring, headers: { ...own, cookie: field } },
        { uri, querystring, headers: { ...navigation, 'sec-fetch-site': 'cross-site', cookie: field } },
      ]),
    ),
  ])
})

export const sessionCookieAttacks: readonly Attack[] = [...onPages, kinds, besideHeader, ofOwnPaths]
