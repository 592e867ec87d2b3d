/**
 * A viewer-request handler that is plain before it is anything else: every rule of a policy once, in the order in which
 * it is decided, nothing remembered but the keys. It is what each flaw of the catalogue is an edit of, so a line here
 * holds one rule; it is no example of a fast one. Unedited it must have no finding.
 *
 * Its build puts `const POLICY = {…}` before it, as a deployment would.
 */
import {
  createHash,
  createPublicKey,
  type JsonWebKeyInput,
  type KeyObject,
  constants as rsa,
  verify,
} from 'node:crypto'
import type { Headers, ViewerRequest, ViewerRequestEvent } from '../../../authorizer/cloudfront.ts'
import type { ClaimRules, Policy, Provider, Route, UnauthenticatedDenial } from '../../../authorizer/policy.ts'

declare const POLICY: Policy

type Json = Record<string, unknown>
type Denial = 'unauthenticated' | 'forbidden'
class Denied extends Error {
  readonly denial: Denial
  constructor(denial: Denial, reason: string) {
    super(reason)
    this.denial = denial
  }
}

type Trusted = Provider & { name: string }
type HeaderSource = { header: string; scheme: string | null }
type CookieSource = { cookie: string; chunks?: boolean }

const providers: Trusted[] = POLICY.providers
  ? Object.entries(POLICY.providers).map(([name, provider]) => ({ ...provider, name }))
  : [{ tokenUse: 'access', ...POLICY, name: 'default' }]
/** Whose the issuer of the same index is, and where its keys are. */
const owners = providers.flatMap((provider) => [provider.issuer].flat().map(() => provider))
const issuers = providers.flatMap(({ issuer }) => issuer)
const jwksUris = providers.flatMap(({ issuer, jwksUri = [] }) =>
  [issuer].flat().map((one, index) => (typeof jwksUri === 'string' ? jwksUri : (jwksUri[index] ?? jwksUriOf(one)))),
)
const clientIds = providers.flatMap((provider) => provider.clientIds)
const sources = [POLICY.credentials ?? 'header'].flat().map((source): HeaderSource | CookieSource => {
  if (source === 'header') return { header: 'authorization', scheme: 'Bearer' }
  if ('cookie' in source) return source
  const { header, scheme = 'Bearer' } = source
  return { header: header.toLowerCase(), scheme }
})
const { maxAge = 3600, maxStale = 86_400, cooldown = 10 } = POLICY.jwks ?? {}
const tolerance = POLICY.clockToleranceSeconds ?? 0
const methods: readonly string[] = POLICY.methods ?? ['GET', 'HEAD']

const now = () => Date.now() / 1000

