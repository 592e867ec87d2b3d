/**
 * A user pool with its domain as the Developer Guide documents it (`cognito-habits.ts`): access tokens without `aud`, with
 * `client_id`, `token_use` and `cognito:groups`; errors without a description; `/logout?client_id&logout_uri`, which its
 * discovery names as the end-session endpoint although it knows no `post_logout_redirect_uri`; no `iss` in answers.
 *
 * Not documented, so chosen here: two refreshes with one token inside the grace get a new refresh token each, and both go on
 * working. What Cognito returns to the second needs an account to see.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { accessTokenPayload, createSigningKey } from '../issuer.ts'
import { mint } from '../mint.ts'
import * as habits from './cognito-habits.ts'
import { accountOf, formFields, signInForm } from './sign-in-form.ts'
import {
  type Account,
  type ProviderOptions,
  type RegisteredClient,
  type SignInProvider,
  serveProvider,
} from './sign-in-provider.ts'

const domain = 'portal.auth.us-east-1.amazoncognito.com'
const poolHost = 'cognito-idp.us-east-1.amazonaws.com'
const pool = '/us-east-1_EXAMPLE01'
const issuer = `https://${poolHost}${pool}`

interface Rotation {
  /** `RetryGracePeriodSeconds`, at most 60. */
  graceSeconds: number
}

interface Granted {
  account: Account
  client: RegisteredClient
  scope: string
  authTime: number
  /** Same for all tokens of a sign-in: revoking one refresh token revokes the others. */
  origin: string
}

interface Code extends Granted {
  redirectUri: string
  nonce: string | null
  challenge: string | null
  expires: number
}

interface RefreshToken extends Granted {
  expires: number
  /** When it stops working because it was rotated. */
  ends: number
}

type Fields = URLSearchParams

