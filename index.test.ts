import { expect, test } from 'vitest'
import { checkPolicy, createAuthorizer, type Policy, UsageError } from './index.ts'
import { installedVersion } from './result/environment.ts'
import { accessTokenPayload, createSigningKey } from './testing/issuer.ts'
import { mint } from './testing/mint.ts'
import { viewerRequestEvent } from './testing/viewer-request.ts'

const policy: Policy = {
  issuer: 'https://issuer.example',
  clientIds: ['client'],
  algorithms: ['ES256'],
  routes: [{ path: '/users/{sub}/*' }],
}

test('authorize can be handed to map: the index that comes with each request means nothing', async () => {
  const key = await createSigningKey('ES256')
  const claims = { iss: 'https://issuer.example', client_id: 'client', sub: 'ann' }
  const token = mint(key, accessTokenPayload(claims))
  // The keys are still on their way when the requests arrive, so each has to wait for them.
  const { authorize } = createAuthorizer(policy, { get: async () => JSON.stringify({ keys: [key.jwk] }) })
  const requests = ['/users/ann/a', '/users/bob/a'].map((uri) => {
    const event = viewerRequestEvent(uri, { headers: { authorization: `Bearer ${token}` } })
    return event.Records[0]?.cf.request ?? expect.unreachable()
  })
  const decisions = await Promise.all(requests.map(authorize))
  expect(decisions.map(({ allow }) => allow)).toEqual([true, false])
  expect(decisions[1]).toMatchObject({ reason: 'right' })
})

test('what says that it has checked a policy has the version of the package', () => {
  expect(checkPolicy(policy)).toMatchObject({ edgeproof: installedVersion() })
})

test('a policy that is none is refused with the name of the field', () => {
  const wrong = { ...policy, issuer: 'http://issuer.example' }
  expect(() => createAuthorizer(wrong)).toThrow(UsageError)
  expect(() => createAuthorizer(wrong)).toThrow(/issuer: should be an https URL/)
})
