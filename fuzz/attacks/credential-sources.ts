/** Several places for a token at once, cookies in pieces, and cookies of several users (RFC 6265 5.4 and 6.1). */
import type { CredentialSource } from '../../authorizer/policy.ts'
import { groupChanges } from '../world/provider-claims.ts'
import type { World } from '../world/world.ts'
import type { Attack } from './attack.ts'
import { type CookieSource, credentialIn, firstSource, lastUserName, nameOf, request } from './request-step.ts'
import { attackerToken, issuedToken } from './tokens.ts'

type Headers = Record<string, string>

interface Tokens {
  good: string
  /** The same rights, for less long. */
  shorter: string
  expired: string
  forged: string
  /** Good as well, and another's. */
  others: string
}

function sourceAttack(
  name: string,
  source: string,
  headers: (tokens: Tokens, world: World) => readonly Headers[] | null,
): Attack {
  return {
    name,
    class: 'credentials',
    source,
    build(world, random) {
      const visitor = random.pick(world.visitors)
      const exp = Math.floor(world.start / 1000)
      const tokens = {
        good: issuedToken(world, visitor),
        shorter: issuedToken(world, visitor, { exp: exp + 1800 }),
        expired: issuedToken(world, visitor, { exp: exp - 60 }),
        forged: attackerToken(world, visitor.claims, { kid: visitor.issuer.keys[0].kid }),
        others: issuedToken(world, visitor, { sub: 'another', ...groupChanges(visitor, ['another']) }),
      }
      const all = headers(tokens, world)
      return all && { steps: all.map((one) => request(world, { uri: visitor.granted[0], headers: one })) }
    },
  }
}

function sourcesOf({ policy }: World): CredentialSource[] {
  return [policy.credentials ?? 'header'].flat() as CredentialSource[]
}

/** Of two sources that are cookies, one header. */
function joined(...all: readonly Headers[]): Headers {
  const cookie = all.flatMap((headers) => headers.cookie ?? []).join('; ')
  return { ...Object.assign({}, ...all), ...(cookie === '' ? {} : { cookie }) }
}

/** Something in a source that makes it absent all the same: another scheme, an empty cookie. */
function absentIn(source: CredentialSource, world: World): Headers {
  if (source === 'header') return { authorization: 'Basic eDp5' }
  if ('header' in source) return source.scheme === null ? {} : { [source.header]: 'Basic eDp5' }
  return { cookie: `${nameOf(source, world.policy)}=` }
}

function severalSources(
  name: string,
  headers: (sources: readonly CredentialSource[], tokens: Tokens, world: World) => readonly Headers[],
): Attack {
  return sourceAttack(`sources-${name}`, 'RFC 9110 11.6.2', (tokens, world) => {
    const sources = sourcesOf(world)
    return sources.length < 2 ? null : headers(sources, tokens, world)
  })
}

const several: Attack[] = [
  severalSources('each-alone', (sources, { good }, { policy }) =>
    sources.map((source) => credentialIn(source, policy, good)),
  ),
  severalSources('first-decides', (sources, { good, forged, others, expired }, { policy }) =>
    [forged, others, expired, good, 'x'].map((later) =>
      joined(...sources.map((source, index) => credentialIn(source, policy, index === 0 ? good : later))),
    ),
  ),
  severalSources('later-good', (sources, { good, forged }, { policy }) =>
    sources
      .slice(1)
      .map((source) =>
        joined(credentialIn(sources[0] ?? 'header', policy, forged), credentialIn(source, policy, good)),
      ),
  ),
  severalSources('earlier-absent', (sources, { good }, world) =>
    sources.map((source, index) =>
      joined(...sources.slice(0, index).map((one) => absentIn(one, world)), credentialIn(source, world.policy, good)),
    ),
  ),
  severalSources('none-good', (sources, { forged, expired, others }, { policy }) =>
    [forged, expired, others, ''].map((token) =>
      joined(...sources.map((source) => credentialIn(source, policy, token))),
    ),
  ),
]