/** OpenID Connect Discovery 4.1: a terminating `/` is taken off first. */
function jwksUriOf(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/jwks.json`
}

export const handler = async (event: ViewerRequestEvent) => {
  const request = event.Records[0]?.cf.request
  if (!request) return denial({ method: 'GET', uri: '/', querystring: '', headers: {} }, 'forbidden')
  try {
    const directory = directoryOf(request)
    if (directory !== undefined) {
      await authorize({ ...request, uri: directory })
      return slashRedirect(request, directory)
    }
    await authorize(request)
    const file = fileOf(request)
    if (file !== request.uri) await authorize({ ...request, uri: file })
    request.uri = file
    return withoutCredential(request)
  } catch (error) {
    const reason = error instanceof Denied ? error.message : 'unforeseen'
    console.log(JSON.stringify({ decision: 'deny', reason }))
    return denial(request, error instanceof Denied ? error.denial : 'forbidden')
  }
}

async function authorize(request: ViewerRequest): Promise<void> {
  if (isPreflight(request)) return
  if (!methods.includes(request.method)) throw new Denied('forbidden', 'method')
  const segments = pathSegments(request.uri)
  const route = findRoute(segments)
  if (!route) throw new Denied('forbidden', 'no route')
  if (!isReadOneWay(request.uri, segments, route)) throw new Denied('forbidden', 'plus')
  if (route.public) return
  const claims = await verifyAmong(credential(request.headers))
  const provider = providerOf(claims)
  for (const name of provider.requiredClaims ?? []) {
    if (claimAt(claims, name) == null) throw new Denied('forbidden', 'required claim')
  }
  if (!satisfies(claims, provider.claims)) throw new Denied('forbidden', 'claims')
  if (route.provider && ![route.provider].flat().includes(provider.name)) throw new Denied('forbidden', 'provider')
  if (!hasScopes(claims, route.scopes)) throw new Denied('forbidden', 'scope')
  if (!satisfies(claims, route.claims)) throw new Denied('forbidden', 'claims')
  if (!grants(route, segments, claims)) throw new Denied('forbidden', 'route')
}

function isPreflight({ method, headers }: ViewerRequest): boolean {
  if (!POLICY.corsPreflight) return false
  if (method !== 'OPTIONS') return false
  return single(headers, 'origin') !== '' && single(headers, 'access-control-request-method') !== ''
}

/** The value of a header that stands there once, else the empty string. */
function single(headers: Headers, name: string): string {
  const entries = headers[name] ?? []
  return entries.length === 1 ? (entries[0]?.value ?? '') : ''
}

// Credentials: RFC 6750 2.1, RFC 6265 5.4.

/** What the first source that is present has. */
function credential(headers: Headers): string[] {
  for (const source of sources) {
    const found = 'header' in source ? headerCredential(headers, source) : cookieCredential(headers, source)
    if (found) return found
  }
  throw new Denied('unauthenticated', 'credentials')
}

const bare = /^([A-Za-z0-9._~+/-]+=*)$/
const withScheme = (scheme: string) => new RegExp(`^${scheme} +([A-Za-z0-9._~+/-]+=*)$`, 'i')

function headerCredential(headers: Headers, { header, scheme }: HeaderSource): string[] | undefined {
  const value = single(headers, header)
  const match = (scheme === null ? bare : withScheme(scheme)).exec(value)
  if (match?.[1]) return [match[1]]
  if (headers[header]?.some((entry) => isOfScheme(entry.value, scheme))) {
    throw new Denied('unauthenticated', 'credentials')
  }
  return undefined
}

function isOfScheme(value: string, scheme: string | null): boolean {
  return scheme === null ? value !== '' : value.split(' ')[0]?.toLowerCase() === scheme.toLowerCase()
}

function cookieCredential(headers: Headers, source: CookieSource): string[] | undefined {
  const all = cookies(headers).filter(({ value }) => value !== '')
  const named = all.filter((cookie) => isCredentialCookie(cookie.name, source))
  if (named.length === 0) return undefined
  if (source.chunks && named.some(({ name }) => chunkOf(name) !== '')) return [joinChunks(named)]
  const values = [...new Set(ofLastUser(named, all, source).map(({ value }) => value))]
  if (values.length === 0) throw new Denied('unauthenticated', 'credentials')
  return values.slice(0, 4)
}

/** `0` of `session.0`. */
function chunkOf(name: string): string {
  return /\.(\d+)$/.exec(name)?.[1] ?? ''
}

function joinChunks(named: Cookie[]): string {
  const parts: string[] = []
  for (const { name, value } of named) {
    const chunk = chunkOf(name)
    if (chunk === '') continue
    if (!/^[0-8]$/.test(chunk)) throw new Denied('unauthenticated', 'credentials')
    if (parts[Number(chunk)] !== undefined) throw new Denied('unauthenticated', 'credentials')
    parts[Number(chunk)] = value
  }
  if ([...parts].includes(undefined as never)) throw new Denied('unauthenticated', 'credentials')
  return parts.join('')
}

/** Amplify has a cookie of each user who has signed in, and one that says whose turn it is. */
function ofLastUser(named: Cookie[], all: Cookie[], { cookie }: CookieSource): Cookie[] {
  const [before = '', after] = cookie.split('{lastUser}')
  if (after === undefined) return named
  const says = (name: string) => clientIds.some((id) => name === `${before.replaceAll('{client}', id)}LastAuthUser`)
  const users = all.filter(({ name }) => says(name)).map(({ value }) => decoded(value))
  if (users.length === 0) return named
  const names = users.flatMap((user) => clientIds.map((id) => `${before}${user}${after}`.replaceAll('{client}', id)))
  return named.filter(({ name }) => names.includes(decoded(name)))
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

interface Cookie {
  name: string
  value: string
  text: string
}

function cookies(headers: Headers): Cookie[] {
  return (headers.cookie ?? [])
    .flatMap(({ value }) => value.split(';'))
    .map((text) => {
      const [name = '', ...value] = text.split('=')
      return { name: name.trim(), value: value.join('=').trim(), text: text.trim() }
    })
}

function isCredentialCookie(name: string, { cookie: pattern, chunks }: CookieSource): boolean {
  const whole = chunks ? name.replace(/\.\d+$/, '') : name
  return clientIds.some((client) => {
    const [start = '', ...rest] = pattern.replaceAll('{client}', client).replace('{lastUser}', '*').split('*')
    if (rest.length === 0) return whole === start
    const end = rest.join('*')
    return whole.length >= start.length + end.length && whole.startsWith(start) && whole.endsWith(end)
  })
}

/** A server cannot tell whose cookies of one name are: those that verify have to be one subject's. */
async function verifyAmong(tokens: string[]): Promise<Json> {
  const results = await Promise.allSettled(tokens.map((token) => verifyToken(token)))
  const good = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const [first] = good
  if (!first) throw (results[0] as PromiseRejectedResult).reason
  const subject = ({ iss, sub }: Json) => JSON.stringify([iss, sub])
  if (good.some((claims) => claims.sub === undefined || subject(claims) !== subject(first)) && good.length > 1) {
    throw new Denied('unauthenticated', 'subjects')
  }
  return good.reduce((best, claims) => (Number(claims.exp) > Number(best.exp) ? claims : best))
}

// Token: RFC 7515, RFC 7519, RFC 8725.

async function verifyToken(token: string): Promise<Json> {
  const parts = token.split('.')
  if (parts.length !== 3) throw new Denied('unauthenticated', 'not three parts')
  const [encodedHeader = '', encodedPayload = '', encodedSignature = ''] = parts
  const header = jsonObject(encodedHeader)
  const claims = jsonObject(encodedPayload)
  const alg = claim(header, 'alg')
  const kid = claim(header, 'kid')
  if (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64')) throw new Denied('unauthenticated', 'crit')
  const issuer = issuerOf(claims)
  if (issuer < 0) throw new Denied('unauthenticated', 'iss')
  const provider = providerOf(claims)
  const algorithms: readonly string[] = provider.algorithms ?? ['RS256']
  if (typeof alg !== 'string' || !algorithms.includes(alg)) throw new Denied('unauthenticated', 'alg')
  if (!isKid(kid, provider)) throw new Denied('unauthenticated', 'kid')
  checkType(claim(header, 'typ'), provider)
  const key = await findKey(issuer, kid, alg)
  const signature = base64url(encodedSignature)
  if (!verifySignature(alg, key, `${encodedHeader}.${encodedPayload}`, signature)) {
    throw new Denied('unauthenticated', 'signature')
  }
  checkDates(claims)
  checkClient(claims, provider)
  checkAudience(claims, provider)
  checkConfirmation(claims, provider)
  return claims
}

/** Index of the issuer that the token names, or -1. */
function issuerOf(claims: Json): number {
  return issuers.findIndex((issuer, index) => isIssuer(claims, issuer, owners[index] as Trusted))
}

/** `{tid}` stands for the tenant of that claim. */
function isIssuer(claims: Json, issuer: string, { tenants = [] }: Trusted): boolean {
  const iss = claim(claims, 'iss')
  if (!issuer.includes('{tid}')) return iss === issuer
  const tid = claim(claims, 'tid')
  if (typeof tid !== 'string' || tid === '') return false
  if (tenants !== 'any' && !tenants.includes(tid)) return false
  return iss === issuer.replace('{tid}', () => tid)
}

/** Of a token whose issuer is known. With one provider there is no question. */
function providerOf(claims: Json): Trusted {
  return (providers.length === 1 ? providers[0] : owners[issuerOf(claims)]) as Trusted
}

function isKid(kid: unknown, provider: Trusted): kid is string | undefined {
  return typeof kid === 'string' || (kid === undefined && provider.kid === 'optional')
}

/** RFC 8725 3.11: an issuer signs JWTs of other kinds, too. */
function checkType(typ: unknown, { types }: Trusted): void {
  if (typ === undefined && !types) return
  const accepted = (types ?? ['JWT', 'at+jwt']).map(plainType)
  if (typeof typ !== 'string' || !accepted.includes(plainType(typ))) throw new Denied('unauthenticated', 'typ')
}

function plainType(typ: string): string {
  return typ.toLowerCase().replace(/^application\//, '')
}

function base64url(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.toString('base64url') !== text) throw new Denied('unauthenticated', 'base64url')
  return bytes
}

function jsonObject(text: string): Json {
  const bytes = base64url(text)
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
  } catch {
    throw new Denied('unauthenticated', 'json')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Denied('unauthenticated', 'json')
  return value as Json
}

function claim(object: Json, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

/** A claim by its name, or by a JSON Pointer (RFC 6901) that goes through objects. */
function claimAt(claims: Json, reference: string): unknown {
  if (!reference.startsWith('/')) return claim(claims, reference)
  let value: unknown = claims
  for (const step of reference.slice(1).split('/')) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    value = claim(value as Json, step.replaceAll('~1', '/').replaceAll('~0', '~'))
  }
  return value
}

function checkDates(claims: Json): void {
  const exp = claim(claims, 'exp')
  if (!Number.isFinite(exp)) throw new Denied('unauthenticated', 'exp')
  if (now() >= Number(exp) + tolerance) throw new Denied('unauthenticated', 'expired')
  const nbf = claim(claims, 'nbf')
  if (nbf !== undefined && !Number.isFinite(nbf)) throw new Denied('unauthenticated', 'nbf')
  if (nbf !== undefined && now() < Number(nbf) - tolerance) throw new Denied('unauthenticated', 'not yet valid')
  const iat = claim(claims, 'iat')
  if (iat !== undefined && !Number.isFinite(iat)) throw new Denied('unauthenticated', 'iat')
}

function checkClient(claims: Json, provider: Trusted): void {
  const { tokenUse, clientClaim = tokenUse === 'access' ? 'client_id' : 'aud' } = provider
  if (tokenUse !== null && claim(claims, 'token_use') !== tokenUse) throw new Denied('unauthenticated', 'token_use')
  const client = claim(claims, clientClaim)
  const accepted = clientClaim === 'aud' && tokenUse !== 'id' ? [client].flat() : [client]
  const texts = accepted.every((one) => typeof one === 'string') ? accepted : []
  if (!texts.some((one) => provider.clientIds.includes(one))) {
    throw new Denied('unauthenticated', 'client')
  }
}

/** RFC 8707, RFC 9068 4: whom the token was made for, besides the client. */
function checkAudience(claims: Json, { audiences }: Trusted): void {
  if (!audiences) return
  const aud = [claim(claims, 'aud')].flat()
  if (!aud.every((one) => typeof one === 'string')) throw new Denied('unauthenticated', 'aud')
  if (!aud.some((one) => audiences.includes(one))) throw new Denied('unauthenticated', 'aud')
}

/** RFC 7800 3.1: who bears it has to show a key, and a plain bearer shows none. */
function checkConfirmation(claims: Json, { cnf }: Trusted): void {
  if (cnf !== 'ignore' && claim(claims, 'cnf') !== undefined) throw new Denied('unauthenticated', 'cnf')
}

// Rights: RFC 6750 3.1, RFC 9068 2.2.3.

function hasScopes(claims: Json, wanted: readonly string[] = []): boolean {
  const scope = claim(claims, 'scope') === undefined ? claim(claims, 'scp') : claim(claims, 'scope')
  const scopes: unknown[] = typeof scope === 'string' ? scope.split(' ') : Array.isArray(scope) ? scope : []
  return wanted.every((one) => scopes.includes(one))
}

function satisfies(claims: Json, rules: ClaimRules = {}): boolean {
  return Object.entries(rules).every(([reference, rule]) => {
    const value = claimAt(claims, reference)
    const isList = typeof rule === 'object' && 'contains' in rule
    if (isList && !Array.isArray(value)) return false
    const wanted: unknown[] = [isList ? rule.contains : rule].flat()
    const members: unknown[] = Array.isArray(value) ? value : [value]
    return members.some((member) => wanted.includes(member))
  })
}

// Signatures: RFC 7518 3, RFC 8037 3.1.

interface Key {
  kid?: unknown
  object: KeyObject
  alg: unknown
}

function verifySignature(alg: string, key: Key, input: string, signature: Buffer): boolean {
  if (!fits(alg, key)) return false
  if (signature.length !== signatureLength(alg, key.object)) return false
  const data = Buffer.from(input)
  const hash = alg.startsWith('Ed') ? null : `sha${alg.slice(2)}`
  if (alg.startsWith('ES')) return verify(hash, data, { key: key.object, dsaEncoding: 'ieee-p1363' }, signature)
  if (alg.startsWith('PS')) {
    return verify(
      hash,
      data,
      { key: key.object, padding: rsa.RSA_PKCS1_PSS_PADDING, saltLength: rsa.RSA_PSS_SALTLEN_DIGEST },
      signature,
    )
  }
  return verify(hash, data, key.object, signature)
}

const curves: Record<string, string> = { ES256: 'prime256v1', ES384: 'secp384r1', ES512: 'secp521r1' }

function fits(alg: string, { object, alg: declared }: Key): boolean {
  if (declared !== undefined && declared !== alg) return false
  if (alg.startsWith('Ed')) return object.asymmetricKeyType === 'ed25519'
  if (alg.startsWith('ES')) return object.asymmetricKeyDetails?.namedCurve === curves[alg]
  return object.asymmetricKeyType === 'rsa' && (object.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048
}

function signatureLength(alg: string, key: KeyObject): number {
  if (alg.startsWith('Ed')) return 64
  if (alg.startsWith('ES')) return { ES256: 64, ES384: 96, ES512: 132 }[alg] ?? 0
  return Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8)
}

// The issuers' keys: RFC 7517 5.

interface KeySet {
  keys: Key[]
  /** Keys without `kid` can be meant. */
  isOptional: boolean
  fetchedAt: number
  triedAt: number
}

const keySets = owners.map(
  ({ kid }): KeySet => ({ keys: [], isOptional: kid === 'optional', fetchedAt: -Infinity, triedAt: -Infinity }),
)

async function findKey(issuer: number, kid: string | undefined, alg: string): Promise<Key> {
  const set = keySets[issuer] as KeySet
  const find = () => keyOf(set.keys, kid, alg) ?? (set.isOptional ? namelessKey(set.keys, kid, alg) : undefined)
  if (!isYounger(set.fetchedAt, maxAge) || !find()) await refresh(set, jwksUris[issuer] as string)
  if (!isYounger(set.fetchedAt, maxAge + maxStale)) throw new Denied('unauthenticated', 'no keys')
  const key = find()
  if (!key) throw new Denied('unauthenticated', 'unknown kid')
  return key
}

/** RFC 7517 4.5: keys of one `kid` are told apart by what they are for. */
function keyOf(keys: Key[], kid: string | undefined, alg: string): Key | undefined {
  const named = keys.filter((key) => key.kid !== undefined && key.kid === kid)
  return only(named.length > 1 ? named.filter((key) => fits(alg, key)) : named)
}

/** RFC 7515 4.1.4: where either says no `kid`, the one key that fits is meant. */
function namelessKey(keys: Key[], kid: string | undefined, alg: string): Key | undefined {
  const fitting = only(keys.filter((key) => fits(alg, key)))
  return kid === undefined || fitting?.kid === undefined ? fitting : undefined
}

/** A key that is listed twice is one. */
function only([key, ...others]: Key[]): Key | undefined {
  return others.every((other) => key?.object.equals(other.object)) ? key : undefined
}

/** A time in the future is of no age: the clock was set back since. */
function isYounger(time: number, age: number): boolean {
  return time <= now() && now() < time + age
}

async function refresh(set: KeySet, uri: string): Promise<void> {
  if (isYounger(set.triedAt, cooldown)) return
  set.triedAt = now()
  try {
    const response = await fetch(uri, { redirect: 'error', signal: AbortSignal.timeout(2000) })
    if (response.status !== 200) return
    const keys = importKeys(await bounded(response)).filter(({ kid }) => typeof kid === 'string' || set.isOptional)
    if (keys.length === 0) return
    set.keys = keys
    set.fetchedAt = now()
  } catch {
    // The keys that are there stay; the next try is a cooldown away.
  }
}

/** The body as text; an error past 256 kB, hundreds of times what a JWK Set needs. */
async function bounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk)
    length += chunk.length
    if (length > 262_144) throw new Error('oversized')
  }
  return Buffer.concat(chunks).toString()
}

function importKeys(text: string): Key[] {
  return (JSON.parse(text).keys as Json[]).flatMap((jwk) => importKey(jwk) ?? [])
}

function importKey(jwk: Json | null): Key | null {
  try {
    const { kid, kty, alg, use, key_ops: operations } = jwk ?? {}
    if (!['RSA', 'EC', 'OKP'].includes(kty as string)) return null
    if (use !== undefined && use !== 'sig') return null
    if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) return null
    return { kid, alg, object: createPublicKey({ key: jwk as JsonWebKeyInput['key'], format: 'jwk' }) }
  } catch {
    return null
  }
}

// Paths: RFC 3986 3.3, decoded once as S3 does.

function pathSegments(uri: string): string[] {
  if (!uri.startsWith('/') || /[?#]/.test(uri)) throw new Denied('forbidden', 'uri')
  if (!uri.isWellFormed()) throw new Denied('forbidden', 'uri')
  return uri.slice(1).split('/').map(decodeSegment)
}

function decodeSegment(raw: string, index: number, all: string[]): string {
  let segment: string
  try {
    segment = decodeURIComponent(raw)
  } catch {
    throw new Denied('forbidden', 'uri')
  }
  if (segment === '.' || segment === '..') throw new Denied('forbidden', 'uri')
  if (/[/\\\u0000-\u001f\u007f]/.test(segment)) throw new Denied('forbidden', 'uri')
  if (segment === '' && index < all.length - 1) throw new Denied('forbidden', 'uri')
  return segment
}

/** S3 reads a raw "+" as a space: both readings lead to one route, of which nothing but a `*` stands for what differs. */
function isReadOneWay(uri: string, segments: string[], route: Route): boolean {
  const others = pathSegments(uri.replaceAll('+', ' '))
  const same = (segment: string | undefined, index: number) => segment === others[index]
  return (
    findRoute(others) === route &&
    patternSegments(route).every((part, index) => !isCapture(part) || same(segments[index], index))
  )
}

/** A `/` between braces belongs to a claim's name. */
function patternSegments(route: Route): string[] {
  return route.path.slice(1).split(/\/(?![^{]*\})/)
}

/** `{sub}.pdf`: what stands for a text, and the texts around it. `open` is empty where the segment is all text. */
function placeIn(part: string): { before: string; open: string; after: string } {
  const [whole, before = '', open = '', after = ''] = /^([^{*]*)(\{[^}]*\}|\*)(.*)$/s.exec(part) ?? []
  return whole === undefined ? { before: part, open: '', after: '' } : { before, open, after }
}

const isCapture = (part: string) => part.includes('{')

/** Among the routes that match: text, text around a place, a place, a `*` at the end; the longer text before it, then behind it. */
function findRoute(segments: string[]): Route | undefined {
  return POLICY.routes.filter((route) => matches(route, segments)).sort((a, b) => (rank(a) < rank(b) ? -1 : 1))[0]
}

/** Texts that sort as their routes do, segment by segment. */
function rank(route: Route): string {
  const length = (text: string) => String(9999 - text.length)
  return patternSegments(route)
    .map((part, index, all) => {
      const { before, open, after } = placeIn(part)
      if (open === '') return '1'
      if (before !== '' || after !== '') return `2${length(before)}${length(after)}`
      return part === '*' && index === all.length - 1 ? '4' : '3'
    })
    .join(' ')
}

function matches(route: Route, segments: string[]): boolean {
  const parts = patternSegments(route)
  const rest = parts.at(-1) === '*'
  if (rest ? segments.length < parts.length : segments.length !== parts.length) return false
  return parts.every((part, index) => {
    if (rest && index === parts.length - 1) return true
    const segment = segments[index] ?? ''
    const { before, open, after } = placeIn(part)
    if (open !== '') return isAround(before, after, segment)
    return segment === part
  })
}

/** One character at least is between the two texts. */
function isAround(before: string, after: string, segment: string): boolean {
  return segment.length > before.length + after.length && segment.startsWith(before) && segment.endsWith(after)
}

function grants(route: Route, segments: string[], claims: Json): boolean {
  const groups = groupsOf(claims)
  if (route.groups && !route.groups.some((group) => groups.includes(group))) return false
  return patternSegments(route).every((part, index) => {
    if (!isCapture(part)) return true
    const { before, open, after } = placeIn(part)
    const segment = segments[index] ?? ''
    const wanted = segment.slice(before.length, segment.length - after.length)
    return captureValues(open, claims, groups).some((value) => spell(value, route) === wanted)
  })
}

function groupsOf(claims: Json): string[] {
  const { groupsClaim = 'cognito:groups' } = providerOf(claims)
  const place = typeof groupsClaim === 'string' ? { claim: groupsClaim } : groupsClaim
  let groups = claimAt(claims, place.claim)
  if ('split' in place) groups = typeof groups === 'string' ? groups.split(place.split) : []
  if (!Array.isArray(groups)) return []
  return groups.every((group) => typeof group === 'string') ? groups : []
}

function captureValues(capture: string, claims: Json, groups: string[]): string[] {
  const name = capture === '{sub}' ? 'sub' : capture.slice('{claim:'.length, -1)
  const held = name === 'sub' ? [claim(claims, 'sub')] : [claimAt(claims, name)].flat().map(pathText)
  const values = capture === '{group}' ? groups : held
  return values.filter((value): value is string => typeof value === 'string' && value !== '' && value.isWellFormed())
}

/** An integer stands in a path as its decimal text (RFC 7493 2.2). */
function pathText(value: unknown): unknown {
  return Number.isSafeInteger(value) ? String(value) : value
}

function spell(value: string, route: Route): string {
  return route.hash ? createHash(route.hash).update(value).digest('hex') : value
}

// Rewrites: S3 has no directories.

const isRead = (method: string) => method === 'GET' || method === 'HEAD'

/** Of a path that is granted: where its file is. */
function fileOf({ method, uri }: ViewerRequest): string {
  if (!isRead(method)) return uri
  const segments = pathSegments(uri)
  const app = findRoute(segments)?.app
  if (app !== undefined) return segments.at(-1)?.includes('.') ? uri : app.split('/').map(encodeURIComponent).join('/')
  return POLICY.index !== undefined && uri.endsWith('/') ? uri + encodeURIComponent(POLICY.index) : uri
}

/** Of a path that no route matches: the path with the slash that it lacks. */
function directoryOf({ method, uri }: ViewerRequest): string | undefined {
  if (POLICY.slash !== 'redirect' || !isRead(method) || uri.endsWith('/')) return undefined
  const segments = pathSegments(uri)
  return !findRoute(segments) && findRoute([...segments, '']) ? `${uri}/` : undefined
}

/** A path alone, so that the viewer stays on its host; in the characters of a URI (RFC 3986 2). */
function slashRedirect({ querystring, headers }: ViewerRequest, directory: string) {
  const query = querystring === '' || holdsToken(querystring) ? '' : `?${querystring}`
  const location = [...`${directory}${query}`].map((one) => (/[!-~]/.test(one) ? one : encoded(one))).join('')
  return response(302, { 'cache-control': 'no-store', ...corsFields(headers), location })
}

const encoded = (text: string) => encodeURIComponent(text.toWellFormed())

// Results: CloudFront Developer Guide, "Generate HTTP responses in request triggers".

function withoutCredential(request: ViewerRequest): ViewerRequest {
  for (const source of sources) {
    if ('header' in source) delete request.headers[source.header]
    else removeCookies(request, source)
  }
  return request
}

function removeCookies(request: ViewerRequest, source: CookieSource): void {
  const kept = cookies(request.headers).filter((cookie) => !isCredentialCookie(cookie.name, source))
  if (kept.length === 0) delete request.headers.cookie
  else request.headers.cookie = [{ key: 'Cookie', value: kept.map(({ text }) => text).join('; ') }]
}

function denial(request: ViewerRequest, kind: Denial) {
  const { status = kind === 'forbidden' ? 403 : 401, page, ...answer } = POLICY.deny?.[kind] ?? {}
  const fields: Record<string, string> = { 'cache-control': 'no-store', ...corsFields(request.headers) }
  if (isSentToLogIn(request, answer)) {
    return response(302, { ...fields, location: loginPage(answer, request) })
  }
  if (status === 401) fields['www-authenticate'] = 'Bearer'
  if (page === undefined) return response(status, fields)
  fields['content-type'] = 'text/html; charset=utf-8'
  return response(status, fields, request.method === 'HEAD' ? '' : page)
}

type Login = UnauthenticatedDenial & { redirect: string }

function isSentToLogIn(request: ViewerRequest, answer: UnauthenticatedDenial): answer is Login {
  return answer.redirect !== undefined && (answer.redirectOn === 'always' || isNavigation(request))
}

/** Fetch Metadata, Sec-Fetch-Mode and Sec-Fetch-Dest; what sends neither says by Accept that it wants a page. */
function isNavigation({ method, headers }: ViewerRequest): boolean {
  if (!isRead(method)) return false
  const { 'sec-fetch-mode': mode, 'sec-fetch-dest': dest, accept = [] } = headers
  if (!mode && !dest) return accept.some(({ value }) => /text\/html/i.test(value))
  return (
    (!mode || single(headers, 'sec-fetch-mode') === 'navigate') &&
    (!dest || single(headers, 'sec-fetch-dest') === 'document')
  )
}

/** With the way back, for as long as it holds no token. */
function loginPage({ redirect, returnTo, returnQuery }: Login, { uri, querystring }: ViewerRequest): string {
  if (returnTo === undefined) return redirect
  const query = returnQuery && querystring !== '' && !holdsToken(querystring) ? `?${querystring}` : ''
  const way = uri.length + query.length > 1024 ? uri : uri + query
  if (holdsToken(uri) || way.length > 1024) return redirect
  const separator = redirect.includes('?') ? (/[?&]$/.test(redirect) ? '' : '&') : '?'
  return `${redirect}${separator}${returnTo}=${encoded(way)}`
}

/** A JOSE header or a set of claims, however often it was percent-encoded. */
function holdsToken(text: string): boolean {
  const plain = text.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
  const runs = [...text.matchAll(/(?=(eyJ[\w-]{0,125}))/g)]
  const isHeld = runs.some(([, run = '']) => /^\{"[ -~]+":/.test(Buffer.from(run, 'base64url').toString('latin1')))
  return isHeld || (plain !== text && holdsToken(plain))
}

function corsFields(headers: Headers): Record<string, string> {
  const origin = single(headers, 'origin')
  if (!POLICY.corsOrigins?.some((named) => isNamed(origin, named))) return {}
  return { 'access-control-allow-origin': origin, vary: 'Origin' }
}

/** `https://*.example.com`: one label or more stand for the `*`. */
function isNamed(origin: string, named: string): boolean {
  const [scheme = '', domain] = named.split('*')
  if (domain === undefined) return origin === named
  return isAround(scheme, domain, origin) && /^[\w-]+(?:\.[\w-]+)*$/.test(origin.slice(scheme.length, -domain.length))
}

function response(status: number, fields: Record<string, string>, body?: string) {
  const headers: Headers = {}
  for (const [name, value] of Object.entries(fields)) headers[name] = [{ key: name, value }]
  const statusDescription = descriptions[status] ?? 'Forbidden'
  return { status: String(status), statusDescription, headers, ...(body && { body }) }
}

const descriptions: Record<number, string> = { 302: 'Found', 401: 'Unauthorized', 404: 'Not Found' }
