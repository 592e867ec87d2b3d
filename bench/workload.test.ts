import { createLocalJWKSet, jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import { clientId, jwks, loadWorkload, policy } from './workload.ts'

const { valid, expired } = loadWorkload(256)
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
  const tokens = [...valid, ...expired].map((item) => item.token)
  expect(new Set(tokens).size).toBe(256 + 64)
  for (const token of tokens) {
    expect(token.length).toBeGreaterThan(800)
    expect(token.length).toBeLessThan(1210)
  }
})

test('the same sources give the same bytes', () => {
  expect(loadWorkload(256)).toEqual({ valid, expired })
  expect(loadWorkload(64).valid).toEqual(valid.slice(0, 64))
})

test('an event carries its token and nothing else that differs from the next but its path and id', () => {
  for (const { event, token } of valid) {
    const { request } = JSON.parse(event).Records[0].cf
    expect(request.headers.authorization).toEqual([{ key: 'authorization', value: `Bearer ${token}` }])
  }
})