function cookieAttack(
  name: string,
  wanted: (source: CookieSource) => boolean,
  source: string,
  cookies: (tokens: Tokens, names: Names) => readonly string[],
): Attack {
  return sourceAttack(name, source, (tokens, { policy }) => {
    const first = firstSource(policy)
    if (typeof first === 'string' || !('cookie' in first) || !wanted(first)) return null
    const names: Names = {
      of: (user) => nameOf(first, policy, user),
      lastUser: first.cookie.includes('{lastUser}') ? lastUserName(first, policy) : '',
    }
    return cookies(tokens, names).map((cookie) => ({ cookie }))
  })
}

interface Names {
  of: (user: string) => string
  lastUser: string
}

const chunkForms: readonly {
  name: string
  cookies: (text: string, name: string, forged: string) => readonly string[]
}[] = [
  {
    name: 'in-any-order',
    cookies: (text, name) => [
      inChunks(text, name, 3).toReversed().join('; '),
      inChunks(text, name, 9).toSorted().join('; '),
    ],
  },
  { name: 'nine', cookies: (text, name) => [inChunks(text, name, 9).join('; ')] },
  { name: 'ten', cookies: (text, name) => [inChunks(text, name, 10).join('; '), inChunks(text, name, 12).join('; ')] },
  {
    name: 'gap',
    cookies: (text, name) => [
      inChunks(text, name, 2).join('; ').replace(`${name}.1=`, `${name}.2=`),
      inChunks(text, name, 2).join('; ').replace(`${name}.0=`, `${name}.3=`),
      inChunks(text, name, 1).join('; ').replace(`${name}.0=`, `${name}.1=`),
    ],
  },
  {
    name: 'odd-number',
    cookies: (text, name) =>
      ['00', '-0', '0x0', '0.0', 'a', '', '9', '10', '99999999999'].map((number) => `${name}.${number}=${text}`),
  },
  {
    name: 'repeated',
    cookies: (text, name) => {
      const [first = '', ...rest] = inChunks(text, name, 2)
      return [[first, first, ...rest].join('; '), [`${name}.0=x`, first, ...rest].join('; ')]
    },
  },
  {
    name: 'beside-whole',
    cookies: (text, name, forged) => [
      [`${name}=${forged}`, ...inChunks(text, name, 2)].join('; '),
      [`${name}=${text}`, ...inChunks(forged, name, 2)].join('; '),
      `${name}=${text}`,
      `${name}=`,
      `${name}.0=`,
    ],
  },
]

function inChunks(text: string, name: string, count: number): string[] {
  const length = Math.ceil(text.length / count)
  return Array.from(
    { length: count },
    (_, index) => `${name}.${index}=${text.slice(index * length, (index + 1) * length)}`,
  )
}

const chunked = chunkForms.map(({ name, cookies }) =>
  cookieAttack(
    `chunks-${name}`,
    ({ chunks }) => chunks === true,
    'RFC 6265 6.1',
    ({ good, forged }, names) => cookies(good, names.of('visitor'), forged),
  ),
)

