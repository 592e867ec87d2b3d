/** Both providers as a client by the book sees them: the code flow with PKCE, refresh, revocation and sign-out. */
import { createHash, randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { json } from 'node:stream/consumers'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HttpBrowser, type Page } from '../http-browser.ts'
import { startCertifiedProvider } from './certified-provider.ts'
import { startCognitoProvider } from './cognito-provider.ts'
import type { SignInProvider } from './sign-in-provider.ts'

const resource = 'https://site.example.com'
const redirectUri = `${resource}/_auth/callback`
const signOutUri = `${resource}/bye.html`
const places = { redirectUris: [redirectUri], signOutUris: [signOutUri] }
const options = {
  accounts: [{ username: 'alice', password: 'correct horse', sub: 'alice-sub', groups: ['analysts'] }],
  clients: [
    { id: 'portal', ...places },
    { id: 'backoffice', secret: 'it:is%secret', ...places },
  ],
}
const kinds = {
  'oidc-provider': () => startCertifiedProvider({ ...options, resource }),
  'Cognito by its documentation': () => startCognitoProvider({ ...options, rotation: { graceSeconds: 60 } }),
}

interface Tokens {
  access_token: string
  id_token: string
  refresh_token: string
}

let provider: SignInProvider
let browser: HttpBrowser
const isCognito = () => provider.endpoints.logout.endsWith('/logout')

/** Of the plain port, as functions reach it: `Host` says who is meant. */
async function post(address: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
  const { host, pathname } = new URL(address)
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: Record<string, string> }>()
  const sent = request(
    {
      host: '127.0.0.1',
      port: provider.port,
      method: 'POST',
      path: pathname,
      headers: { host, 'content-type': 'application/x-www-form-urlencoded', ...headers },
    },
    (response) => {
      const empty = response.headers['content-length'] === '0' || response.statusCode === 200
      const body = empty && pathname.includes('revo') ? {} : json(response)
      response.resume()
      Promise.resolve(body).then(
        (parsed) => resolve({ status: response.statusCode ?? 0, body: parsed as never }),
        reject,
      )
    },
  )
  sent.on('error', reject).end(new URLSearchParams(fields).toString())
  return promise
}

async function authorize(
  client = 'portal',
  more: Record<string, string> = {},
): Promise<{ page: Page; verifier: string }> {
  const verifier = randomBytes(32).toString('base64url')
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: client,
    redirect_uri: redirectUri,
    scope: 'openid',
    state: 'of this browser',
    nonce: 'once',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...more,
  })
  return { page: await browser.visit(`${provider.endpoints.authorization}?${query}`), verifier }
}

const signIn = (page: Page) => browser.submit(page, { username: 'alice', password: 'correct horse' })

async function tokensOf(page: Page, verifier: string, client = 'portal', headers = {}) {
  const code = new URL(page.url).searchParams.get('code') ?? ''
  const fields = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier }
  return post(provider.endpoints.token, { ...fields, ...(client === 'portal' && { client_id: client }) }, headers)
}

const refresh = (refresh_token: string) =>
  post(provider.endpoints.token, { grant_type: 'refresh_token', client_id: 'portal', refresh_token })

async function claimsOf(token: string) {
  const { hostname, pathname } = new URL(provider.jwksUri)
  const { body } = await browser.visit(`https://${hostname}${pathname}`)
  return (await jwtVerify(token, createLocalJWKSet(JSON.parse(body)), { issuer: provider.issuer })).payload
}

