/** Writes one invocation of the handler, the way CloudFront hands a viewer's request over. */
import type { CredentialSource, Policy } from '../../authorizer/policy.ts'
import { withDefaults } from '../../config/policy-defaults.ts'
import { type RequestFields, viewerRequestEvent } from '../../testing/viewer-request.ts'
import type { Step } from '../case.ts'
import { companionCookies, type ShownCredential, shownCredential } from '../world/handler-credential.ts'
import type { World } from '../world/world.ts'

/** What a browser says of itself when it goes to a page (Fetch Metadata). */
export const navigation = {
  accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
} as const

/** What an attack says about a request; the rest is what a browser sends that goes to a page, where the policy asks for that. */
export interface RequestParts extends Omit<RequestFields, 'requestId'> {
  uri: string
  /** Goes where the policy's credentials belong, unless `headers` names that header. Left out: none. */
  token?: string | undefined
}

export function request(world: World, { uri, token, headers, ...fields }: RequestParts): Step {
  const credential = token === undefined ? nothingShown : shown(world, token)
  const isUsual = Object.keys(navigation).every((name) => headers?.[name] === undefined)
  const { deny, signIn } = world.policy
  const asksForPages = deny?.unauthenticated?.redirect !== undefined || signIn !== undefined
  const usual = isUsual && asksForPages ? navigation : {}
  const host = world.handler?.hosts?.[0]
  const all = { ...(host && { host }), ...usual, ...credential.headers, ...withCompanions(world, headers) }
  const querystring = [credential.querystring, fields.querystring ?? ''].filter((part) => part !== '').join('&')
  const event = viewerRequestEvent(uri, { ...fields, querystring, headers: all, requestId: 'fuzz' })
  return { kind: 'request', event }
}

const nothingShown: ShownCredential = { headers: {}, querystring: '' }

/** As the handler's description says, else where the policy's first source is. */
function shown(world: World, token: string): ShownCredential {
  const described = world.handler?.credential
  return described === undefined || described === 'none'
    ? { headers: credentialHeader(world.policy, token), querystring: '' }
    : shownCredential(world, described, token)
}

/** Cookies of an attack's own come with those that a handler wants beside the token's. */
function withCompanions(world: World, headers: RequestParts['headers'] = {}): NonNullable<RequestParts['headers']> {
  const companions = companionCookies(world)
  const { cookie } = headers
  if (cookie === undefined || companions === '') return headers
  const [first = '', ...others] = [cookie].flat()
  return { ...headers, cookie: [`${companions}; ${first}`, ...others] }
}

/** The headers that carry a token where this policy looks first. */
export function credentialHeader(policy: Policy, token: string): Record<string, string> {
  return credentialIn(firstSource(policy), policy, token)
}

export function firstSource({ credentials = 'header' }: Policy): CredentialSource {
  return [credentials].flat()[0] ?? 'header'
}

/** The same in any source of a policy. */
export function credentialIn(source: CredentialSource, policy: Policy, token: string): Record<string, string> {
  if (source === 'header') return { authorization: `Bearer ${token}` }
  if ('header' in source) {
    const { header, scheme = 'Bearer' } = source
    return { [header]: scheme === null ? token : `${scheme} ${token}` }
  }
  const name = nameOf(source, policy)
  const lastUser = source.cookie.includes('{lastUser}') ? [`${lastUserName(source, policy)}=visitor`] : []
  const cookies = source.chunks
    ? chunksOf(token).map((chunk, index) => `${name}.${index}=${chunk}`)
    : [`${name}=${token}`]
  return { cookie: [...lastUser, ...cookies].join('; ') }
}

/** Two halves, and more of a token that two cookies would not hold (RFC 6265 6.1). */
function chunksOf(token: string): string[] {
  const length = Math.min(Math.ceil(token.length / 2), 3500)
  return token === '' ? [''] : (token.match(new RegExp(`.{1,${length}}`, 'gs')) ?? [])
}

export type CookieSource = Extract<CredentialSource, { cookie: string }>

/** A name that the policy's cookie pattern accepts; `access_token` where the policy looks first at a header. */
export function cookieName(policy: Policy): string {
  const source = firstSource(policy)
  return typeof source === 'object' && 'cookie' in source ? nameOf(source, policy) : 'access_token'
}

/** The name that a cookie of this user has, where its source has a place for one. */
export function nameOf({ cookie }: CookieSource, policy: Policy, user = 'visitor'): string {
  return cookie.replaceAll('{client}', clientIdsOf(policy)[0] ?? '').replace(/\*|\{lastUser\}/, user)
}

/** Amplify's cookie that says which of the users counts. */
export function lastUserName({ cookie }: CookieSource, policy: Policy): string {
  const [before = ''] = cookie.split('{lastUser}')
  return `${before.replaceAll('{client}', clientIdsOf(policy)[0] ?? '')}LastAuthUser`
}

/** The clients of all providers. */
export function clientIdsOf(policy: Policy): string[] {
  return [...new Set(withDefaults(policy).providers.flatMap(({ clientIds }) => clientIds))]
}