const usersForms: readonly { name: string; cookies: (tokens: Tokens, names: Names) => readonly string[] }[] = [
  {
    name: 'two',
    cookies: ({ good, others }, { of, lastUser }) => [
      `${of('ann')}=${good}; ${of('bob')}=${others}; ${lastUser}=ann`,
      `${lastUser}=ann; ${of('bob')}=${others}; ${of('ann')}=${good}`,
      `${lastUser}=bob; ${of('bob')}=${others}; ${of('ann')}=${good}`,
    ],
  },
  {
    name: 'other-expired',
    cookies: ({ good, expired, forged }, { of, lastUser }) =>
      [expired, forged, 'x'].map((old) => `${of('bob')}=${old}; ${of('ann')}=${good}; ${lastUser}=ann`),
  },
  {
    name: 'nobody',
    cookies: ({ good }, { of, lastUser }) =>
      ['nobody', 'an', 'annn', 'ANN', '.*', '*'].map((user) => `${of('ann')}=${good}; ${lastUser}=${user}`),
  },
  {
    name: 'not-said',
    cookies: ({ good, expired }, { of, lastUser }) => [
      `${of('ann')}=${good}`,
      `${of('ann')}=${good}; ${lastUser}=`,
      `${of('bob')}=${expired}; ${of('ann')}=${good}`,
    ],
  },
  {
    name: 'encoded',
    cookies: ({ good, others }, { of, lastUser }) => [
      `${of('ann%40example.com')}=${good}; ${of('bob')}=${others}; ${lastUser}=ann@example.com`,
      `${of('ann@example.com')}=${good}; ${of('bob')}=${others}; ${lastUser}=ann%40example.com`,
      `${of('ann%2')}=${good}; ${of('bob')}=${others}; ${lastUser}=ann%2`,
    ],
  },
]

const ofUsers = usersForms.map(({ name, cookies }) =>
  cookieAttack(`users-${name}`, ({ cookie }) => cookie.includes('{lastUser}'), 'CWE-488', cookies),
)

const repeatForms: readonly { name: string; cookies: (tokens: Tokens, name: string) => readonly string[] }[] = [
  {
    name: 'same-twice',
    cookies: ({ good }, name) => [
      `${name}=${good}; ${name}=${good}`,
      `${name}=${good}; a=b; ${name}=${good}; ${name}=${good}`,
    ],
  },
  { name: 'beside-empty', cookies: ({ good }, name) => [`${name}=; ${name}=${good}`, `${name}=${good}; ${name}=`] },
  {
    name: 'beside-expired',
    cookies: ({ good, expired }, name) => [
      `${name}=${expired}; ${name}=${good}`,
      `${name}=${good}; ${name}=${expired}`,
    ],
  },
  {
    name: 'fresh-and-fresher',
    cookies: ({ good, shorter }, name) => [
      `${name}=${shorter}; ${name}=${good}`,
      `${name}=${good}; ${name}=${shorter}`,
    ],
  },
  {
    name: 'two-subjects',
    cookies: ({ good, others }, name) => [`${name}=${others}; ${name}=${good}`, `${name}=${good}; ${name}=${others}`],
  },
  {
    name: 'tossed',
    cookies: ({ good, forged }, name) =>
      [3, 4, 5, 40].map((count) =>
        [...Array.from({ length: count }, (_, index) => `${name}=${forged}${index}`), `${name}=${good}`].join('; '),
      ),
  },
  {
    name: 'none-good',
    cookies: ({ forged, expired, others }, name) => [`${name}=${forged}; ${name}=${expired}; ${name}=${others}`],
  },
]

const repeatedCookies = repeatForms.map(({ name, cookies }) =>
  cookieAttack(
    `cookies-${name}`,
    ({ chunks }) => !chunks,
    'RFC 6265 5.4',
    (tokens, { of }) => cookies(tokens, of('visitor')),
  ),
)

/** Longer than a credential is looked at, in the place where one belongs. */
const tooLong: Attack[] = [
  { name: 'at-the-limit', length: 16_384 },
  { name: 'past-the-limit', length: 16_385 },
  { name: 'far-past-the-limit', length: 19_000 },
].map(({ name, length }) =>
  sourceAttack(`credential-${name}`, 'RFC 9110 15.5.22', ({ good, forged }, { policy }) =>
    [good, forged].map((token) => credentialIn(firstSource(policy), policy, token.padEnd(length, 'A'))),
  ),
)

export const credentialSourceAttacks = several
export const chunkedCookieAttacks = [...chunked, ...ofUsers]
export const repeatedCookieAttacks = repeatedCookies
export const longCredentialAttacks = tooLong
