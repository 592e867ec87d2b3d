/** SEMANTICS.md, "Sign-in", of single requests: what a session passes for, and what ours answers where none does. */
import { expect, test } from 'vitest'
import type { Policy } from '../../authorizer/policy.ts'
import { createOracle } from '../../oracle/oracle.ts'
import { hashOf } from '../../oracle/session-cookies.ts'
import { viewerRequestEvent } from '../../testing/viewer-request.ts'
import { answer, jwksUri, keys, policyOf, seconds, start, tokenOf } from './situation.ts'

const host = 'files.example.com'
const policy = {
  ...policyOf({}),
  routes: [{ path: '/files/*' }, { path: '/groups/{group}/*' }, { path: '/bye.html', public: true }],
  signIn: {
    client: 'portal',
    endpoints: { authorization: 'https://login.example.com/authorize', token: 'https://login.example.com/token' },
    afterSignOut: '/bye.html',
    hosts: [host],
  },
} as Policy

const id = 'A'.repeat(22)
const named = (name: string, value: string) => `__Host-ep-${name}=${value}`
const session = (claims: object = {}) => named('a', `1.${id}.${tokenOf({ claims })}`)
const expired = session({ iat: seconds - 3660, exp: seconds - 60 })
const early = session({ iat: seconds - 3570, exp: seconds + 30 })
const r = named('r', `1.${id}.refresh`)
const g = (signIns: number, ago: number, refreshedAgo: number, refused = '') =>
  named('g', `${signIns}.${seconds - ago}.${seconds - refreshedAgo}.${refused}`)
const page = { host, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
const script = { host, 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }

async function judge(uri: string, headers: Record<string, string>, more: { method?: string; whose?: 'foreign' } = {}) {
  const oracle = createOracle(policy, more.whose ?? 'ours')
  await oracle.serve({ [jwksUri]: answer([keys.rsa.jwk]) }, start)
  const { outcome, rule, signIn } = await oracle.judge(viewerRequestEvent(uri, { ...more, headers }), start)
  return [outcome, rule, ...(signIn?.answers ?? [])].join(' ')
}

test.each<[title: string, cookies: string[], expected: string]>([
  ['a good session', [session()], 'must-allow order/allow'],
  ['none', [], 'must-deny credentials/absent start'],
  ['one that has expired', [expired], 'must-deny claims/exp start'],
  ['one that can be refreshed', [expired, r], 'must-deny claims/exp refresh'],
  ['one near its end', [early, r], 'may sign-in/refresh-due refresh'],
  ['one near its end that cannot be refreshed', [early], 'must-allow order/allow'],
  ['one that was refreshed just now', [early, r, g(1, 600, 5)], 'must-allow order/allow'],
  ['a refresh token that was refused', [expired, r, g(1, 600, 600, hashOf('refresh'))], 'must-deny claims/exp start'],
  ['a third sign-in in two minutes', [g(2, 60, 600)], 'must-deny credentials/absent session-not-kept'],
  ['one that was signed out', [session(), named('o', id)], 'must-deny sign-in/revived start'],
  ['one while another was signed out', [session(), named('o', 'B'.repeat(22))], 'must-allow order/allow'],
  ['a name twice', [session(), named('t1', 'x'), named('t1', 'x')], 'must-deny sign-in/duplicate cookies'],
  ['a piece that is missing', [session().replace('=1.', '=2.')], 'must-deny sign-in/chunks start'],
  ['another form', [session().replace('=1.', '=01.')], 'must-deny sign-in/cookies start'],
  ['a name with a no-break space', [`\u00a0${session()}`], 'must-deny credentials/absent start'],
])('a page asked for with %s', async (_title, cookies, expected) => {
  expect(await judge('/files/a', { ...page, cookie: ['x=y', ...cookies].join('; ') })).toBe(expected)
})

test('what no visitor looks at is neither sent away nor refreshed', async () => {
  expect(await judge('/files/a', { ...script, cookie: `${expired}; ${r}` })).toBe('must-deny claims/exp denial')
  expect(await judge('/files/a', { ...page, 'sec-purpose': 'prefetch' })).toBe('must-deny credentials/absent denial')
  expect(await judge('/files/a', { ...script, cookie: `${early}; ${r}` })).toBe('must-allow order/allow')
})

test('a session without the right is denied, and never sent to sign in', async () => {
  expect(await judge('/groups/g1/a', { ...page, cookie: session() })).toBe('must-deny paths/no-right')
})

test('a header decides alone', async () => {
  const bad = { ...page, cookie: session(), authorization: 'Bearer x' }
  expect(await judge('/files/a', bad)).toBe('may sign-in/header-first')
  const good = { ...page, cookie: expired, authorization: `Bearer ${tokenOf({})}` }
  expect(await judge('/files/a', good)).toBe('must-allow order/allow')
})

test('own paths never pass, and another host is none of the site', async () => {
  expect(await judge('/_auth/callback', page)).toBe('must-deny sign-in/own-paths own')
  expect(await judge('/_auth/sign-out', page, { method: 'HEAD' })).toBe('must-deny order/method')
  expect(await judge('/files/a', { ...page, host: 'other.example' })).toBe('must-deny credentials/absent host')
  expect(await judge('/files/a', { ...page, host: 'other.example', cookie: session() })).toBe('must-allow order/allow')
})

test('a token for which no key was ever there is denied, or taken for none', async () => {
  const before = async (headers: Record<string, string>) => {
    const oracle = createOracle(policy, 'ours')
    await oracle.serve({}, start)
    const later = start + 60_000
    return (await oracle.judge(viewerRequestEvent('/files/a', { headers }), later)).signIn?.answers
  }
  expect(await before({ ...page, cookie: session() })).toEqual(['start', 'denial'])
  expect(await before(page)).toEqual(['start'])
})

test('of others’ cookies nothing is known', async () => {
  expect(await judge('/files/a', { ...page, cookie: session() }, { whose: 'foreign' })).toBe('may sign-in/session')
})
