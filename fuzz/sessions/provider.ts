/**
 * An OpenID provider: accounts, its own sessions, the authorization endpoint as a browser sees it, and the token, revocation,
 * key and discovery endpoints as the handler sees them. RFC 6749, 7636, 7009, 9207, OpenID Connect Core and RP-Initiated Logout.
 */
import { createHash } from 'node:crypto'
import type { Served } from '../../oracle/served-urls.ts'
import type { SigningKey } from '../../testing/issuer.ts'
import { mint } from '../../testing/mint.ts'
import type { Call } from '../sandbox/protocol.ts'
import { provesClient } from './client-authentication.ts'
import type { Person } from './people.ts'
import type { ProviderOptions } from './provider-options.ts'
import type { Code, Family, ProviderCall, TokenRecord } from './provider-records.ts'
import { signedPair } from './signed-pair.ts'
import type { Site } from './site.ts'
import type { PersonName } from './story.ts'
import { type TokenAnswer, tokenAnswer } from './token-answers.ts'

export type Page = { kind: 'login' } | { kind: 'error'; why: string } | { kind: 'redirect'; location: string }

const codeSeconds = 300

export class Provider {
  answer: TokenAnswer = tokenAnswer('good')
  /** Which grants get that answer. */
  answersTo: 'all' | 'code' | 'refresh' = 'all'
  readonly options: Required<ProviderOptions>
  readonly codes: Code[] = []
  readonly families: Family[] = []
  readonly tokens: TokenRecord[] = []
  /** Since the judge last took them. */
  calls: ProviderCall[] = []
  /** Its cookie's value → who is signed in. */
  readonly sessions = new Map<string, Person>()
  keys: SigningKey[]
  /** Which client it has registered for the site. */
  client: string
  readonly #site: Site
  readonly #people: Record<PersonName, Person>
  readonly #now: () => number
  #count = 0

  constructor(site: Site, options: ProviderOptions, now: () => number) {
    this.options = {
      rotates: true,
      graceSeconds: 60,
      endsFamilies: false,
      tokenSeconds: 3600,
      acceptsDowngrade: true,
      padding: 0,
      ...options,
    }
    this.#site = site
    this.#people = site.people
    this.#now = now
    this.keys = [...site.issuer.keys]
    this.client = site.client
  }

  // What a browser sees.

