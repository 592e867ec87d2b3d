/**
 * A viewer-request handler that signs visitors in, plain before it is anything else: each rule of "Sign-in" in SEMANTICS.md
 * once. It is what the flaws of sign-in are edits of; unedited, no story may have a finding. Of a policy it knows one provider
 * with RS256 access tokens, the authorization header, and routes that are public or begin with `{sub}`.
 *
 * Its build puts `const POLICY = {…}` before it, as a deployment would.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPublicKey,
  hkdfSync,
  type JsonWebKey,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
  verify,
} from 'node:crypto'
import type { Headers, ViewerRequest } from '../../../authorizer/cloudfront.ts'
import type { OneProviderPolicy, SignIn, SignInSecrets } from '../../../authorizer/policy.ts'

declare const POLICY: OneProviderPolicy & { issuer: string; signIn: SignIn }

type Json = Record<string, unknown>
type Jar = Map<string, string>
interface Event {
  Records: [{ cf: { config: { distributionDomainName?: string; requestId?: string }; request: ViewerRequest } }]
}
/** What a refresh token's cookie holds, with the session's id. */
interface Kept {
  id: string
  token: string
  sub: string
  begun: number
  used: number
}
interface Counts {
  signIns: number
  signedInAt: number
  refreshedAt: number
  refused: string
}

const { signIn } = POLICY
const { client, endpoints } = signIn
const paths = { callback: '/_auth/callback', refresh: '/_auth/refresh', signOut: '/_auth/sign-out', ...signIn.paths }
const prefix = '__Host-ep-'
const slots = Array.from({ length: 8 }, (_, index) => `t${index}`)
const pieceLength = 3800
const now = () => Date.now() / 1000
const date = (seconds: number) => Math.floor(seconds).toString(36)
const dated = (text: string) => (text === '' ? -Infinity : Number.parseInt(text, 36))
const hashOf = (text: string) => createHash('sha256').update(text).digest('base64url').slice(0, 16)

/** An answer in the place of a request that passes. */
class Answer extends Error {
  readonly status: number
  readonly fields: Record<string, string>
  readonly cookies: string[]
  constructor(status: number, reason: string, fields: Record<string, string> = {}, cookies: string[] = []) {
    super(reason)
    this.status = status
    this.fields = fields
    this.cookies = cookies
  }
}

export const handler = async (event: Event) => {
  const { config, request } = event.Records[0].cf
  const host = single(request.headers, 'host').toLowerCase()
  const visit = { request, host, isKnownHost: hostsOf(config.distributionDomainName).includes(host) }
  try {
    return await decide(visit)
  } catch (error) {
    const answer = error instanceof Answer ? error : new Answer(403, 'unforeseen')
    console.log(JSON.stringify({ reason: answer.message, status: answer.status }))
    return generated(answer, config.requestId ?? '')
  }
}

interface Visit {
  request: ViewerRequest
  host: string
  isKnownHost: boolean
}

async function decide(visit: Visit): Promise<ViewerRequest> {
  const { request } = visit
  const { uri, method, headers } = request
  if (!['GET', 'HEAD'].includes(method)) throw new Answer(403, 'method')
  if (Object.values(paths).includes(uri)) {
    if (method !== 'GET') throw new Answer(403, 'method')
    if (!visit.isKnownHost) throw new Answer(421, 'host')
    if (uri === paths.signOut) throw await signedOut(visit)
    throw uri === paths.callback ? await calledBack(visit) : await refreshed(visit)
  }
  const route = routeOf(uri)
  if (route === undefined) throw new Answer(403, 'no route')
  if (route.isPublic) return passed(request)
  const bearer = single(headers, 'authorization')
  if (bearer !== '') {
    const claims = await accessToken(bearer.replace(/^Bearer +/i, '')).catch(unavailable)
    if (!claims) throw new Answer(401, 'token', { 'www-authenticate': 'Bearer' })
    if (!grants(route, claims)) throw new Answer(403, 'right')
    return passed(request)
  }
  const jar = jarOf(headers)
  const session = await sessionOf(jar)
  const isGoing = isNavigation(request)
  if (session && !grants(route, session.claims)) throw new Answer(403, 'right', { page: 'sign-out' })
  if (isGoing && isRefreshDue(jar, session?.claims)) throw begunRefresh(visit, jar)
  if (session) return passed(request)
  if (!isGoing) throw new Answer(401, 'no session', { 'www-authenticate': 'Bearer' })
  throw begun(visit, jar)
}

