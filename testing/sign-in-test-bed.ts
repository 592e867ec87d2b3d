/** An authorizer with sign-in, a provider in the same process, and a browser's jar: keys, tokens, seals and cookies are real. */
import { createHash } from 'node:crypto'
import type { Authorizer, AuthorizerOptions } from '../authorizer/authorizer.ts'
import type { GeneratedResponse, ViewerRequest } from '../authorizer/cloudfront.ts'
import type { HttpsAnswer, Post } from '../authorizer/https-exchange.ts'
import type { OneProviderPolicy, Policy, SignIn } from '../authorizer/policy.ts'
import { createAuthorizer } from '../config/create-authorizer.ts'
import { issuer, jwkSet, start } from './authorizer-test-bed.ts'
import { accessTokenPayload, createSigningKey } from './issuer.ts'
import { mint } from './mint.ts'
import { viewerRequestEvent } from './viewer-request.ts'

export const host = 'd111111abcdef8.cloudfront.net'
const client = 'web'
const key = await createSigningKey('RS256')

/** 32 octets in base64url, each the same letter. */
export const sealKey = (letter: string) => Buffer.alloc(32, letter).toString('base64url')

export const navigation = {
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'sec-fetch-site': 'none',
  accept: 'text/html,*/*;q=0.8',
}

/** A link on a page of the site's own. */
export const leave = { ...navigation, 'sec-fetch-site': 'same-origin' }

/** A script's request. */
export const fetched = { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', accept: '*/*' }

interface ProviderHabits {
  /** What goes into both tokens, or one. */
  claims: Record<string, unknown>
  accessClaims: Record<string, unknown>
  idClaims: Record<string, unknown>
  /** In place of the token endpoint's answer. */
  answer: ((form: URLSearchParams) => Partial<HttpsAnswer> | Promise<Partial<HttpsAnswer>> | undefined) | undefined
  /** The revocation endpoint's. */
  revocation: (() => Promise<Partial<HttpsAnswer>>) | undefined
  /** Members that are added to a good answer. */
  members: Record<string, unknown>
  /** Default: each refresh token is good for one use. */
  rotates: boolean
  seconds: number
}

/** An answer of the browser's last request: a response, or what reached the cache. */
export interface Visit {
  response?: GeneratedResponse
  passed?: ViewerRequest
  status: string
  location?: string
  cookies: string[]
}

/** How an authorizer is made where nothing else is said. */
export const fromSources = createAuthorizer