/** `rotation`: null is a client without it, Cognito's default. */
export async function startCognitoProvider(
  options: ProviderOptions & { rotation?: Rotation | null },
): Promise<SignInProvider> {
  const { accounts, clients, rotation = null } = options
  const key = await createSigningKey()
  const codes = new Map<string, Code>()
  const refreshTokens = new Map<string, RefreshToken>()
  const revoked = new Set<string>()
  const sessions = new Map<string, { account: Account; authTime: number; expires: number }>()
  const server = await serveProvider((request, response) => {
    void respond(request, response).catch(() => response.destroy())
  }, `${pool}/.well-known/jwks.json`)

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', issuer)
    const { authorize, login, token, revoke, logout } = habits.paths
    if (pathname === `${pool}/.well-known/jwks.json`) return sendJson(response, 200, { keys: [key.jwk] })
    if (pathname === `${pool}/.well-known/openid-configuration`) return sendJson(response, 200, discovery)
    const route = `${request.method} ${pathname}`
    if (route === `GET ${authorize.path}` || route === `GET ${habits.olderAuthorize}`) {
      return startLogin(request, response, searchParams)
    }
    if (route === `GET ${login.path}`) return sendForm(response, searchParams, false)
    if (route === `POST ${login.path}`) return finishLogin(request, response, searchParams)
    if (route === `POST ${token.path}`) return issueTokens(request, response)
    if (route === `POST ${revoke.path}`) return revokeToken(request, response)
    if (route === `GET ${logout.path}`) return signOut(request, response, searchParams)
    response.writeHead(404).end()
  }

  function startLogin(request: IncomingMessage, response: ServerResponse, query: Fields): void {
    const client = clients.find(({ id }) => id === query.get('client_id'))
    const redirectUri = query.get('redirect_uri') ?? ''
    // Nothing is sent to an address that nobody registered.
    if (!client?.redirectUris.includes(redirectUri)) return void response.writeHead(400).end('redirect_mismatch')
    const error = authorizationError(query)
    if (error !== null) return void redirect(response, answerUri(redirectUri, { error, state: query.get('state') }))
    const session = sessions.get(sessionId(request) ?? '')
    if (session && session.expires > now()) sendCode(response, query, client, session)
    else redirect(response, `${habits.paths.login.path}?${query}`)
  }

  async function finishLogin(request: IncomingMessage, response: ServerResponse, query: Fields): Promise<void> {
    const account = accountOf(accounts, await formFields(request))
    const client = clients.find(({ id }) => id === query.get('client_id'))
    if (!client?.redirectUris.includes(query.get('redirect_uri') ?? '') || authorizationError(query) !== null) {
      return void response.writeHead(400).end('redirect_mismatch')
    }
    if (!account) return sendForm(response, query, true)
    const id = randomBytes(32).toString('base64url')
    const session = { account, authTime: now(), expires: now() + habits.sessionSeconds }
    sessions.set(id, session)
    response.setHeader('Set-Cookie', `cognito=${id}; Path=/; Secure; HttpOnly; SameSite=Lax`)
    sendCode(response, query, client, session)
  }

  function sendCode(
    response: ServerResponse,
    query: Fields,
    client: RegisteredClient,
    { account, authTime }: { account: Account; authTime: number },
  ): void {
    const code = randomUUID()
    const redirectUri = query.get('redirect_uri') ?? ''
    codes.set(code, {
      account,
      client,
      authTime,
      scope: query.get('scope') ?? habits.reservedScopes.join(' '),
      origin: randomUUID(),
      redirectUri,
      nonce: query.get('nonce'),
      challenge: query.get('code_challenge'),
      expires: now() + habits.codeSeconds,
    })
    redirect(response, answerUri(redirectUri, { code, state: query.get('state') }))
  }

  async function issueTokens(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fields = await formFields(request)
    const refuse = (error: string) => sendJson(response, habits.errorStatus.token, { error })
    const client = authenticated(clients, request, fields)
    if (!client) return refuse('invalid_client')
    const type = fields.get('grant_type')
    if (type === 'authorization_code') {
      const code = codes.get(fields.get('code') ?? '')
      codes.delete(fields.get('code') ?? '')
      if (!code || code.client !== client || code.expires <= now()) return refuse('invalid_grant')
      const isRight = code.redirectUri === fields.get('redirect_uri') && hasVerifier(code, fields)
      if (!isRight) return refuse('invalid_grant')
      const refresh_token = newRefreshToken(code, now() + habits.refreshSeconds)
      return sendJson(response, 200, { ...tokens(code, code.nonce), refresh_token })
    }
    if (type !== 'refresh_token') return refuse('unsupported_grant_type')
    const text = fields.get('refresh_token')
    if (text === null) return refuse('invalid_request')
    const known = refreshTokens.get(text)
    const isOver = !known || known.client !== client || Math.min(known.expires, known.ends) <= now()
    if (isOver || revoked.has(known.origin)) return refuse('invalid_grant')
    if (rotation === null) return sendJson(response, 200, tokens(known, null))
    known.ends = Math.min(known.ends, now() + Math.min(rotation.graceSeconds, habits.longestGraceSeconds))
    sendJson(response, 200, { ...tokens(known, null), refresh_token: newRefreshToken(known, known.expires) })
  }

  function newRefreshToken({ account, client, scope, authTime, origin }: Granted, expires: number): string {
    // An encrypted JWT (RFC 7516) in shape; how long it is, nothing documents.
    const text = [40, 340, 16, 900, 16].map((octets) => randomBytes(octets).toString('base64url')).join('.')
    refreshTokens.set(text, { account, client, scope, authTime, origin, expires, ends: Number.POSITIVE_INFINITY })
    return text
  }

  function tokens({ account, client, scope, authTime, origin }: Granted, nonce: string | null): object {
    const { sub, groups, username } = account
    const common = {
      sub,
      'cognito:groups': groups,
      iss: issuer,
      origin_jti: origin,
      auth_time: authTime,
      iat: now(),
      exp: now() + provider.tokenSeconds,
    }
    const access = accessTokenPayload({ ...common, client_id: client.id, scope, username })
    const id = {
      ...common,
      aud: client.id,
      token_use: 'id',
      'cognito:username': username,
      jti: randomUUID(),
      ...(nonce === null ? {} : { nonce }),
    }
    const access_token = mint(key, access)
    const answer = { access_token, expires_in: provider.tokenSeconds, token_type: 'Bearer' }
    return scope.split(' ').includes('openid')
      ? { id_token: mint(key, { ...id, at_hash: halfHash(access_token) }), ...answer }
      : answer
  }

  async function revokeToken(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fields = await formFields(request)
    const client = authenticated(clients, request, fields)
    if (!client) return sendJson(response, habits.errorStatus.revokeClient, { error: 'invalid_client' })
    const text = fields.get('token')
    if (text === null) return sendJson(response, habits.errorStatus.revoke, { error: 'invalid_request' })
    const known = refreshTokens.get(text)
    if (known?.client === client) revoked.add(known.origin)
    response.writeHead(200).end()
  }

  function signOut(request: IncomingMessage, response: ServerResponse, query: Fields): void {
    const client = clients.find(({ id }) => id === query.get('client_id'))
    const uri = query.get('logout_uri') ?? ''
    if (!client?.signOutUris.includes(uri)) return void response.writeHead(400).end('Required parameters missing')
    sessions.delete(sessionId(request) ?? '')
    response.setHeader('Set-Cookie', 'cognito=; Path=/; Secure; HttpOnly; Max-Age=0')
    redirect(response, uri)
  }

  const provider: SignInProvider = Object.assign(server, {
    issuer,
    jwksUri: `${issuer}/.well-known/jwks.json`,
    endpoints: {
      authorization: discovery.authorization_endpoint,
      token: discovery.token_endpoint,
      revocation: discovery.revocation_endpoint,
      logout: discovery.end_session_endpoint,
    },
    hosts: [domain, poolHost],
    tokenSeconds: 3600,
  })
  return provider
}