// Routes: /public/* and {sub}.

function routeOf(uri: string): { isPublic: boolean; sub?: string } | undefined {
  if (/[?#\\]|%2f|%5c|\/\/|\/\.{1,2}(?:\/|$)/i.test(uri)) return undefined
  for (const route of POLICY.routes) {
    const pattern = route.path.replace(/[.]/g, '\\.').replace('{sub}', '([^/]+)').replace(/\*$/, '.+')
    const match = new RegExp(`^${pattern}$`).exec(uri)
    if (match) return { isPublic: route.public === true, ...(match[1] === undefined ? {} : { sub: match[1] }) }
  }
  return undefined
}

const grants = ({ sub }: { sub?: string }, claims: Json) => sub === undefined || sub === claims.sub

// Cookies: RFC 6265bis 5.7, byte by byte.

function jarOf(headers: Headers): Jar {
  const jar: Jar = new Map()
  for (const part of (headers.cookie ?? []).flatMap(({ value }) => value.split(';'))) {
    const at = part.indexOf('=')
    const name = part.slice(0, at).replace(/^[ \t]+|[ \t]+$/g, '')
    if (at < 0 || !name.startsWith(prefix)) continue
    const own = name.slice(prefix.length)
    if (!/^(?:t[0-7]|[ar](?:\.[12])?|[go])$/.test(own)) continue
    if (jar.has(own)) jar.set('twice', own)
    else jar.set(own, part.slice(at + 1).replace(/^[ \t]+|[ \t]+$/g, ''))
  }
  return jar
}

function refuseTwice(jar: Jar): void {
  if (jar.has('twice')) throw new Answer(400, 'cookies')
}

const setCookie = (name: string, value: string, age: number) =>
  `${prefix}${name}=${value}; Secure; HttpOnly; SameSite=Lax; Path=/; Max-Age=${Math.ceil(age)}`
const takenBack = (...names: string[]) => names.map((name) => setCookie(name, '', 0))
const chunkNames = (name: string) => [name, `${name}.1`, `${name}.2`]

/** The session's id and the text in its pieces. */
function joined(jar: Jar, name: string): { id: string; text: string } | undefined {
  const [, count = '', id = '', first = ''] = /^([123])\.([\w-]{22})\.(.*)$/.exec(jar.get(name) ?? '') ?? []
  if (count === '') return undefined
  const pieces = [first, ...[1, 2].slice(0, Number(count) - 1).map((index) => jar.get(`${name}.${index}`))]
  return pieces.includes(undefined) ? undefined : { id, text: pieces.join('') }
}

function cut(name: string, id: string, text: string, age: number): string[] {
  const pieces = text.match(new RegExp(`.{1,${pieceLength}}`, 'g')) ?? ['']
  const [first, ...others] = pieces
  if (others.length > 2) throw new Answer(403, 'session-size')
  return [
    setCookie(name, `${pieces.length}.${id}.${first}`, age),
    ...others.map((piece, index) => setCookie(`${name}.${index + 1}`, piece, age)),
    ...takenBack(...chunkNames(name).slice(pieces.length)),
  ]
}

function countsOf(jar: Jar): Counts {
  const [, signIns = '0', signedInAt = '', refreshedAt = '', refused = ''] =
    /^(\d+)\.([\da-z]*)\.([\da-z]*)\.([\w-]*)$/.exec(jar.get('g') ?? '') ?? []
  return { signIns: Number(signIns), signedInAt: dated(signedInAt), refreshedAt: dated(refreshedAt), refused }
}

function countsCookie({ signIns, signedInAt, refreshedAt, refused }: Counts): string {
  const text = (seconds: number) => (seconds === -Infinity ? '' : date(seconds))
  return setCookie('g', `${signIns}.${text(signedInAt)}.${text(refreshedAt)}.${refused}`, 120)
}

const signedOutIds = (jar: Jar) => (jar.get('o') ?? '').split('.').filter((id) => /^[\w-]{22}$/.test(id))

// Slots: what was started and has not come back.

interface Slot {
  name: string
  seed: Buffer
  path: string
}

function slotOf(jar: Jar, name: string): (Slot & { kind: string; begun: number }) | undefined {
  const [, kind = '', begun = '', seed = '', path = ''] =
    /^([sr])\.([\da-z]+)\.([\w-]{43})\.(.*)$/.exec(jar.get(name) ?? '') ?? []
  if (kind === '' || dated(begun) < now() - 3600) return undefined
  return { name, kind, begun: dated(begun), seed: Buffer.from(seed, 'base64url'), path: decodeURIComponent(path) }
}

function newSlot(jar: Jar, kind: string, { uri, querystring }: ViewerRequest): { slot: Slot; cookie: string } {
  const empty = slots.filter((name) => !slotOf(jar, name))
  const oldest = slots.toSorted((a, b) => (slotOf(jar, a)?.begun ?? 0) - (slotOf(jar, b)?.begun ?? 0))[0]
  const name = empty[randomBytes(1).readUInt8() % Math.max(1, empty.length)] ?? oldest ?? 't0'
  const seed = randomBytes(32)
  const whole = cookieText(querystring === '' ? uri : `${uri}?${querystring}`)
  const path = whole.length <= 512 ? whole : cookieText(uri).length <= 512 ? cookieText(uri) : '/'
  const value = `${kind}.${date(now())}.${seed.toString('base64url')}.${path}`
  return { slot: { name, seed, path }, cookie: setCookie(name, value, 3600) }
}

const cookieText = (text: string) => text.toWellFormed().replace(/[^!#-+\--:<-[\]-~]|%/g, encodeURIComponent)
const derived = (seed: Buffer, purpose: string) => createHmac('sha256', seed).update(purpose).digest('base64url')
const stateOf = ({ name, seed }: Slot) => name.slice(1) + derived(seed, 'state')

function slotOfState(jar: Jar, kind: string, state: string | null): Slot {
  const slot = slotOf(jar, `t${(state ?? '').slice(0, 1)}`)
  if (!slot || slot.kind !== kind || !isEqual(state ?? '', stateOf(slot))) throw new Answer(400, 'state', { page: '/' })
  return slot
}

function isEqual(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}

// Start.

function begun({ request, host, isKnownHost }: Visit, jar: Jar): Answer {
  if (!isKnownHost) return new Answer(421, 'host')
  refuseTwice(jar)
  const counts = countsOf(jar)
  if (counts.signIns >= 2 && now() - counts.signedInAt < 120) return new Answer(403, 'session-not-kept', { page: '/' })
  const { slot, cookie } = newSlot(jar, 's', request)
  const location = new URL(endpoints.authorization)
  const verifier = derived(slot.seed, 'verifier')
  const parameters = {
    response_type: 'code',
    client_id: client,
    redirect_uri: `https://${host}${paths.callback}`,
    scope: (signIn.scopes ?? ['openid']).join(' '),
    state: stateOf(slot),
    nonce: derived(slot.seed, 'nonce'),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }
  for (const [name, value] of Object.entries(parameters)) location.searchParams.set(name, value)
  const refresh = joined(jar, 'r')
  const isRefused = refresh !== undefined && counts.refused === hashOf(refresh.text)
  const isOut = [joined(jar, 'a'), refresh].some((one) => one && signedOutIds(jar).includes(one.id))
  const cookies = isRefused || isOut ? takenBack(...chunkNames('a'), ...chunkNames('r')) : []
  return new Answer(302, 'start', { location: location.href }, [cookie, ...cookies])
}

// Callback.

async function calledBack({ request, host }: Visit): Promise<Answer> {
  const jar = jarOf(request.headers)
  refuseTwice(jar)
  const query = new URLSearchParams(request.querystring)
  if (new Set(query.keys()).size !== query.size) throw new Answer(400, 'parameters')
  const slot = slotOfState(jar, 's', query.get('state'))
  const back = takenBack(slot.name)
  try {
    return await exchanged(query, slot, jar, host)
  } catch (error) {
    const { status, message, fields } = error instanceof Answer ? error : new Answer(403, 'unforeseen')
    throw new Answer(status, message, fields, back)
  }
}

async function exchanged(query: URLSearchParams, slot: Slot, jar: Jar, host: string): Promise<Answer> {
  const iss = query.get('iss')
  if (iss === null ? signIn.responseIss : iss !== POLICY.issuer) throw new Answer(403, 'response-issuer')
  if (query.has('error')) throw new Answer(403, 'provider-error', { page: '/' })
  if (!query.get('code')) throw new Answer(400, 'parameters')
  const deadline = AbortSignal.timeout(4000)
  const answer = await tokenRequest(deadline, {
    grant_type: 'authorization_code',
    code: query.get('code') ?? '',
    redirect_uri: `https://${host}${paths.callback}`,
    code_verifier: derived(slot.seed, 'verifier'),
  })
  const access = String(answer.access_token)
  const idClaims = await idToken(String(answer.id_token), access, derived(slot.seed, 'nonce'))
  if (!idClaims) throw new Answer(403, 'id-token')
  const claims = await accessToken(access).catch(unavailable)
  if (!claims) throw new Answer(403, 'access-token')
  if (claims.iss !== idClaims.iss || claims.sub !== idClaims.sub) throw new Answer(403, 'subject')
  const counts = countsOf(jar)
  const isLately = now() - counts.signedInAt < 120
  const next = { ...counts, signIns: isLately ? counts.signIns + 1 : 1, signedInAt: now() }
  const kept = { id: randomBytes(16).toString('base64url'), sub: String(claims.sub), begun: now(), used: now() }
  const cookies = await sessionCookies(answer, claims, kept, host, undefined)
  return cameBack(host, slot, [...cookies, countsCookie(next)])
}

function cameBack(host: string, slot: Slot, cookies: string[]): Answer {
  const [path = ''] = slot.path.split('?')
  const isSafe = routeOf(path) !== undefined && path.startsWith('/') && /^[!-~]*$/.test(slot.path)
  const location = `https://${host}${isSafe && !Object.values(paths).includes(path) ? slot.path : '/'}`
  return new Answer(303, 'done', { location }, [...cookies, ...takenBack(slot.name)])
}

type NewSession = Omit<Kept, 'token'>

async function sessionCookies(answer: Json, claims: Json, kept: NewSession, host: string, old: string | undefined) {
  const access = cut('a', kept.id, String(answer.access_token), Number(claims.exp) - now())
  const token = typeof answer.refresh_token === 'string' ? answer.refresh_token : old
  if (token === undefined) return [...access, ...takenBack(...chunkNames('r'))]
  const limits = limitsOf(kept).filter(Number.isFinite)
  const age = limits.length === 0 ? 34_560_000 : Math.min(...limits) - now()
  const sealed = await seal({ ...kept, token }, host)
  const cookies = [...access, ...cut('r', kept.id, sealed, age)]
  const octets = cookies.reduce((sum, cookie) => sum + cookie.indexOf(';'), 0)
  if (octets > 5400) throw new Answer(403, 'session-size')
  return cookies
}

/** When it ends. */
function limitsOf({ begun, used }: { begun: number; used: number }): [idle: number, absolute: number] {
  const { idleSeconds = Infinity, absoluteSeconds = Infinity } = signIn
  return [used + idleSeconds, begun + absoluteSeconds]
}

// Session and refresh.

async function sessionOf(jar: Jar): Promise<{ claims: Json } | undefined> {
  refuseTwice(jar)
  const held = joined(jar, 'a')
  if (!held || signedOutIds(jar).includes(held.id)) return undefined
  const claims = await accessToken(held.text).catch(unavailable)
  return claims && { claims }
}

function isRefreshDue(jar: Jar, claims: Json | undefined): boolean {
  const held = joined(jar, 'r')
  if (!held || signedOutIds(jar).includes(held.id)) return false
  const { refreshedAt, refused } = countsOf(jar)
  if (now() - refreshedAt < 30 || refused === hashOf(held.text)) return false
  if (!claims) return true
  const left = Number(claims.exp) - now()
  return left < 60 && left < (Number(claims.exp) - Number(claims.iat)) / 10
}

function begunRefresh({ request, host, isKnownHost }: Visit, jar: Jar): Answer {
  if (!isKnownHost) return new Answer(421, 'host')
  const { slot, cookie } = newSlot(jar, 'r', request)
  return new Answer(302, 'refresh', { location: `https://${host}${paths.refresh}?state=${stateOf(slot)}` }, [cookie])
}

async function refreshed({ request, host }: Visit): Promise<Answer> {
  const jar = jarOf(request.headers)
  refuseTwice(jar)
  const slot = slotOfState(jar, 'r', new URLSearchParams(request.querystring).get('state'))
  const held = joined(jar, 'r')
  const counts = countsOf(jar)
  if (!held || signedOutIds(jar).includes(held.id)) return cameBack(host, slot, [])
  const refused = cameBack(host, slot, [countsCookie({ ...counts, refused: hashOf(held.text) })])
  try {
    const kept = await open(held, host)
    if (!kept || limitsOf(kept).some((limit) => now() >= limit)) return refused
    const deadline = AbortSignal.timeout(4000)
    const answer = await tokenRequest(deadline, { grant_type: 'refresh_token', refresh_token: kept.token })
    const access = String(answer.access_token)
    const claims = await accessToken(access).catch(unavailable)
    if (!claims || claims.sub !== kept.sub) return refused
    const id = answer.id_token === undefined ? claims : await idToken(String(answer.id_token), access, undefined)
    if (!id || id.sub !== kept.sub) return refused
    const cookies = await sessionCookies(answer, claims, { ...kept, used: now() }, host, kept.token)
    return cameBack(host, slot, [...cookies, countsCookie({ ...counts, refreshedAt: now(), refused: '' })])
  } catch (error) {
    if (error instanceof Answer && error.message === 'grant') return refused
    const session = await sessionOf(jar).catch(() => undefined)
    if (session) return cameBack(host, slot, [countsCookie({ ...counts, refreshedAt: now() })])
    throw new Answer(503, 'token-endpoint', { 'retry-after': '5' })
  }
}

// Sign-out.

async function signedOut({ request, host }: Visit): Promise<Answer> {
  const { headers, querystring } = request
  const jar = jarOf(headers)
  const held = joined(jar, 'r')
  const ids = [joined(jar, 'a'), held].flatMap((one) => (one ? [one.id] : []))
  const confirm = new URLSearchParams(querystring).get('confirm') ?? ''
  const isOwn =
    ['same-origin', 'none'].includes(single(headers, 'sec-fetch-site')) &&
    single(headers, 'sec-fetch-dest') === 'document'
  if (!isOwn && !ids.some((id) => hashOf(id) === confirm)) {
    return new Answer(403, 'confirm', {
      page: ids[0] === undefined ? '/' : `${paths.signOut}?confirm=${hashOf(ids[0])}`,
    })
  }
  const kept = held && (await open(held, host).catch(() => undefined))
  if (kept && endpoints.revocation !== undefined) {
    await post(AbortSignal.timeout(1500), endpoints.revocation, { token: kept.token }).catch(() => undefined)
  }
  const out = [...new Set([...ids, ...signedOutIds(jar)])].slice(0, 4)
  const names = [...jar.keys()].filter((name) => name !== 'o' && name !== 'twice')
  const cookies = [
    ...takenBack(...names),
    ...(out.length > 0 ? [setCookie('o', out.join('.'), signIn.absoluteSeconds ?? 34_560_000)] : []),
  ]
  const end = `https://${host}${signIn.afterSignOut}`
  const location = new URL(endpoints.logout ?? end)
  if (endpoints.logout !== undefined) {
    location.searchParams.set('client_id', client)
    location.searchParams.set(signIn.logout === 'cognito' ? 'logout_uri' : 'post_logout_redirect_uri', end)
  }
  return new Answer(303, 'signed-out', { location: location.href, 'clear-site-data': '"cache"' }, cookies)
}

// The provider: RFC 6749 2.3.1, 4.1.3 and 6.

async function tokenRequest(deadline: AbortSignal, form: Record<string, string>): Promise<Json> {
  const response = await post(deadline, endpoints.token, form).catch(() => undefined)
  const text = response && (await bounded(response).catch(() => undefined))
  if (response === undefined || text === undefined) throw new Answer(503, 'token-endpoint', { 'retry-after': '5' })
  const isJson = /^application\/json *(?:;|$)/i.test(response.headers.get('content-type') ?? '')
  const answer: Json = isJson ? parsed(text) : {}
  if (response.status !== 200 && answer.error === 'invalid_grant') throw new Answer(403, 'grant')
  if (response.status !== 200) throw new Answer(503, 'token-endpoint', { 'retry-after': '5' })
  if (!/^bearer$/i.test(String(answer.token_type)) || typeof answer.access_token !== 'string')
    throw new Answer(403, 'token-response')
  if (form.grant_type === 'authorization_code' && typeof answer.id_token !== 'string')
    throw new Answer(403, 'token-response')
  return answer
}

async function post(signal: AbortSignal, url: string, form: Record<string, string>): Promise<Response> {
  const method = signIn.tokenEndpointAuthMethod ?? 'none'
  const secret = (await secrets())?.clientSecret ?? ''
  const half = (text: string) => new URLSearchParams({ '': text }).toString().slice(1)
  const proof =
    method === 'client_secret_post'
      ? { client_id: client, client_secret: secret }
      : method === 'none'
        ? { client_id: client }
        : undefined
  const basic = Buffer.from(`${half(client)}:${half(secret)}`).toString('base64')
  return fetch(url, {
    method: 'POST',
    redirect: 'error',
    signal,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(proof ? {} : { authorization: `Basic ${basic}` }),
    },
    body: new URLSearchParams({ ...form, ...proof }).toString(),
  })
}

async function bounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk)
    length += chunk.length
    if (length > 65_536) throw new Answer(403, 'token-response')
  }
  return Buffer.concat(chunks).toString()
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

// Secrets and the seal.

let stored: SignInSecrets | undefined

async function secrets(): Promise<SignInSecrets | undefined> {
  const { secret } = signIn
  if (secret === undefined || 'seal' in secret) return secret
  stored ??= await fetchSecrets('ssmParameter' in secret ? secret.ssmParameter : secret.secretsManager)
  return stored
}

/** Its signature (SigV4) is left out: no flaw is about it. */
async function fetchSecrets(arn: string): Promise<SignInSecrets> {
  const [, , service, region] = arn.split(':')
  const response = await fetch(`https://${service}.${region}.amazonaws.com/`, {
    method: 'POST',
    signal: AbortSignal.timeout(2000),
    body: JSON.stringify(service === 'ssm' ? { Name: arn, WithDecryption: true } : { SecretId: arn }),
  })
  const { Parameter, SecretString } = (await response.json()) as {
    Parameter?: { Value: string }
    SecretString?: string
  }
  return JSON.parse(Parameter?.Value ?? SecretString ?? '')
}

const context = (id: string, host: string) => JSON.stringify([1, 'refresh', POLICY.issuer, client, host, id])

async function seal({ id, token, sub, begun, used }: Kept, host: string): Promise<string> {
  const text = JSON.stringify([token, sub, Math.floor(begun), Math.floor(used)])
  const [secret] = (await secrets())?.seal ?? []
  if (secret === undefined) return Buffer.from(text).toString('base64url')
  const salt = randomBytes(16)
  const { key, iv } = keyOf(secret, salt)
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context(id, host)))
  return Buffer.concat([salt, cipher.update(text), cipher.final(), cipher.getAuthTag()]).toString('base64url')
}

