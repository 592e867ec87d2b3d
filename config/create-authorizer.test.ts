import { expect, test } from 'vitest'
import { type CheckedPolicy, createAuthorizer } from '../authorizer/library.ts'
import type { Policy } from '../authorizer/policy.ts'
import { version } from '../authorizer/version.ts'
import { createSigningKey } from '../testing/issuer.ts'
import { mint } from '../testing/mint.ts'
import { viewerRequestEvent } from '../testing/viewer-request.ts'
import { checkPolicy } from './create-authorizer.ts'

const policy: Policy = {
  issuer: 'https://issuer.example',
  clientIds: ['client'],
  tokenUse: null,
  algorithms: ['ES256'],
  types: ['at+jwt'],
  routes: [{ path: '/users/{sub}/*' }, { path: '/teams/{group}/*.css', hash: 'md5' }],
}

test('a policy that was checked elsewhere and stored as JSON is enforced', async () => {
  const stored = JSON.parse(JSON.stringify(checkPolicy(policy))) as CheckedPolicy
  const key = await createSigningKey('ES256')
  const { handler } = createAuthorizer(stored, {
    get: async () => JSON.stringify({ keys: [key.jwk] }),
    log: () => undefined,
  })
  const now = Math.floor(Date.now() / 1000)
  const claims = { iss: 'https://issuer.example', aud: 'client', sub: 'ann', iat: now, exp: now + 60 }
  const token = mint(key, claims, { typ: 'at+jwt' })
  const ask = (uri: string) => handler(viewerRequestEvent(uri, { headers: { authorization: `Bearer ${token}` } }))
  expect(await ask('/users/ann/a')).toMatchObject({ uri: '/users/ann/a' })
  expect(await ask('/users/bob/a')).toMatchObject({ status: '403' })
})

test.each<[what: string, checked: unknown]>([
  ['a policy as it is written', policy],
  ['nothing', undefined],
  ['null', null],
  ['the inner part alone', { policy: checkPolicy(policy).policy }],
])('%s is refused with what to pass instead', (_, checked) => {
  expect(() => createAuthorizer(checked as CheckedPolicy)).toThrow(
    /^policy: is not checked; pass the policy\.checked\.json/,
  )
})

test('what another version has checked is refused', () => {
  const older = { ...checkPolicy(policy), edgeproof: '0.0.9' }
  expect(() => createAuthorizer(older)).toThrow(
    `policy: was checked by edgeproof 0.0.9 and this is ${version}; run \`edgeproof build\` again`,
  )
})