describe.each(Object.entries(kinds))('%s', (_, start) => {
  beforeEach(async () => {
    provider = await start()
    const site = { tlsPort: provider.tlsPort, certificate: provider.certificate }
    browser = new HttpBrowser(Object.fromEntries([...provider.hosts, 'site.example.com'].map((host) => [host, site])))
  })
  afterEach(() => provider.close())

  test('a wrong password is asked for again, the right one leads to tokens that verify', async () => {
    const { page, verifier } = await authorize()
    const again = await browser.submit(page, { username: 'alice', password: 'wrong' })
    expect([again.status, again.body]).toEqual([200, expect.stringContaining('Incorrect username or password')])
    const callback = await signIn(again)
    const query = new URL(callback.url).searchParams
    expect([query.get('state'), query.get('iss')]).toEqual(['of this browser', isCognito() ? null : provider.issuer])
    const { status, body } = await tokensOf(callback, verifier)
    expect(status).toBe(200)
    const { access_token, id_token } = body as unknown as Tokens
    const access = await claimsOf(access_token)
    expect(access).toMatchObject({ sub: 'alice-sub', client_id: 'portal' })
    expect(access).toMatchObject(
      isCognito() ? { token_use: 'access', 'cognito:groups': ['analysts'] } : { aud: resource, groups: ['analysts'] },
    )
    expect('aud' in access).toBe(!isCognito())
    expect(await claimsOf(id_token)).toMatchObject({ sub: 'alice-sub', aud: 'portal', nonce: 'once' })
    expect((await authorize()).page.url).toContain(`${redirectUri}?`)
  })

  test('a code works once, with its verifier, for its client', async () => {
    const first = await authorize()
    const callback = await signIn(first.page)
    expect((await tokensOf(callback, 'another-browser'.padEnd(43, '-'))).body).toMatchObject({
      error: 'invalid_grant',
    })
    const second = await authorize()
    expect((await tokensOf(second.page, second.verifier)).status).toBe(200)
    expect((await tokensOf(second.page, second.verifier)).body).toMatchObject({ error: 'invalid_grant' })
    const third = await authorize('backoffice')
    expect((await tokensOf(third.page, third.verifier, 'backoffice')).body).toHaveProperty('error')
    const fourth = await authorize('backoffice')
    const secret = isCognito() ? 'it:is%secret' : encodeURIComponent('it:is%secret')
    const authorization = `Basic ${btoa(`backoffice:${secret}`)}`
    expect((await tokensOf(fourth.page, fourth.verifier, 'backoffice', { authorization })).status).toBe(200)
    expect((await authorize('portal', { code_challenge_method: 'plain' })).page.url).toContain('error=invalid_request')
  })

  test('refresh tokens rotate; one that comes again ends the grant, or has its grace', async () => {
    const { page, verifier } = await authorize()
    const { refresh_token } = (await tokensOf(await signIn(page), verifier)).body as unknown as Tokens
    const rotated = await refresh(refresh_token)
    expect(rotated.body.refresh_token).not.toBe(refresh_token)
    expect((await claimsOf(rotated.body.access_token ?? '')).sub).toBe('alice-sub')
    const again = await refresh(refresh_token)
    const next = await refresh(rotated.body.refresh_token ?? '')
    expect([again.status, next.status]).toEqual(isCognito() ? [200, 200] : [400, 400])
  })

  test('revocation ends the refresh token, sign-out the session', async () => {
    const { page, verifier } = await authorize()
    const { refresh_token } = (await tokensOf(await signIn(page), verifier)).body as unknown as Tokens
    const revoked = await post(provider.endpoints.revocation, { token: refresh_token, client_id: 'portal' })
    expect(revoked.status).toBe(200)
    expect((await refresh(refresh_token)).body).toMatchObject({ error: 'invalid_grant' })

    const uri = encodeURIComponent(signOutUri)
    const byTheStandard = `${provider.endpoints.logout}?client_id=portal&post_logout_redirect_uri=${uri}`
    const asked = await browser.visit(byTheStandard)
    if (isCognito()) {
      expect(asked.status).toBe(400)
      expect((await browser.visit(`${provider.endpoints.logout}?client_id=portal&logout_uri=${uri}`)).url).toBe(
        signOutUri,
      )
    } else {
      expect((await browser.submit(asked, { logout: 'yes' })).url).toBe(signOutUri)
    }
    expect((await authorize()).page.body).toContain('Password')
  })

  test('a fault concerns who comes by the plain port, and not the keys', async () => {
    provider.fault = 'down'
    const { page } = await authorize()
    expect(page.body).toContain('Password')
    expect((await browser.visit(provider.jwksUri)).status).toBe(200)
    await expect(refresh('any')).rejects.toThrow()
    expect(provider.backChannel).toHaveLength(1)
  })
})