async function open({ id, text }: { id: string; text: string }, host: string): Promise<Kept | undefined> {
  const octets = Buffer.from(text, 'base64url')
  const keys = (await secrets())?.seal ?? []
  const plain =
    keys.length === 0 ? octets : keys.map((secret) => opened(octets, secret, context(id, host))).find(Boolean)
  const [token, sub, begun, used] = plain
    ? (parsed(plain.toString()) as unknown as [string, string, number, number])
    : []
  return token === undefined ? undefined : { id, token, sub: String(sub), begun: Number(begun), used: Number(used) }
}

function opened(octets: Buffer, secret: string, bound: string): Buffer | undefined {
  try {
    const { key, iv } = keyOf(secret, octets.subarray(0, 16))
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 }).setAAD(Buffer.from(bound))
    decipher.setAuthTag(octets.subarray(-16))
    return Buffer.concat([decipher.update(octets.subarray(16, -16)), decipher.final()])
  } catch {
    return undefined
  }
}

function keyOf(secret: string, salt: Buffer): { key: Buffer; iv: Buffer } {
  const octets = Buffer.from(hkdfSync('sha256', Buffer.from(secret, 'base64url'), salt, 'refresh', 44))
  return { key: octets.subarray(0, 32), iv: octets.subarray(32) }
}

