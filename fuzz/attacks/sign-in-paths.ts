/**
 * Requests for the paths at which a described handler signs visitors in and out: where it sends them, and what its pages repeat
 * (RFC 9700 4.1 and 4.11, CWE-601, CWE-79). Each request stands alone; stories of browsers are told elsewhere.
 */
import type { Step } from '../case.ts'
import type { World } from '../world/world.ts'
import type { Attack } from './attack.ts'
import { request } from './request-step.ts'

/** Where an attacker wants a visitor to end. */
const places = [
  'https://attacker.example/',
  '//attacker.example/',
  '/\\attacker.example/',
  '\\\\attacker.example',
  '/%2fattacker.example',
  '///attacker.example',
  '.attacker.example/',
  '@attacker.example/',
  ':pass@attacker.example/',
  'javascript:alert(1)',
  '/a.txt',
]

const returnNames = ['state', 'requestedUri', 'redirect_uri', 'redirect', 'returnTo', 'return_to', 'next', 'url', 'to']

/** A state as handlers write one: the place alone, or in JSON, in any of their encodings. */
function states(place: string, known: readonly string[]): string[] {
  const members = ['requestedUri', 'redirect_uri', 'redirectUri', 'path', 'uri', 'url', 'returnTo']
  const json = JSON.stringify({ nonce: 'n', ...Object.fromEntries(members.map((name) => [name, place])) })
  const octets = Buffer.from(json)
  return [place, json, octets.toString('base64'), octets.toString('base64url'), ...known]
}

const pathsOf = ({ handler }: World) => [...new Set(Object.values(handler?.signIn?.paths ?? {}))]

function onPaths(world: World, queries: readonly string[]): Step[] {
  const cookie = (world.harvest?.cookies ?? []).map(({ name, value }) => `${name}=${value}`).join('; ')
  const headers = cookie === '' ? {} : { headers: { cookie } }
  return pathsOf(world).flatMap((uri) => queries.map((querystring) => request(world, { uri, querystring, ...headers })))
}

interface Asked {
  name: string
  source: string
  queries(world: World): string[]
}

const asked: readonly Asked[] = [
  {
    name: 'return-elsewhere',
    source: 'CWE-601',
    queries: () => places.map((place) => returnNames.map((name) => `${name}=${encodeURIComponent(place)}`).join('&')),
  },
  {
    name: 'state-elsewhere',
    source: 'RFC 9700 4.11.2',
    queries: ({ harvest }) =>
      places.flatMap((place) =>
        states(place, harvest?.states ?? []).map((state) => `code=abc&state=${encodeURIComponent(state)}`),
      ),
  },
  {
    name: 'malformed-callback',
    source: 'RFC 6749 4.1.2',
    queries: () => [
      '',
      'code=',
      'code=a&code=b',
      'state=',
      'code=a',
      'code=a&state=%ff',
      'code=a&state=bnVsbA',
      'code[]=a&state[]=b',
    ],
  },
  {
    name: 'error-page-words',
    source: 'CWE-79',
    queries: () => {
      const script = encodeURIComponent('<script>alert(1)</script>')
      return [
        `error=access_denied&error_description=${script}`,
        `error=${script}&error_description=${script}&error_uri=${script}&state=${script}`,
        `code=${script}&state=${script}`,
        ...returnNames.map((name) => `${name}=${encodeURIComponent('"><img src=x onerror=alert(1)>')}`),
      ]
    },
  },
]

export const signInPathAttacks: readonly Attack[] = asked.map(({ name, source, queries }) => ({
  name: `sign-in-${name}`,
  class: 'headers',
  source,
  build(world) {
    const steps = onPaths(world, queries(world))
    return steps.length > 0 ? { steps } : null
  },
}))
