/** The ways in which a client proves itself, judged by a provider that is not ours. Basic authentication is tried in Chromium. */
import { expect, test } from 'vitest'
import { HttpBrowser } from '../../testing/http-browser.ts'
import { createSigningKey } from '../../testing/issuer.ts'
import { startCertifiedProvider } from '../../testing/providers/certified-provider.ts'
import { accounts, type SignInSiteOptions, startSignInSite } from './sign-in-site.ts'

const key = await createSigningKey('ES256', 'of the portal')
const clients: Record<string, SignInSiteOptions['client']> = {
  none: {},
  client_secret_post: { authMethod: 'client_secret_post', secret: 'a secret: 100% hidden+long enough' },
  private_key_jwt: {
    authMethod: 'private_key_jwt',
    publicKey: key.jwk,
    privateKey: {
      ...(key.privateKey.export({ format: 'jwk' }) as Record<string, string>),
      kid: key.kid,
      alg: key.algorithm,
    },
  },
}

test.each(Object.entries(clients))('%s: signed in, refreshed and revoked', async (_, client) => {
  const clockAhead = new SharedArrayBuffer(4)
  await using site = await startSignInSite({
    host: 'site.example.com',
    start: startCertifiedProvider,
    provider: { tokenUse: null, clientClaim: 'client_id', groupsClaim: 'groups' },
    signIn: { logout: 'oidc', responseIss: true },
    clockAhead,
    ...(client && { client }),
  })
  const browser = new HttpBrowser(site.servers)
  const { username, password } = accounts.alice
  const form = await browser.visit(`${site.url}/docs/note.txt`)
  const shown = await browser.submit(form, { username, password })
  expect([shown.status, shown.body]).toEqual([200, 'a note\n'])
  Atomics.add(new Int32Array(clockAhead), 0, site.provider.tokenSeconds - 30)
  expect((await browser.visit(`${site.url}/docs/note.txt`)).redirects).toHaveLength(2)
  const out = await browser.visit(`${site.url}/_auth/sign-out`, { from: `${site.url}/docs/` })
  expect(out.body).toContain('Sign out?')
  const { token, revocation } = site.provider.endpoints
  const paths = [token, token, revocation].map((address) => `POST ${new URL(address).pathname}`)
  expect(site.provider.backChannel.filter((line) => line.startsWith('POST'))).toEqual(paths)
})