// Tokens.

let keys: { kid: unknown; object: KeyObject }[] = []
let fetchedAt = -Infinity

async function keyNamed(kid: unknown): Promise<KeyObject | undefined> {
  const find = () => keys.find((key) => key.kid === kid)?.object
  if ((!find() || now() - fetchedAt > 3600) && now() - fetchedAt > 10) {
    const response = await fetch(`${POLICY.issuer}/.well-known/jwks.json`, { signal: AbortSignal.timeout(2000) })
    const set = (await response.json()) as { keys: (JsonWebKey & { kid: string })[] }
    keys = set.keys.map((jwk) => ({ kid: jwk.kid, object: createPublicKey({ key: jwk, format: 'jwk' }) }))
    fetchedAt = now()
  }
  return find()
}

/** The claims of a token of the provider's that is good now. */
async function verified(token: string): Promise<Json | undefined> {
  const [header = '', payload = '', signature = '', ...others] = token.split('.')
  const { alg, kid } = parsed(Buffer.from(header, 'base64url').toString())
  const key = alg === 'RS256' && others.length === 0 ? await keyNamed(kid) : undefined
  const octets = Buffer.from(signature, 'base64url')
  if (!key || !verify('sha256', Buffer.from(`${header}.${payload}`), key, octets)) return undefined
  const claims = parsed(Buffer.from(payload, 'base64url').toString())
  if (claims.iss !== POLICY.issuer || !(Number(claims.exp) > now())) return undefined
  return claims.nbf === undefined || Number(claims.nbf) <= now() ? claims : undefined
}

