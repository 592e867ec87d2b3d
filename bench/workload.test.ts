import { createLocalJWKSet, jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import { createEdgeAuthorizer } from '../authorizer/authorizer.ts'
import { toEdgePolicy } from '../config/edge-policy.ts'
import { clientId, cookiePolicy, edgeConfiguration, jwks, loadWorkload, policy } from './workload.ts'

const { valid, expired, cookie } = loadWorkload(256)
const keySet = createLocalJWKSet(jwks as unknown as Parameters<typeof createLocalJWKSet>[0])

test('valid tokens verify for the policy and expired ones only fail for their age', async () => {
  for (const { token } of valid.slice(0, 20)) {
    const { payload } = await jwtVerify(token, keySet, { issuer: policy.issuer })
    expect(payload).toMatchObject({ token_use: 'access', client_id: clientId })
  }
  for (const { token } of expired.slice(0, 20)) {
    await expect(jwtVerify(token, keySet)).rejects.toMatchObject({ code: 'ERR_JWT_EXPIRED' })
  }
})

test('no two requests share a token, and each has the size of a Cognito access token', () => {
  const tokens = [...valid, ...expired, ...cookie].map((item) => item.token)
  expect(new Set(tokens).size).toBe(256 + 64 + 128)
  for (const token of tokens) {
    expect(token.length).toBeGreaterThan(800)
    expect(token.length).toBeLessThan(1210)
  }
})

test('the same sources give the same bytes', () => {
  expect(loadWorkload(256)).toEqual({ valid, expired, cookie })
  expect(loadWorkload(64).valid).toEqual(valid.slice(0, 64))
})

test('an event carries its token where its handler looks for it', () => {
  const headers = ({ event }: { event: string }) => JSON.parse(event).Records[0].cf.request.headers
  for (const item of valid) expect(headers(item).authorization).toMatchObject([{ value: `Bearer ${item.token}` }])
  for (const item of cookie)
    expect(headers(item).cookie).toMatchObject([{ value: expect.stringContaining(item.token) }])
})

test('the authorizer grants every valid request and no expired one', async () => {
  const byHeader = createEdgeAuthorizer(toEdgePolicy(policy), edgeConfiguration())
  const byCookie = createEdgeAuthorizer(toEdgePolicy(cookiePolicy), edgeConfiguration())
  for (const { event } of valid) expect(await byHeader.handler(JSON.parse(event))).toHaveProperty('uri')
  for (const { event } of cookie) expect(await byCookie.handler(JSON.parse(event))).toHaveProperty('uri')
  for (const { event } of expired) expect(await byHeader.handler(JSON.parse(event))).toHaveProperty('status', '401')
})
