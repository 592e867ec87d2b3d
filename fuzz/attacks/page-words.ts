/** Words of a request that a denial's page must not repeat (CWE-79), wherever a page may have them from. */
import type { Attack } from './attack.ts'
import { type RequestParts, request } from './request-step.ts'
import { attackerToken, issuedToken } from './tokens.ts'

const script = '<script>alert(1)</script>'
const encoded = encodeURIComponent(script)
const names = ['message', 'msg', 'error', 'error_description', 'reason', 'q', 'title', 'path', 'url', 'user', 'lang']

const places: readonly { name: string; parts: (path: string) => Omit<RequestParts, 'token'>[] }[] = [
  {
    name: 'path',
    parts: (path) => [
      { uri: `${path.replace(/[^/]*$/, '')}${encoded}` },
      { uri: `${path.replace(/[^/]*$/, '')}<svg%20onload=alert(1)>` },
      { uri: `${path}'-alert(1)-'` },
      { uri: `/nowhere/${encoded}` },
      { uri: `/nowhere/%7B%7B7*7%7D%7D` },
      { uri: `/${encodeURIComponent('{path}')}` },
    ],
  },
  {
    name: 'query',
    parts: (uri) => [
      { uri, querystring: names.map((name) => `${name}=${encoded}`).join('&') },
      { uri, querystring: script },
      { uri: '/nowhere', querystring: names.map((name) => `${name}=${script}`).join('&') },
    ],
  },
  {
    name: 'headers',
    parts: (uri) => [
      { uri, headers: { referer: `https://attacker.example/${script}`, 'user-agent': `Mozilla/5.0 ${script}` } },
      { uri, headers: { 'accept-language': `en${script}`, 'x-request-id': script } },
    ],
  },
]

export const pageWordAttacks: readonly Attack[] = places.map(({ name, parts }) => ({
  name: `page-words-in-${name}`,
  class: 'headers',
  source: 'CWE-79',
  build(world, random) {
    const visitor = random.pick(world.visitors)
    const own = issuedToken(world, visitor)
    const bad = attackerToken(world, visitor.claims, { kid: visitor.issuer.keys[0].kid })
    const onOwn = parts(visitor.granted[0]).flatMap((one) => [
      request(world, one),
      request(world, { ...one, method: 'HEAD' }),
      request(world, { ...one, method: 'DELETE' }),
      request(world, { ...one, token: bad }),
    ])
    const onOthers = visitor.denied
      .slice(0, 1)
      .flatMap((path) => parts(path).map((one) => request(world, { ...one, token: own })))
    return { steps: [...onOwn, ...onOthers] }
  },
}))
