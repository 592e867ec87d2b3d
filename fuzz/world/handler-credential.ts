/** How the visitors of a described handler show who they are, and how the judge reads what they showed. */
import { Buffer } from 'node:buffer'
import type { Headers } from '../../authorizer/cloudfront.ts'
import type { CredentialSource, Policy } from '../../authorizer/policy.ts'
import type { HandlerConfig, HandlerCredential } from '../../config/handler-schema.ts'
import { fillTemplate, namesIn, readTemplate } from '../../config/handler-template.ts'
import { mint } from '../../testing/mint.ts'
import type { World } from './world.ts'

type Credential = HandlerCredential | 'none' | undefined

/** Where the judge finds a token that no source of a policy can describe. No handler knows it. */
const readHeader = 'credential'

/** The policy with the sources that the description names, where the policy names none. */
export function policyOfHandler(policy: Policy, { credential }: Pick<HandlerConfig, 'credential'>): Policy {
  if (!isDescribed(credential) || (policy.credentials !== undefined && sourceOf(credential) !== null)) return policy
  return { ...policy, credentials: sourceOf(credential) ?? { header: readHeader, scheme: null } }
}

/** The source that this is, where the token stands in it as it is; null where it has to be decoded or is in the query. */
function sourceOf({ headers = {}, cookies = {} }: HandlerCredential): CredentialSource | null {
  for (const [header, template] of Object.entries(headers)) {
    const [, scheme] = /^(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+) )?\{token\}$/.exec(template) ?? []
    if (template !== '{token}' && scheme === undefined) continue
    const isUsual = header.toLowerCase() === 'authorization' && scheme?.toLowerCase() === 'bearer'
    return isUsual ? 'header' : { header, scheme: scheme ?? null }
  }
  const plain = Object.entries(cookies).find(([, template]) => template === '{token}')
  if (plain === undefined) return null
  const cookie = plain[0].replace(/\{(?!client\})\w+\}/g, '*')
  return cookie.split('*').length > 2 ? null : { cookie }
}

function isDescribed(credential: Credential): credential is HandlerCredential {
  return credential !== undefined && credential !== 'none'
}

export interface ShownCredential {
  headers: Record<string, string>
  /** Of the query; empty where none is there. */
  querystring: string
}

/** What a visitor sends who has this token; what a token names goes into the templates as far as it can be read. */
export function shownCredential(world: World, credential: HandlerCredential, token: string): ShownCredential {
  const values = { ...namesOf(world, token), token }
  return shown(credential, values)
}

/** The parts of a credential that do not hold the token, of a visitor who is known by nothing else. */
export function companionCookies(world: World): string {
  const credential = world.handler?.credential
  if (!isDescribed(credential) || credential.cookies === undefined) return ''
  const others = Object.entries(credential.cookies).filter(([, template]) => !namesIn(template).includes('token'))
  return shown({ cookies: Object.fromEntries(others) }, namesOf(world, '')).headers.cookie ?? ''
}

function shown({ headers = {}, cookies = {}, query = {} }: HandlerCredential, values: Record<string, string>) {
  const filled = (templates: Readonly<Record<string, string>>) =>
    Object.entries(templates).map(([name, template]) => [fillTemplate(name, values), fillTemplate(template, values)])
  const pairs = filled(cookies).map(([name, value]) => `${name}=${value}`)
  return {
    headers: { ...Object.fromEntries(filled(headers)), ...(pairs.length > 0 ? { cookie: pairs.join('; ') } : {}) },
    querystring: filled(query)
      .map(([name, value]) => `${name}=${value}`)
      .join('&'),
  }
}

function namesOf(world: World, token: string): Record<string, string> {
  const [visitor] = world.visitors
  const claims = claimsOf(token) ?? visitor.claims
  const sub = textOf(claims.sub, 'visitor')
  const client = visitor.issuer.provider.clientIds[0] ?? ''
  return {
    sub,
    username: textOf(claims['cognito:username'] ?? claims.username, sub),
    client,
    idToken: idTokenOf(world, sub, client),
    refreshToken: `refresh-${sub}`,
  }
}

const idTokens = new WeakMap<World, Map<string, string>>()

/** Signed once for each visitor. */
function idTokenOf(world: World, sub: string, client: string): string {
  const tokens = idTokens.get(world) ?? new Map<string, string>()
  idTokens.set(world, tokens)
  const [{ issuer, keys }] = world.issuers
  const iat = Math.floor(world.start / 1000)
  const claims = { iss: issuer, sub, aud: client, token_use: 'id', 'cognito:username': sub, iat, exp: iat + 3600 }
  const token = tokens.get(sub) ?? mint(keys[0], claims)
  tokens.set(sub, token)
  return token
}

/** Cookies hold no other characters, whatever an attacker's token says. */
function textOf(value: unknown, otherwise: string): string {
  return typeof value === 'string' && /^[\w.@-]{1,200}$/.test(value) ? value : otherwise
}

function claimsOf(token: string): Record<string, unknown> | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : null
  } catch {
    return null
  }
}

interface ViewerEvent {
  Records: [{ cf: { request: { headers: Headers; querystring?: string } } }]
}

/**
 * The event with the token where the policy of `policyOfHandler` has it: what the judge sees. The same event where the policy's
 * sources find the token themselves.
 */
export function asJudged(event: unknown, credential: Credential): unknown {
  if (!isDescribed(credential) || sourceOf(credential) !== null || !isViewerEvent(event)) return event
  const copy = structuredClone(event)
  const { request } = copy.Records[0].cf
  const { [readHeader]: _unknown, ...headers } = request.headers
  const token = tokenIn(credential, headers, request.querystring ?? '')
  request.headers = token === undefined ? headers : { ...headers, [readHeader]: [{ key: readHeader, value: token }] }
  return copy
}

function tokenIn({ headers = {}, cookies = {}, query = {} }: HandlerCredential, sent: Headers, querystring: string) {
  const lines = (sent.cookie ?? []).flatMap(({ value }) => String(value).split(/;\s*/))
  const places: [templates: Readonly<Record<string, string>>, found: (name: RegExp) => string[]][] = [
    [
      headers,
      (name) =>
        Object.entries(sent).flatMap(([key, entries]) =>
          name.test(key) ? entries.map(({ value }) => String(value)) : [],
        ),
    ],
    [cookies, (name) => valuesAt(name, lines)],
    [query, (name) => valuesAt(name, querystring.split('&'))],
  ]
  for (const [templates, found] of places) {
    for (const [name, template] of Object.entries(templates)) {
      if (!namesIn(template).includes('token')) continue
      for (const text of found(nameThat(name))) {
        const token = readTemplate(template, 'token', text)
        if (token !== undefined) return token
      }
    }
  }
  return undefined
}

function valuesAt(name: RegExp, pairs: readonly string[]): string[] {
  return pairs.flatMap((pair) => {
    const equals = pair.indexOf('=')
    return equals > 0 && name.test(pair.slice(0, equals)) ? [pair.slice(equals + 1)] : []
  })
}

function nameThat(template: string): RegExp {
  const pattern = template.replace(/\{\w+\}|[^{]+|\{/g, (part) =>
    /^\{\w+\}$/.test(part) ? '.+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  )
  return new RegExp(`^${pattern}$`, 'i')
}

function isViewerEvent(event: unknown): event is ViewerEvent {
  const request = (event as ViewerEvent | null)?.Records?.[0]?.cf?.request
  return typeof request?.headers === 'object' && request.headers !== null && !Array.isArray(request.headers)
    ? Object.values(request.headers).every(Array.isArray) &&
        ['string', 'undefined'].includes(typeof request.querystring)
    : false
}
