import { expect, test } from 'vitest'
import type { ViewerRequest } from '../../authorizer/cloudfront.ts'
import type { Policy } from '../../authorizer/policy.ts'
import type { HandlerCredential } from '../../config/handler-schema.ts'
import { request } from '../attacks/request-step.ts'
import { asJudged, policyOfHandler } from './handler-credential.ts'
import { createWorld } from './make-world.ts'

const policy: Policy = { issuer: 'https://issuer.example', clientIds: ['portal'], routes: [{ path: '/*' }] }
const requestIn = (event: unknown) => (event as { Records: [{ cf: { request: ViewerRequest } }] }).Records[0].cf.request

test.each<[string, HandlerCredential, Policy['credentials']]>([
  ['a bearer token', { headers: { Authorization: 'Bearer {token}' } }, 'header'],
  ['a header of another name', { headers: { 'x-token': '{token}' } }, { header: 'x-token', scheme: null }],
  [
    'a cookie with the user in its name',
    { cookies: { 'P.{client}.{sub}.t': '{token}' } },
    { cookie: 'P.{client}.*.t' },
  ],
  ['a cookie beside others', { cookies: { user: '{sub}', t: '{token}' } }, { cookie: 't' }],
])('%s is a source that a policy can name', async (_title, credential, credentials) => {
  expect(policyOfHandler(policy, { credential })).toEqual({ ...policy, credentials })
})

test.each<[string, HandlerCredential]>([
  ['in JSON in base64', { cookies: { s: '{"t":"{token}"}|base64', user: '{sub}' } }],
  ['in the query', { query: { jwt: '{token}' } }],
  ['behind a word', { headers: { 'x-token': 'token={token}' } }],
])('a token %s is shown as described, and read out of that for the judge', async (_title, credential) => {
  const judged = policyOfHandler(policy, { credential })
  const world = await createWorld(judged, 0, { file: 'index.js', credential })
  const step = request(world, { uri: '/a', token: 'a.b.c' })
  const event = step.kind === 'request' ? step.event : null
  expect(JSON.stringify(requestIn(event))).not.toContain('credential')
  expect(requestIn(asJudged(event, credential)).headers.credential?.[0]?.value).toBe('a.b.c')
  const sent = structuredClone(event)
  requestIn(sent).headers.credential = [{ key: 'credential', value: 'x.y.z' }]
  requestIn(sent).querystring = ''
  delete requestIn(sent).headers.cookie
  delete requestIn(sent).headers['x-token']
  expect(requestIn(asJudged(sent, credential)).headers).not.toHaveProperty('credential')
})

test('cookies of an attack come with those that the handler wants beside the token', async () => {
  const credential = { cookies: { user: '{sub}', t: '{token}' } }
  const world = await createWorld(policyOfHandler(policy, { credential }), 0, { file: 'index.js', credential })
  const step = request(world, { uri: '/a', headers: { cookie: 't=a.b.c' } })
  const sub = String(world.visitors[0].claims.sub)
  expect(step.kind === 'request' && requestIn(step.event).headers.cookie?.[0]?.value).toBe(`user=${sub}; t=a.b.c`)
})

test('a handler that was given a public key alone has the first, whatever a token calls it', async () => {
  const answers = { 'https://config.example/': { key: '{publicKey}' } }
  const { issuers } = await createWorld(policy, 0, { file: 'index.js', answers })
  expect(issuers[0].keys.map(({ jwk }) => jwk.kid)).toEqual([undefined])
  const both = { 'https://config.example/': { key: '{publicKey}', all: '{jwks}' } }
  const [whole] = (await createWorld(policy, 0, { file: 'index.js', answers: both })).issuers
  expect(whole.keys.map(({ jwk }) => typeof jwk.kid)).toEqual(['string', 'string'])
})
