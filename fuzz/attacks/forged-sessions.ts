/**
 * Sessions that nobody signed (CWE-565, CWE-345): what a handler might believe of a cookie, under the names of those that it sets,
 * reads or is described to read. Only of handlers with a description, which have cookies of their own.
 */
import type { HandlerCredential } from '../../config/handler-schema.ts'
import { fillTemplate } from '../../config/handler-template.ts'
import type { Step } from '../case.ts'
import type { Visitor, World } from '../world/world.ts'
import type { Attack } from './attack.ts'
import { cookieName, request } from './request-step.ts'
import { attackerToken, unsigned } from './tokens.ts'

interface Forgery {
  name: string
  source: string
  /** Values for a cookie; `template` is what the handler is described to find there. */
  values(world: World, visitor: Visitor, template: string | undefined): string[]
}

const person = ({ claims }: Visitor) => ({
  sub: claims.sub,
  email: 'admin@example.com',
  email_verified: true,
  name: 'admin',
  exp: claims.exp,
  groups: ['admin'],
  roles: ['admin'],
})

function spellings(value: unknown): string[] {
  const json = JSON.stringify(value)
  const octets = Buffer.from(json)
  return [octets.toString('base64'), octets.toString('base64url'), encodeURIComponent(json), json]
}

const forgeries: readonly Forgery[] = [
  {
    name: 'json',
    source: 'CWE-565',
    values: (_world, visitor) => [
      ...spellings({}),
      ...spellings(person(visitor)),
      ...spellings({ user: person(visitor), authenticated: true, loggedIn: true }),
    ],
  },
  {
    name: 'token-answer',
    source: 'CWE-345',
    values: (world, visitor) => {
      const answer = { token_type: 'Bearer', access_token: 'x', expires_in: 3600, scope: 'openid' }
      const id_token = unsigned({ alg: 'none', typ: 'JWT' }, visitor.claims)
      return [
        ...spellings(answer),
        ...spellings({ ...answer, id_token }),
        ...spellings({ ...answer, id_token: attackerToken(world, visitor.claims) }),
        ...spellings({ accessToken: 'x', idToken: id_token, user: person(visitor) }),
      ]
    },
  },
  {
    name: 'described',
    source: 'CWE-287',
    values: (world, visitor, template) => {
      if (template === undefined) return []
      const none = unsigned({ alg: 'none', typ: 'JWT' }, visitor.claims)
      const tokens = ['', 'null', none, attackerToken(world, visitor.claims)]
      return [
        ...tokens.map((token) => fillTemplate(template, { token, idToken: token })),
        ...withoutToken(template).map((text) => fillTemplate(text, { idToken: 'x', refreshToken: 'x' })),
      ]
    },
  },
  {
    name: 'words',
    source: 'CWE-302',
    values: (_world, visitor) => ['true', '1', 'ok', 'admin', 'authenticated', String(visitor.claims.sub), 'undefined'],
  },
  {
    name: 'unsigned',
    source: 'CVE-2015-9235',
    values: (world, visitor) => [
      unsigned({ alg: 'none', typ: 'JWT' }, visitor.claims),
      unsigned({ alg: 'HS256', typ: 'JWT' }, visitor.claims, 'AA'),
      unsigned({}, visitor.claims),
      attackerToken(world, visitor.claims),
    ],
  },
]

/** A JSON template without the member that holds the token, which a handler may take for a session without one. */
function withoutToken(template: string): string[] {
  const less = template.replace(/,?\s*"[^"]*"\s*:\s*(?:"\{token[^}]*\}"|\{token[^}]*\})/, '').replace(/\{\s*,/, '{')
  return less === template ? [] : [less]
}

/** Names of the handler's cookies, and what its description says of their values. */
function cookiesOf(world: World, { issuer, claims }: Visitor): Map<string, string | undefined> {
  const names = new Map<string, string | undefined>([[cookieName(world.policy), undefined]])
  for (const { name } of world.harvest?.cookies ?? []) names.set(name, undefined)
  const values = { client: issuer.provider.clientIds[0] ?? '', sub: String(claims.sub), username: String(claims.sub) }
  for (const [name, template] of Object.entries(describedCookies(world)))
    names.set(fillTemplate(name, values), template)
  return names
}

function describedCookies({ handler }: World): Readonly<Record<string, string>> {
  const credential: HandlerCredential | 'none' | undefined = handler?.credential
  return credential === undefined || credential === 'none' ? {} : (credential.cookies ?? {})
}

const forged: Attack[] = forgeries.map(({ name, source, values }) => ({
  name: `session-${name}`,
  class: 'credentials',
  source,
  build(world, random) {
    if (world.handler === undefined) return null
    const visitor = random.pick(world.visitors)
    const [uri] = visitor.granted
    const steps = [...cookiesOf(world, visitor)].flatMap(([cookie, template]) =>
      values(world, visitor, template).map((value) =>
        request(world, { uri, headers: { cookie: `${cookie}=${value}` } }),
      ),
    )
    return steps.length > 0 ? { steps } : null
  },
}))

/** What the handler gave a visitor who has not signed in, under its other cookies' names. */
const swapped: Attack = {
  name: 'session-of-its-other-cookies',
  class: 'credentials',
  source: 'CWE-565',
  build(world, random) {
    const { cookies = [], states = [] } = world.harvest ?? {}
    if (cookies.length + states.length === 0) return null
    const visitor = random.pick(world.visitors)
    const [uri] = visitor.granted
    const values = [...new Set([...cookies.map(({ value }) => value), ...states])]
    const names = [...cookiesOf(world, visitor).keys()]
    const one = (cookie: string): Step => request(world, { uri, headers: { cookie } })
    const all = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
    return {
      steps: [one(all), ...values.flatMap((value) => names.map((name) => one(`${all}; ${name}=${value}`)))],
    }
  },
}

export const forgedSessionAttacks: readonly Attack[] = [...forged, swapped]