async function accessToken(token: string): Promise<Json | undefined> {
  const claims = await verified(token)
  return claims?.token_use === 'access' && claims.client_id === client ? claims : undefined
}

/** OpenID Connect Core 3.1.3.7; at a refresh there is no nonce. */
async function idToken(token: string, access: string, nonce: string | undefined): Promise<Json | undefined> {
  const claims = await verified(token).catch(unavailable)
  if (claims?.token_use !== 'id') return undefined
  const audiences = [claims.aud].flat()
  if (!audiences.includes(client)) return undefined
  if (claims.azp === undefined ? audiences.length > 1 : claims.azp !== client) return undefined
  if (nonce !== undefined && claims.nonce !== nonce) return undefined
  const hash = createHash('sha256').update(access).digest().subarray(0, 16).toString('base64url')
  if (claims.at_hash !== undefined && claims.at_hash !== hash) return undefined
  return typeof claims.sub === 'string' && claims.sub !== '' ? claims : undefined
}

function unavailable(): never {
  throw new Answer(503, 'no-keys', { 'retry-after': '5' })
}

// Requests and answers.

function hostsOf(distribution: string | undefined): readonly (string | undefined)[] {
  return signIn.hosts ?? [distribution]
}

function single(headers: Headers, name: string): string {
  const entries = headers[name] ?? []
  return entries.length === 1 ? (entries[0]?.value ?? '') : ''
}