  authorize(url: URL, cookie: string | undefined, browser: string): Page {
    const { client } = this
    const { registered } = this.#site
    const wanted = (name: string) => url.searchParams.get(name)
    if (wanted('client_id') !== client) return { kind: 'error', why: 'unknown client' }
    const redirectUri = wanted('redirect_uri') ?? ''
    if (!registered.includes(redirectUri))
      return { kind: 'error', why: `redirect_uri ${redirectUri} is not registered` }
    const person = cookie === undefined ? undefined : this.sessions.get(cookie)
    if (!person || wanted('prompt') === 'login') return { kind: 'login' }
    if (wanted('response_type') !== 'code') return { kind: 'error', why: 'response_type' }
    const code = this.#secret('code')
    this.codes.push({
      code,
      person,
      browser,
      redirectUri,
      state: wanted('state'),
      nonce: wanted('nonce'),
      challenge: wanted('code_challenge_method') === 'S256' ? wanted('code_challenge') : null,
      at: this.#now(),
      tries: 0,
      isSpent: false,
    })
    const location = new URL(redirectUri)
    location.searchParams.set('code', code)
    const state = wanted('state')
    if (state !== null) location.searchParams.set('state', state)
    if (this.#site.responseIss) location.searchParams.set('iss', this.#site.issuer.issuer)
    return { kind: 'redirect', location: location.href }
  }

  /** The password was right. Returns the value of the provider's own cookie. */
  logIn(person: PersonName): string {
    const session = this.#secret('session')
    this.sessions.set(session, this.#people[person])
    return session
  }

  /** RP-Initiated Logout 2, or Cognito's. */
  logOut(url: URL, cookie: string | undefined): Page {
    if (cookie !== undefined) this.sessions.delete(cookie)
    const end = url.searchParams.get('post_logout_redirect_uri') ?? url.searchParams.get('logout_uri')
    if (url.searchParams.get('client_id') !== this.client) return { kind: 'error', why: 'unknown client' }
    if (end === null) return { kind: 'error', why: 'signed out' }
    const isOwn = this.#site.hosts.some((host) => end.startsWith(`https://${host}/`))
    return isOwn ? { kind: 'redirect', location: end } : { kind: 'error', why: `${end} is not registered` }
  }

  /** A token as an app of his own would have it. */
  tokenFor(name: PersonName): string {
    const person = this.#people[name]
    const iat = Math.floor(this.#now() / 1000)
    return mint(this.keys[0] as SigningKey, { ...person.claims, iat, exp: iat + this.options.tokenSeconds })
  }

  // What the handler sees.

  serve(call: Call): Served {
    const { endpoints, issuer } = this.#site
    const record: ProviderCall = { call, at: this.#now(), endpoint: 'none' }
    this.calls.push(record)
    if (call.url === issuer.jwksUri) {
      record.endpoint = 'keys'
      return jsonAnswer({ keys: this.keys.map(({ jwk }) => jwk) })
    }
    if (call.url === endpoints.token) return this.#token(call, record)
    if (call.url === endpoints.revocation) {
      record.endpoint = 'revocation'
      const token = new URLSearchParams(call.body).get('token') ?? ''
      const family = this.#familyOf(token)
      if (family) {
        record.family = family
        family.isOver = true
      }
      return jsonAnswer({})
    }
    if (call.url.endsWith('/.well-known/openid-configuration')) {
      record.endpoint = 'discovery'
      const { authorization, token, revocation, logout } = endpoints
      return jsonAnswer({
        issuer: issuer.issuer,
        jwks_uri: issuer.jwksUri,
        authorization_endpoint: authorization,
        token_endpoint: token,
        revocation_endpoint: revocation,
        end_session_endpoint: logout,
      })
    }
    return { kind: 'reset' }
  }

  #token(call: Call, record: ProviderCall): Served {
    record.endpoint = 'token'
    const form = new URLSearchParams(call.body)
    record.grant = form.get('grant_type') ?? ''
    record.verifier = form.get('code_verifier') ?? ''
    const isCode = record.grant === 'authorization_code'
    const refreshToken = form.get('refresh_token') ?? ''
    const code = this.codes.find((one) => one.code === form.get('code'))
    const family = isCode ? undefined : this.#familyOf(refreshToken)
    if (code) {
      record.code = code
      code.tries++
    }
    if (family) Object.assign(record, { family, refreshToken, usedAt: family.usedAt })
    const mode = this.answersTo === 'all' || (this.answersTo === 'code') === isCode ? this.answer : tokenAnswer('good')
    // An outage keeps codes and refresh tokens as they are.
    if (mode.serve && mode.bad === undefined && !['slow', 'late', 'drips'].includes(mode.name)) return mode.serve('')
    const error = isCode
      ? this.#codeError(call, form, code, record.verifier)
      : this.#refreshError(call, form, family, refreshToken)
    if (error) {
      record.error = error
      return jsonAnswer({ error }, error === 'invalid_client' ? 401 : 400)
    }
    const kept = family ?? this.#newFamily(code as Code)
    if (code) code.isSpent = true
    const tokens = this.#grant(kept, mode, code?.nonce ?? null, family !== undefined)
    record.tokens = tokens
    const body = {
      access_token: tokens.access,
      ...(tokens.id === null ? {} : { id_token: tokens.id }),
      ...(family && !this.options.rotates ? {} : { refresh_token: tokens.refresh }),
      token_type: 'Bearer',
      expires_in: this.options.tokenSeconds,
    }
    const text = JSON.stringify(mode.body?.(body) ?? body)
    return mode.serve?.(text) ?? { kind: 'body', body: text, headers: { 'cache-control': 'no-store' } }
  }

  #codeError(call: Call, form: URLSearchParams, code: Code | undefined, verifier: string): string | undefined {
    if (!provesClient(this.#site.clientAuth, this.client, call, form)) return 'invalid_client'
    if (!code || code.isSpent || this.#now() > code.at + codeSeconds * 1000) return 'invalid_grant'
    if (form.get('redirect_uri') !== code.redirectUri) return 'invalid_grant'
    if (code.challenge === null) return verifier === '' || this.options.acceptsDowngrade ? undefined : 'invalid_grant'
    const challenge = createHash('sha256').update(verifier).digest('base64url')
    return challenge === code.challenge ? undefined : 'invalid_grant'
  }

  #refreshError(call: Call, form: URLSearchParams, family: Family | undefined, token: string): string | undefined {
    if (form.get('grant_type') !== 'refresh_token') return 'unsupported_grant_type'
    if (!provesClient(this.#site.clientAuth, this.client, call, form)) return 'invalid_client'
    if (!family || family.isOver) return 'invalid_grant'
    if (family.refreshToken === token) return undefined
    if (family.before.some((one) => one.token === token && this.#now() < one.until)) return undefined
    if (this.options.endsFamilies) family.isOver = true
    return 'invalid_grant'
  }

  #newFamily(code: Code): Family {
    const family: Family = {
      number: this.families.length,
      codeNumber: this.codes.indexOf(code),
      person: code.person,
      browser: code.browser,
      host: new URL(code.redirectUri).hostname,
      client: this.client,
      startedAt: this.#now(),
      usedAt: this.#now(),
      refreshToken: this.#secret('refresh'),
      before: [],
      isOver: false,
    }
    this.families.push(family)
    return family
  }

  #grant(family: Family, mode: TokenAnswer, nonce: string | null, isRefresh: boolean): TokenRecord {
    const { tokenSeconds, rotates, graceSeconds, padding } = this.options
    const now = this.#now()
    if (isRefresh && rotates) {
      family.before.push({ token: family.refreshToken, until: now + graceSeconds * 1000 })
      family.refreshToken = this.#secret('refresh')
    }
    family.usedAt = now
    // A provider may answer a refresh with another person's tokens; of a new session nobody else knows whose it is.
    const person = mode.person && isRefresh ? this.#people[mode.person] : family.person
    const [key = this.keys[0]] = mode.by === 'stranger' ? this.#site.issuer.spareKeys : this.keys
    const signed = signedPair({
      person,
      client: this.client,
      holds: this.#site.session,
      key: key as SigningKey,
      mode,
      nonce,
      iat: Math.floor(now / 1000),
      exp: Math.floor(now / 1000) + tokenSeconds,
      authTime: Math.floor(family.startedAt / 1000),
      padding: isRefresh ? 0 : padding,
      newId: () => this.#secret('jti'),
    })
    // At a refresh there is no nonce, and need be no ID token.
    const isBad = isRefresh ? !/nonce|no-id-token/.test(mode.name) : mode.name !== 'other-person'
    const tokens: TokenRecord = {
      ...signed,
      refresh: family.refreshToken,
      person,
      family,
      expires: (Math.floor(now / 1000) + tokenSeconds) * 1000,
      bad: isBad && !this.#isLeftOpen(mode, nonce) ? mode.bad : undefined,
      answer: mode.name,
    }
    this.tokens.push(tokens)
    return tokens
  }

  /**
   * Only our page asks for a nonce, and for a look at at_hash: without a nonce in the request there is none to compare, and the
   * hash is optional (OpenID Connect Core 3.1.3.7, 11; 3.1.3.8).
   */
  #isLeftOpen({ name }: TokenAnswer, nonce: string | null): boolean {
    if (this.#site.whose === 'ours') return false
    return name === 'other-hash' || (nonce === null && name.endsWith('-nonce'))
  }

  #familyOf(token: string): Family | undefined {
    return this.families.find(
      ({ refreshToken, before }) => refreshToken === token || before.some((one) => one.token === token),
    )
  }

  /** Texts that nobody mistakes for another's, and that repeat with the story. */
  #secret(kind: string): string {
    return `${kind}-${createHash('sha256')
      .update(`${kind} ${++this.#count}`)
      .digest('base64url')}`
  }
}

function jsonAnswer(value: object, status = 200): Served {
  return {
    kind: 'body',
    status,
    body: JSON.stringify(value),
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  }
}