const discovery = {
  issuer,
  authorization_endpoint: `https://${domain}${habits.paths.authorize.path}`,
  token_endpoint: `https://${domain}${habits.paths.token.path}`,
  revocation_endpoint: `https://${domain}${habits.paths.revoke.path}`,
  end_session_endpoint: `https://${domain}${habits.paths.logout.path}`,
  userinfo_endpoint: `https://${domain}/oauth2/userInfo`,
  jwks_uri: `${issuer}/.well-known/jwks.json`,
  response_types_supported: ['code', 'token'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
  scopes_supported: ['openid', 'email', 'phone', 'profile'],
  token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
}

/** What is sent to the client's own address as `error`; null where nothing is wrong. */
function authorizationError(query: Fields): string | null {
  if (query.get('response_type') !== 'code') return 'invalid_request'
  const [challenge, method] = [query.get('code_challenge'), query.get('code_challenge_method')]
  if ((challenge === null) !== (method === null)) return 'invalid_request'
  if (method !== null && !(habits.challengeMethods as readonly string[]).includes(method)) return 'invalid_request'
  const scopes = query.get('scope')?.split(' ') ?? []
  return scopes.every((scope) => (habits.reservedScopes as readonly string[]).includes(scope)) ? null : 'invalid_scope'
}

function hasVerifier({ challenge }: Code, fields: Fields): boolean {
  if (challenge === null) return true
  const digest = createHash('sha256').update(fields.get('code_verifier') ?? '')
  return digest.digest('base64url') === challenge
}

/** By Basic authentication or in the body; a client without a secret by its id alone. */
function authenticated(
  clients: readonly RegisteredClient[],
  { headers }: IncomingMessage,
  fields: Fields,
): RegisteredClient | undefined {
  const [, basic] = /^Basic (.+)$/i.exec(headers.authorization ?? '') ?? []
  const [, id, secret] = (basic && /^([^:]*):(.*)$/.exec(Buffer.from(basic, 'base64').toString())) || [
    null,
    fields.get('client_id'),
    fields.get('client_secret') ?? undefined,
  ]
  return clients.find((client) => client.id === id && client.secret === secret)
}

function sessionId({ headers }: IncomingMessage): string | undefined {
  return /(?:^|; )cognito=([^;]+)/.exec(headers.cookie ?? '')?.[1]
}

function answerUri(redirectUri: string, fields: Record<string, string | null>): string {
  const uri = new URL(redirectUri)
  for (const [name, value] of Object.entries(fields)) if (value !== null) uri.searchParams.set(name, value)
  return uri.href
}

/** OpenID Connect Core 3.1.3.6. */
function halfHash(accessToken: string): string {
  return createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url')
}

function sendForm(response: ServerResponse, query: Fields, isWrong: boolean): void {
  response.writeHead(200, { 'Content-Type': 'text/html', 'Cache-Control': 'no-store' })
  response.end(signInForm(`${habits.paths.login.path}?${query}`, isWrong))
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json;charset=UTF-8', 'Cache-Control': 'no-store' })
  response.end(JSON.stringify(body))
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(302, { Location: location, 'Cache-Control': 'no-store' }).end()
}

function now(): number {
  return Math.floor(Date.now() / 1000)
}