function isNavigation({ method, headers }: ViewerRequest): boolean {
  if (method !== 'GET' || headers['sec-purpose']) return false
  const { 'sec-fetch-mode': mode, 'sec-fetch-dest': dest, accept = [] } = headers
  if (!mode && !dest) return accept.some(({ value }) => /text\/html/i.test(value))
  return single(headers, 'sec-fetch-mode') === 'navigate' && single(headers, 'sec-fetch-dest') === 'document'
}

/** Without our cookies and the credential: the bucket and the cache key see neither. */
function passed(request: ViewerRequest): ViewerRequest {
  delete request.headers.authorization
  const isOwn = (part: string) => part.trim().startsWith(prefix)
  const parts = (request.headers.cookie ?? []).flatMap(({ value }) => value.split(';')).filter((part) => !isOwn(part))
  if (parts.length > 0) request.headers.cookie = [{ key: 'Cookie', value: parts.map((part) => part.trim()).join('; ') }]
  else delete request.headers.cookie
  return request
}

function generated({ status, message, fields: { page, ...fields }, cookies }: Answer, requestId: string) {
  const all: Record<string, string> = {
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    ...fields,
  }
  const headers: Headers = {}
  for (const [name, value] of Object.entries(all)) headers[name] = [{ key: name, value }]
  if (cookies.length > 0) headers['set-cookie'] = cookies.map((value) => ({ key: 'Set-Cookie', value }))
  if (page === undefined) return { status: String(status), headers }
  headers['content-type'] = [{ key: 'Content-Type', value: 'text/html; charset=utf-8' }]
  const href = page === 'sign-out' ? paths.signOut : page
  const body = `<!doctype html><title>${status}</title><p>${message}, ${requestId}: <a href="${href}">go on</a>`
  return { status: String(status), headers, body }
}
