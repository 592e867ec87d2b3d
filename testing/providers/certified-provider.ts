/**
 * oidc-provider, which is certified for OpenID Connect's profiles and was written by others: what the sign-in is held against.
 * Access tokens are JWTs (RFC 9068) for the site as their resource (RFC 8707); PKCE is required, answers carry `iss`
 * (RFC 9207), refresh tokens rotate, and one that is used twice ends the whole grant, without a grace.
 */
import { randomBytes } from 'node:crypto'
import Provider, { type Context } from 'oidc-provider'
import { createMemoryAdapter } from 'oidc-provider/lib/adapters/memory_adapter.js'
import { createSigningKey } from '../issuer.ts'
import { accountOf, formFields, signInForm } from './sign-in-form.ts'
import { type ProviderOptions, type RegisteredClient, type SignInProvider, serveProvider } from './sign-in-provider.ts'

/** `resource`: the `aud` of access tokens. `issuer`: without a path. Default: of login.example.com. */
export async function startCertifiedProvider(
  options: ProviderOptions & { resource: string; issuer?: string },
): Promise<SignInProvider> {
  const { accounts, clients, resource, issuer = 'https://login.example.com' } = options
  const lifetime = () => provider.tokenSeconds
  const groupsOf = (accountId: string) => accounts.find(({ sub }) => sub === accountId)?.groups ?? []
  const key = await createSigningKey()
  const oidc = new Provider(issuer, {
    adapter: createMemoryAdapter(),
    jwks: { keys: [{ ...key.jwk, ...key.privateKey.export({ format: 'jwk' }) }] },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    clients: clients.map(metadata),
    claims: { openid: ['sub', 'groups'] },
    // ID tokens of the code flow carry the claims of their scopes, as most providers' do.
    conformIdTokenClaims: false,
    findAccount: (_: Context, sub: string) => ({ accountId: sub, claims: () => ({ sub, groups: groupsOf(sub) }) }),
    extraTokenClaims: (_: Context, token: { accountId: string }) => ({ groups: groupsOf(token.accountId) }),
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    loadExistingGrant: grantEverything,
    pkce: { required: () => true },
    ttl: {
      AccessToken: lifetime,
      IdToken: lifetime,
      AuthorizationCode: 60,
      RefreshToken: 86_400,
      Interaction: 3600,
      Session: 86_400,
      Grant: 86_400,
    },
    features: {
      devInteractions: { enabled: false },
      claimsParameter: { enabled: true },
      revocation: { enabled: true, allowedPolicy: () => true },
      rpInitiatedLogout: { enabled: true, logoutSource },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: '',
          audience: resource,
          accessTokenTTL: provider.tokenSeconds,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    renderError: (ctx: Context, { error }: { error: string }) => {
      ctx.type = 'text'
      ctx.body = error
    },
  })
  oidc.proxy = true
  const answer = oidc.callback()
  const server = await serveProvider((request, response) => {
    // TLS has ended before this: on the secure port here, for the plain one in the local edge.
    request.headers['x-forwarded-proto'] = 'https'
    if (!request.url?.startsWith('/interaction/')) return answer(request, response)
    void interact(request, response).catch(() => response.writeHead(400).end('This sign-in is over.'))
  }, '/jwks')

  async function interact(...[request, response]: Parameters<typeof answer>): Promise<void> {
    const { uid } = await oidc.interactionDetails(request, response)
    const isSent = request.method === 'POST'
    const account = isSent ? accountOf(accounts, await formFields(request)) : undefined
    if (account) return oidc.interactionFinished(request, response, { login: { accountId: account.sub } })
    response.writeHead(200, { 'Content-Type': 'text/html', 'Cache-Control': 'no-store' })
    response.end(signInForm(`/interaction/${uid}`, isSent))
  }

  const provider: SignInProvider = Object.assign(server, {
    issuer,
    jwksUri: `${issuer}/jwks`,
    endpoints: {
      authorization: `${issuer}/auth`,
      token: `${issuer}/token`,
      revocation: `${issuer}/token/revocation`,
      logout: `${issuer}/session/end`,
    },
    hosts: [new URL(issuer).hostname],
    tokenSeconds: 3600,
  })
  return provider
}

function metadata({ id, secret, publicKey, authMethod, redirectUris, signOutUris }: RegisteredClient): object {
  return {
    client_id: id,
    token_endpoint_auth_method: authMethod ?? (secret === undefined ? 'none' : 'client_secret_basic'),
    ...(secret !== undefined && { client_secret: secret }),
    ...(publicKey && { jwks: { keys: [publicKey] } }),
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: redirectUris,
    post_logout_redirect_uris: signOutUris,
  }
}

/** The site and the provider belong to one company, so nobody is asked for consent. */
async function grantEverything({ oidc: { client, session, result, provider } }: Context): Promise<unknown> {
  const { clientId } = client
  const known = result?.consent?.grantId ?? session.grantIdFor(clientId)
  const existing = known === undefined ? undefined : await provider.Grant.find(known)
  if (existing) return existing
  const grant = new provider.Grant({ clientId, accountId: session.accountId })
  grant.addOIDCScope('openid offline_access')
  await grant.save()
  return grant
}

function logoutSource(ctx: Context, form: string): void {
  ctx.body = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign out</title><h1>Sign out?</h1>${form}
<button form="op.logoutForm" name="logout" value="yes">Sign out</button></html>`
}
