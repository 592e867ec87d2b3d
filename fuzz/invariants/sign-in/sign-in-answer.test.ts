/** Our answers under `signIn`: the start that the page describes, and what is none. */
import { createHash, createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Policy } from '../../../authorizer/policy.ts'
import type { SignInAnswer } from '../../../oracle/verdict.ts'
import { leadsAstray, signInDifferences } from './sign-in-answer.ts'

const endpoints = { authorization: 'https://login.example.com/authorize', token: 'https://login.example.com/token' }
const policy: Policy = {
  issuer: 'https://issuer.example',
  clientIds: ['portal'],
  routes: [{ path: '/files/*' }, { path: '/bye.html', public: true }],
  signIn: { client: 'portal', endpoints, afterSignOut: '/bye.html', hosts: ['files.example.com'] },
}
const seconds = 1_768_478_400
const seed = 'A'.repeat(43)
const of = (purpose: string) => createHmac('sha256', seed).update(purpose).digest('base64url')
const challenge = createHash('sha256').update(of('verifier')).digest('base64url')
const attributes = 'Secure; HttpOnly; SameSite=Lax; Path=/'
const slot = `__Host-ep-t2=${seconds}|${seed}|/files/a?x=%25`
const start = {
  response_type: 'code',
  client_id: 'portal',
  redirect_uri: 'https://files.example.com/_auth/callback',
  scope: 'openid',
  state: `2${of('state')}`,
  nonce: of('nonce'),
  code_challenge: challenge,
  code_challenge_method: 'S256',
}
const guarded = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
}

interface Given {
  answer?: SignInAnswer
  status?: string
  cookie?: string
  set?: string[]
  headers?: object
}

function rulesOf(location: string, { answer = 'start', status = '302', cookie = '', set = [], headers = {} }: Given) {
  const all = { ...guarded, ...(location === '' ? {} : { location }), ...headers }
  const entries = Object.entries(all).map(([key, value]) => [key, [{ key, value: String(value) }]])
  const cookies = set.map((value) => ({ key: 'set-cookie', value }))
  const response = { status, headers: { ...Object.fromEntries(entries), 'set-cookie': cookies } }
  const sent = { host: [{ value: 'files.example.com' }], ...(cookie === '' ? {} : { cookie: [{ value: cookie }] }) }
  const request = { method: 'GET', uri: '/files/a', querystring: 'x=%', headers: sent }
  const verdict = { answers: [answer], host: 'files.example.com', seconds: [seconds, seconds] } as const
  return signInDifferences(policy, request, response, verdict)?.map(({ rule }) => rule)
}

const to = (parameters: object) => `${endpoints.authorization}?${new URLSearchParams({ ...parameters })}`
const set = [`${slot}; ${attributes}; Max-Age=3600`]

test.each<[title: string, location: string, given: Given, rules: string[]]>([
  ['as the page has it', to(start), { set }, []],
  ['without a challenge', to({ ...start, code_challenge: '' }), { set }, ['sign-in/start']],
  ['with a state that the seed has not', to({ ...start, state: '2x' }), { set }, ['sign-in/start']],
  [
    'for another host',
    to({ ...start, redirect_uri: 'https://evil.example/_auth/callback' }),
    { set },
    ['sign-in/start'],
  ],
  ['without a slot', to(start), {}, ['sign-in/start']],
  ['to somewhere else', 'https://evil.example/', { set }, ['sign-in/without']],
  [
    'with a slot for another path',
    to(start),
    { set: set.map((one) => one.replace('/files/a', '//e')) },
    ['sign-in/return-path'],
  ],
  ['with a slot that another one has', to(start), { set, cookie: `${slot}` }, ['sign-in/slot']],
  [
    'with a session taken back',
    to(start),
    { set: [...set, `__Host-ep-a=; ${attributes}; Max-Age=0`] },
    ['sign-in/refused-session'],
  ],
  [
    'with a slot that scripts see',
    to(start),
    { set: set.map((one) => one.replace('HttpOnly; ', '')) },
    ['sign-in/cookies'],
  ],
  ['that a cache may keep', to(start), { set, headers: { 'cache-control': 'max-age=60' } }, ['sign-in/response']],
])('a start %s', (_title, location, given, rules) => {
  expect(rulesOf(location, given)).toEqual(rules)
})

test('a refresh keeps the way back, and no Location leads astray', () => {
  const answer = 'refresh'
  const way = encodeURIComponent('/files/a?x=%25')
  expect(rulesOf(`/_auth/refresh?to=${way}`, { answer })).toEqual([])
  expect(rulesOf(`https://evil.example/_auth/refresh?to=${way}`, { answer })).toEqual(['sign-in/refresh-due'])
  expect(rulesOf(`/_auth/refresh?to=${way}&to=x`, { answer })).toEqual(['sign-in/refresh-due'])
  const astray = [
    '//evil.example/',
    '/\\evil.example',
    'https://login.example.com/token',
    '/files/a',
    endpoints.authorization,
  ]
  expect(astray.map((location) => leadsAstray(policy, 'files.example.com', location))).toEqual([
    true,
    true,
    true,
    false,
    false,
  ])
})
