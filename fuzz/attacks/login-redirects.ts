/** Who is sent to log in, and what the login page is told to send back to (Fetch Metadata; RFC 6750 5.3; CWE-601). */
import type { Visitor } from '../world/world.ts'
import type { Attack } from './attack.ts'
import { navigation, type RequestParts, request } from './request-step.ts'
import { attackerToken, issuedToken } from './tokens.ts'

type Fields = NonNullable<RequestParts['headers']>

/** What a request says of itself. Some are navigations, the others only look like one. */
const asked: readonly { name: string; fields: readonly Fields[] }[] = [
  {
    name: 'navigation',
    fields: [
      navigation,
      { accept: 'text/html' },
      { accept: 'TEXT/HTML;q=0.1, */*' },
      { accept: ['image/png', 'text/html'] },
      { accept: '*/*', 'sec-fetch-mode': 'navigate' },
      { accept: '*/*', 'sec-fetch-dest': 'document' },
    ],
  },
  {
    name: 'fetch',
    fields: [
      { accept: '*/*', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
      { accept: 'text/html', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
      { accept: 'application/json', 'x-requested-with': 'XMLHttpRequest' },
      { accept: 'text/html', 'sec-fetch-mode': 'same-origin' },
      { accept: '*/*' },
    ],
  },
  {
    name: 'image',
    fields: ['image', 'script', 'style', 'font', 'video'].map((dest) => ({
      accept: 'text/html, image/avif, */*',
      'sec-fetch-mode': 'no-cors',
      'sec-fetch-dest': dest,
    })),
  },
  {
    name: 'frame',
    fields: ['iframe', 'frame', 'embed', 'object', 'fencedframe'].map((dest) => ({
      ...navigation,
      'sec-fetch-dest': dest,
    })),
  },
  {
    name: 'both',
    fields: [
      { ...navigation, 'sec-fetch-mode': ['navigate', 'cors'] },
      { ...navigation, 'sec-fetch-mode': 'navigate, cors' },
      { ...navigation, 'sec-fetch-mode': 'Navigate' },
      { ...navigation, 'sec-fetch-dest': ['document', 'document'] },
      { ...navigation, 'sec-fetch-dest': 'document ' },
      { ...navigation, 'sec-fetch-mode': '' },
      { accept: 'application/xhtml+xml', 'sec-fetch-site': 'none' },
    ],
  },
]

const navigations: Attack[] = asked.map(({ name, fields }) => ({
  name: `login-${name}`,
  class: 'headers',
  source: 'CWE-346',
  build(world, random) {
    if (world.policy.deny?.unauthenticated?.redirect === undefined) return null
    const visitor = random.pick(world.visitors)
    const own = issuedToken(world, visitor)
    const bad = attackerToken(world, visitor.claims, { kid: visitor.issuer.keys[0].kid })
    const [uri] = visitor.granted
    const others = visitor.denied.slice(0, 1)
    const steps = fields.flatMap((headers) => [
      request(world, { uri, headers }),
      request(world, { uri, headers, method: 'HEAD' }),
      request(world, { uri, headers, method: 'POST' }),
      request(world, { uri, headers, token: bad }),
      request(world, { uri, headers: { ...headers, origin: world.policy.corsOrigins?.[0] ?? 'null' } }),
      request(world, { uri: '/nowhere', headers, token: own }),
      ...others.map((other) => request(world, { uri: other, headers, token: own })),
    ])
    return { steps }
  },
}))

/** Paths and query strings to come back to; `token` is what the request bears, and no good one. */
const waysBack: readonly { name: string; source: string; ways: (path: string, token: string) => RequestParts[] }[] = [
  {
    name: 'token-in-query',
    source: 'RFC 6750 5.3',
    ways: (uri, token) =>
      [
        `access_token=${token}`,
        `a=b&id_token=${token}&c`,
        token,
        `t=${twice(token)}`,
        `t=${escaped(token)}`,
        token.split('.')[1] ?? '',
      ].map((querystring) => ({ uri, querystring })),
  },
  {
    name: 'token-in-path',
    source: 'CWE-598',
    ways: (path, token) =>
      [token, escaped(token), twice(token), `x${token}`, `${token}.txt`, token.split('.')[1] ?? ''].map((text) => ({
        uri: path.replace(/[^/]*$/, text),
      })),
  },
  {
    name: 'three-letters',
    source: 'CWE-598',
    ways: (path) =>
      ['surveyJune.v2.pdf', 'eyJ', 'eyJ.eyJ.x', 'eyJhbGciOiJSUzI1NiJ9', 'eyJ9', 'eyJ%7B%22'].flatMap((text) => [
        { uri: path.replace(/[^/]*$/, text) },
        { uri: path, querystring: `q=${text}` },
      ]),
  },
  {
    name: 'long',
    source: 'CWE-770',
    ways: (path) =>
      [900, 1023, 1024, 1025, 2000].flatMap((length) => [
        { uri: `${path}/`.padEnd(length, 'a') },
        { uri: path, querystring: 'q'.repeat(length - path.length - 1) },
      ]),
  },
  {
    name: 'other-text',
    source: 'CWE-113',
    ways: (path) =>
      [
        'a&b=c',
        'a%26b=c',
        'a%23b',
        '\u00e9',
        '%C3%A9',
        "'()*!~",
        'a%20b',
        'a%2Bb',
        '\u{1f512}',
        '%25',
        'a=b',
        ';x',
      ].flatMap((text) => [{ uri: path.replace(/[^/]*$/, text) }, { uri: path, querystring: text }]),
  },
  {
    name: 'other-query',
    source: 'CWE-601',
    ways: (uri) =>
      [
        '\ud800',
        '/',
        '?',
        '#',
        '%0d%0aset-cookie:%20a=b',
        '//attacker.example',
        '&next=//attacker.example',
        'a=b#c',
        ' ',
      ].map((querystring) => ({ uri, querystring })),
  },
  {
    name: 'other-host',
    source: 'CWE-644',
    ways: (uri) =>
      ['attacker.example', 'attacker.example:8443', '', 'a, attacker.example', 'app.example.com'].flatMap((host) => [
        { uri, headers: { host } },
        { uri, headers: { 'x-forwarded-host': host, forwarded: `host=${host}` } },
      ]),
  },
]

function escaped(text: string): string {
  return [...text].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join('')
}

/** What its parts begin with percent-encoded twice, and the rest as it is. */
function twice(token: string): string {
  return token.replaceAll('eyJ', '%2565%2579%254a')
}

const returnPaths: Attack[] = waysBack.map(({ name, source, ways }) => ({
  name: `way-back-${name}`,
  class: 'headers',
  source,
  build(world) {
    if (world.policy.deny?.unauthenticated?.redirect === undefined) return null
    const isOfFolder = ({ granted }: Visitor) => granted[0].endsWith('/a.txt')
    const visitors = world.visitors.toSorted((one, other) => Number(isOfFolder(other)) - Number(isOfFolder(one)))
    const steps = visitors.slice(0, 3).flatMap((one) => {
      const bad = attackerToken(world, one.claims, { kid: one.issuer.keys[0].kid })
      const [path] = one.granted
      return ways(path, bad).flatMap((parts) => [request(world, { ...parts, token: bad }), request(world, parts)])
    })
    return { steps }
  },
}))

export const loginRedirectAttacks: readonly Attack[] = [...navigations, ...returnPaths]
