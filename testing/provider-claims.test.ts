import { expect, it } from 'vitest'
import { createEdgeAuthorizer } from '../authorizer/authorizer.ts'
import type { Policy, Provider } from '../authorizer/policy.ts'
import { toEdgePolicy } from '../config/edge-policy.ts'
import { withDefaults } from '../config/policy-defaults.ts'
import { accessTokenPayload, createSigningKey } from './issuer.ts'
import { mint } from './mint.ts'
import { type Holder, providerClaims } from './provider-claims.ts'
import { viewerRequestEvent } from './viewer-request.ts'

const key = await createSigningKey('ES256')
const plain: Provider = { issuer: 'https://one.example.com', tokenUse: null, clientIds: ['web'], algorithms: ['ES256'] }

it.each<[title: string, provider: Partial<Provider>, holder: Holder, path: string]>([
  ['an access token', { tokenUse: 'access' }, { groups: ['a'] }, '/g/a'],
  ['an ID token', { tokenUse: 'id' }, { groups: ['a'] }, '/g/a'],
  ['another client claim', { clientClaim: 'azp' }, { groups: ['a'] }, '/g/a'],
  ['an audience beside the client', { audiences: ['https://files.example.com'] }, { groups: ['a'] }, '/g/a'],
  [
    'nested groups beside a rule',
    {
      groupsClaim: '/realm_access/roles',
      claims: { '/realm_access/roles': { contains: 'reader' } },
    },
    { groups: ['a'] },
    '/g/a',
  ],
  ['groups in one string', { groupsClaim: { claim: 'roles', split: ' ' } }, { groups: ['b', 'a'] }, '/g/a'],
  ['a nested claim', {}, { claims: { '/org/id': 7 } }, '/c'],
  [
    'a tenant',
    {
      issuer: 'https://one.example.com/{tid}/v2.0',
      jwksUri: 'https://one.example.com/keys',
      tenants: ['t1'],
    },
    { groups: ['a'] },
    '/g/a',
  ],
])('a token that is made for a provider passes: %s', async (_, fields, holder, path) => {
  const policy: Policy = {
    providers: { one: { ...plain, ...fields } },
    routes: [{ path: '/g/{group}' }, { path: '/c', claims: { '/org/id': 7 } }],
  }
  const { authorize } = createEdgeAuthorizer(toEdgePolicy(policy), {
    get: async () => JSON.stringify({ keys: [key.jwk] }),
  })
  const token = mint(key, accessTokenPayload(providerClaims(withDefaults(policy).providers[0], holder)))
  const event = viewerRequestEvent(path, { headers: { authorization: `Bearer ${token}` } })
  const request = event.Records[0]?.cf.request
  expect(request && (await authorize(request))).toMatchObject({ allow: true })
})