/** `create`: how an authorizer is made; by default from the sources. */
export function signInTestBed(
  signIn: Partial<SignIn> = {},
  policy: Partial<OneProviderPolicy> = {},
  create: (policy: Policy, options: AuthorizerOptions) => Pick<Authorizer, 'handler'> = fromSources,
) {
  const clock = { now: start }
  const log: Record<string, unknown>[] = []
  const posts: { uri: string; form: URLSearchParams; headers: Readonly<Record<string, string>> }[] = []
  const codes = new Map<string, { nonce: string; challenge: string; redirectUri: string; sub: string }>()
  const refreshTokens = new Map<string, string>()
  const habits: ProviderHabits = {
    claims: {},
    accessClaims: {},
    idClaims: {},
    answer: undefined,
    revocation: undefined,
    members: {},
    rotates: true,
    seconds: 3600,
  }
  let serial = 0

  function tokens(sub: string, nonce?: string): string {
    const iat = Math.floor(clock.now / 1000)
    const dates = { iat, exp: iat + habits.seconds }
    const access = mint(
      key,
      accessTokenPayload({ iss: issuer, client_id: client, sub, ...dates, ...habits.claims, ...habits.accessClaims }),
    )
    const half = createHash('sha256').update(access).digest().subarray(0, 16).toString('base64url')
    const id = {
      ...{ iss: issuer, aud: client, sub, token_use: 'id', at_hash: half, ...(nonce ? { nonce } : {}) },
      ...{ ...dates, ...habits.claims, ...habits.idClaims },
    }
    const refresh = `refresh-${++serial}-of-${sub}`
    refreshTokens.set(refresh, sub)
    return JSON.stringify({
      ...{ access_token: access, id_token: mint(key, id), refresh_token: refresh, token_type: 'Bearer' },
      ...{ expires_in: habits.seconds, ...habits.members },
    })
  }

  const refusal = { status: 400, body: '{"error":"invalid_grant"}' }

  async function answer(uri: string, form: URLSearchParams): Promise<Partial<HttpsAnswer>> {
    if (uri.endsWith('/revoke')) {
      if (habits.revocation) return habits.revocation()
      refreshTokens.delete(form.get('token') ?? '')
      return { body: '' }
    }
    const own = await habits.answer?.(form)
    if (own) return own
    if (form.get('grant_type') === 'refresh_token') {
      const token = form.get('refresh_token') ?? ''
      const sub = refreshTokens.get(token)
      if (sub === undefined) return refusal
      if (habits.rotates) refreshTokens.delete(token)
      return { body: tokens(sub) }
    }
    const code = form.get('code') ?? ''
    const given = codes.get(code)
    codes.delete(code)
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    if (!given || given.challenge !== challenge || given.redirectUri !== form.get('redirect_uri')) return refusal
    return { body: tokens(given.sub, given.nonce) }
  }

  const post: Post = async (uri, headers, body) => {
    const form = new URLSearchParams(body)
    posts.push({ uri, form, headers })
    return { status: 200, body: '', ...(await answer(uri, form)) }
  }

  const { handler } = create(
    {
      issuer,
      clientIds: [client],
      routes: [
        { path: '/*' },
        { path: '/bye.html', public: true },
        { path: '/public/*', public: true },
        { path: '/users/{sub}/*' },
      ],
      ...policy,
      signIn: {
        client,
        endpoints: {
          authorization: 'https://login.example.com/authorize',
          token: 'https://login.example.com/token',
          revocation: 'https://login.example.com/revoke',
          logout: 'https://login.example.com/logout',
        },
        logout: 'oidc',
        afterSignOut: '/bye.html',
        secret: { seal: [sealKey('k')] },
        ...signIn,
      },
    },
    {
      get: async () => jwkSet([key]),
      now: () => clock.now,
      log: (line) => log.push(JSON.parse(line)),
      post,
    },
  )

  /** A browser with a jar of its own. */
  function browser() {
    const jar = new Map<string, string>()

    async function go(url: string, headers: Record<string, string> = navigation, method = 'GET'): Promise<Visit> {
      const { host: name, pathname, search } = new URL(url, `https://${host}`)
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
      const event = viewerRequestEvent(pathname, {
        method,
        querystring: search.slice(1),
        headers: { host: name, ...(cookie ? { cookie } : {}), ...headers },
      })
      const [{ cf }] = event.Records as [(typeof event.Records)[0]]
      cf.config = { ...cf.config, distributionDomainName: host }
      const answer = await handler(event)
      if ('uri' in answer) return { passed: answer, status: 'passed', cookies: [] }
      const cookies = (answer.headers['set-cookie'] ?? []).map(({ value }) => value)
      for (const line of cookies) {
        const [, name = '', value = '', age] = /^([^=]*)=([^;]*);.*Max-Age=(-?\d+)$/.exec(line) ?? []
        if (Number(age) > 0) jar.set(name, value)
        else jar.delete(name)
      }
      const location = answer.headers.location?.[0]?.value
      return { response: answer, status: answer.status, cookies, ...(location ? { location } : {}) }
    }

    /** The provider's login page, where somebody gives his password: where the browser is sent then. */
    function logIn(location: string, sub: string): string {
      const { searchParams } = new URL(location)
      const code = `code-${++serial}`
      const [nonce = '', challenge = '', redirectUri = '', state = ''] = [
        'nonce',
        'code_challenge',
        'redirect_uri',
        'state',
      ].map((name) => searchParams.get(name) ?? '')
      codes.set(code, { nonce, challenge, redirectUri, sub })
      return `${redirectUri}?${new URLSearchParams({ code, state })}`
    }

    /** From a page without a session to the answer of the callback. */
    async function signIn(url: string, sub: string): Promise<Visit> {
      const { location = '' } = await go(url)
      return go(logIn(location, sub))
    }

    return { jar, go, logIn, signIn }
  }

  return { browser, clock, log, posts, habits, refreshTokens }
}
