import { expect, it } from 'vitest'
import { createEdgeAuthorizer } from '../../authorizer/authorizer.ts'
import type { CredentialSource, Policy, Provider } from '../../authorizer/policy.ts'
import { toEdgePolicy } from '../../config/edge-policy.ts'
import { createSigningKey } from '../issuer.ts'
import { viewerRequestEvent } from '../viewer-request.ts'
import { type Credential, localCredentials, mintWith } from './credentials.ts'

const key = await createSigningKey('ES256')
const staff: Provider = {
  issuer: ['https://login.example.com/', 'https://old.example.com'],
  tokenUse: null,
  clientIds: ['portal', 'app'],
  clientClaim: 'azp',
  algorithms: ['ES256'],
  types: ['at+jwt'],
}
const partners: Provider = { issuer: 'https://partners.example.org', tokenUse: null, clientIds: ['gate'] }
const ann = { sub: 'ann', groups: ['a'], claims: {} }

const sources: [title: string, credentials: CredentialSource | CredentialSource[]][] = [
  ['the authorization header', 'header'],
  ['another header', { header: 'x-token', scheme: 'JWT' }],
  ['a header without a scheme', { header: 'cf-access-jwt-assertion', scheme: null }],
  ['a cookie', { cookie: 'pool.{client}.*.token' }],
  ['a cookie in chunks', { cookie: 'session', chunks: true }],
  ['the last user’s cookie', { cookie: 'pool.{client}.{lastUser}.token' }],
  ['the first of a list', [{ cookie: 'session' }, 'header']],
]

it.each(sources)('good tokens of the first provider pass and forged ones do not: in %s', async (_, credentials) => {
  const policy: Policy = {
    providers: { staff, partners },
    credentials,
    routes: [{ path: '/g/{group}/*', provider: 'staff' }],
  }
  const { authorize } = createEdgeAuthorizer(toEdgePolicy(policy), {
    get: async () => JSON.stringify({ keys: [key.jwk] }),
  })
  const answer = async ({ name, value }: Credential) => {
    const [record] = viewerRequestEvent('/g/a/x', { headers: { [name]: value } }).Records
    const decision = record && (await authorize(record.cf.request))
    return decision?.allow ? 'allowed' : decision?.reason
  }
  const made = await localCredentials(policy, [mintWith(key, policy)], 60)
  expect(await answer(await made.valid(ann, 0, false))).toBe('allowed')
  expect(await answer(await made.expired(ann))).toBe('expired')
  const forgeries = await Promise.all([0, 0.3, 0.6, 0.9].map((draw) => made.forged(ann, () => draw)))
  expect(await Promise.all(forgeries.map(answer))).toEqual(['signature', 'signature', 'algorithm', 'unknown-key'])
})
