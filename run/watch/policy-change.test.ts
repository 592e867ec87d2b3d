import { expect, test } from 'vitest'
import type { Policy } from '../../authorizer/policy.ts'
import { policyChanges } from './policy-change.ts'

const policy: Policy = {
  issuer: 'https://id.example.com',
  clientIds: ['portal'],
  routes: [{ path: '/users/{sub}/*' }, { path: '/reports/*', groups: ['analysts'] }],
}
const texts = (after: Policy) => policyChanges(policy, after).map(({ text }) => text)

test('a changed policy is told by its fields and its routes', () => {
  const routes = [{ path: '/drafts/*' }, { path: '/reports/*', groups: ['staff'], scopes: ['read'] }]
  expect(texts({ ...policy, methods: ['GET'], routes })).toEqual([
    'methods',
    '/drafts/* (new)',
    '/reports/* groups and scopes',
    '/users/{sub}/* (gone)',
  ])
})

test('another order of routes, or of names in them, is no change', () => {
  expect(
    texts({ ...policy, routes: [{ groups: ['analysts'], path: '/reports/*' }, { path: '/users/{sub}/*' }] }),
  ).toEqual([])
})
