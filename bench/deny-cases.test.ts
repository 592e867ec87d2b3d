import { expect, test } from 'vitest'
import { createEdgeAuthorizer } from '../authorizer/authorizer.ts'
import { toEdgePolicy } from '../config/edge-policy.ts'
import { denyCases, denyEvents } from './deny-cases.ts'
import { edgeConfiguration, loadWorkload, policy } from './workload.ts'

const { valid } = loadWorkload(256)
const authorizer = createEdgeAuthorizer(toEdgePolicy(policy), { ...edgeConfiguration(), log: () => undefined })
const headerOf = (event: string) => JSON.parse(event).Records[0].cf.request.headers.authorization[0].value as string

test.each([
  ['forged-groups', 'signature', 7000],
  ['forged-nested', 'signature', 8180],
  ['dear-nested', 'unknown-key', 8180],
  ['dear-header', 'unknown-key', 8180],
])('%s is denied for its %s at a length that is still looked at', async (id, reason, atLeast) => {
  const found = denyCases.find((entry) => entry.id === id) ?? expect.fail(`no case ${id}`)
  const values = new Set<string>()
  for (const event of denyEvents(found, valid.slice(0, 20))) {
    values.add(headerOf(event))
    expect(headerOf(event).length).toBeGreaterThanOrEqual(atLeast)
    expect(headerOf(event).length).toBeLessThanOrEqual(8192)
    expect(await authorizer.authorize(JSON.parse(event).Records[0].cf.request)).toMatchObject({ reason })
  }
  expect(values.size).toBe(20)
})
