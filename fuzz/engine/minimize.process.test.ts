import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { Policy } from '../../authorizer/policy.ts'
import { request } from '../attacks/request-step.ts'
import type { HandlerUnderTest } from '../sandbox/handler-under-test.ts'
import { createWorld, servedByIssuers } from '../world/make-world.ts'
import { createMinimizer } from './minimize.ts'

const directory = mkdtempSync(join(tmpdir(), 'edgeproof-minimize-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const policy: Policy = {
  issuer: 'https://idp.example.com',
  clientIds: ['c'],
  algorithms: ['ES256'],
  routes: [{ path: '/*' }],
}

/** Throws for a code that it cannot redeem, for want of a Host, and for want of an Accept. */
const handler = `exports.handler = async ({ Records: [{ cf: { request: { headers, querystring } } }] }) => {
  if (!headers.host) throw new TypeError('cannot read host')
  if (querystring.includes('code=')) throw new Error('the token endpoint answered 400')
  if (!headers.accept) throw new TypeError('cannot read accept')
  return { status: '401' }
}`

test('the smallest case of a crash is no other crash, and one that CloudFront sends', async () => {
  const file = join(directory, 'handler.cjs')
  writeFileSync(file, handler)
  const tested: HandlerUnderTest = { name: 'any', whose: 'foreign', file, policy, runtime: 'nodejs24.x' }
  const world = await createWorld(policy, Date.UTC(2026, 0, 15))
  const asked = request(world, { uri: '/a', querystring: 'code=bogus', headers: { 'x-more': '1' } })
  const whole = {
    name: 'code',
    class: 'headers',
    policy,
    start: world.start,
    serve: servedByIssuers(world.issuers),
  } as const
  await using minimizer = createMinimizer(tested)
  const cause = 'the handler threw Error: the token endpoint answered 0'
  const wanted = { class: 'crash', rule: 'result/answer', story: '', cause, who: 'anyone' } as const
  const found = await minimizer.reproduce({ ...whole, steps: [asked] }, wanted)
  expect(found).not.toBeNull()
  if (found === null) return
  const { case: smallest, observation } = await minimizer.minimize(found.shown)
  const [step] = smallest.steps
  const sent =
    step?.kind === 'request'
      ? (step.event as { Records: [{ cf: { request: { headers: object; querystring: string } } }] })
      : null
  expect(Object.keys(sent?.Records[0].cf.request.headers ?? {})).toEqual(['host'])
  expect([sent?.Records[0].cf.request.querystring, observation.cause]).toEqual(['code=bogus', cause])
})
