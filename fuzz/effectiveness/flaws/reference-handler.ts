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
import type { OneProviderPolicy, Route } from '../../../authorizer/policy.ts'

declare const POLICY: OneProviderPolicy

type Json = Record<string, unknown>
type Denial = 'unauthenticated' | 'forbidden'
class Denied extends Error {
  readonly denial: Denial
  constructor(denial: Denial, reason: string) {
    super(reason)
    this.denial = denial
  }
}

const issuers = [POLICY.issuer].flat()
const jwksUris = [POLICY.jwksUri ?? issuers.map((issuer) => `${issuer}/.well-known/jwks.json`)].flat()
const algorithms: readonly string[] = POLICY.algorithms ?? ['RS256']
const tokenUse = POLICY.tokenUse === undefined ? 'access' : POLICY.tokenUse
const { maxAge = 3600, maxStale = 86_400, cooldown = 10 } = POLICY.jwks ?? {}
const tolerance = POLICY.clockToleranceSeconds ?? 0
const methods: readonly string[] = POLICY.methods ?? ['GET', 'HEAD']

const cookieName = (POLICY.credentials as { cookie?: string } | undefined)?.cookie

const now = () => Date.now() / 1000

export const handler = async (event: ViewerRequestEvent) => {
  const request = event.Records[0]?.cf.request
  if (!request) return denial({ method: 'GET', uri: '/', querystring: '', headers: {} }, 'forbidden')
  try {
    await authorize(request)
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
  if (route.public) return
  const claims = await verifyToken(credential(request.headers))
  for (const name of POLICY.requiredClaims ?? []) {
    if (claim(claims, name) == null) throw new Denied('forbidden', 'required claim')
  }
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

function credential(headers: Headers): string {
  if (cookieName !== undefined) return cookieCredential(headers, cookieName)
  const value = single(headers, 'authorization')
  const match = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(value)
  if (!match?.[1]) throw new Denied('unauthenticated', 'credentials')
  return match[1]
}

function cookieCredential(headers: Headers, name: string): string {
  const values = cookies(headers).filter((cookie) => isCredentialCookie(cookie.name, name))
  if (values.length !== 1 || !values[0]) throw new Denied('unauthenticated', 'credentials')
  return values[0].value
}

function cookies(headers: Headers): { name: string; value: string; text: string }[] {
  return (headers.cookie ?? [])
    .flatMap(({ value }) => value.split(';'))
    .map((text) => {
      const [name = '', ...value] = text.split('=')
      return { name: name.trim(), value: value.join('=').trim(), text: text.trim() }
    })
}

function isCredentialCookie(name: string, pattern: string): boolean {
  return POLICY.clientIds.some((client) => {
    const [start = '', ...rest] = pattern.replaceAll('{client}', client).split('*')
    if (rest.length === 0) return name === start
    const end = rest.join('*')
    return name.length > start.length + end.length && name.startsWith(start) && name.endsWith(end)
  })
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
  if (typeof alg !== 'string' || !algorithms.includes(alg)) throw new Denied('unauthenticated', 'alg')
  if (typeof kid !== 'string') throw new Denied('unauthenticated', 'kid')
  if (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64')) throw new Denied('unauthenticated', 'crit')
  const issuer = issuers.indexOf(claim(claims, 'iss') as string)
  if (issuer < 0) throw new Denied('unauthenticated', 'iss')
  const key = await findKey(issuer, kid)
  const signature = base64url(encodedSignature)
  if (!verifySignature(alg, key, `${encodedHeader}.${encodedPayload}`, signature)) {
    throw new Denied('unauthenticated', 'signature')
  }
  checkDates(claims)
  checkClient(claims)
  return claims
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

function checkClient(claims: Json): void {
  if (tokenUse !== null && claim(claims, 'token_use') !== tokenUse) throw new Denied('unauthenticated', 'token_use')
  const client = tokenUse === 'access' ? claim(claims, 'client_id') : claim(claims, 'aud')
  const accepted = tokenUse === null ? [client].flat() : [client]
  const texts = accepted.every((one) => typeof one === 'string') ? accepted : []
  if (!texts.some((one) => POLICY.clientIds.includes(one))) {
    throw new Denied('unauthenticated', 'client')
  }
}

// Signatures: RFC 7518 3, RFC 8037 3.1.

interface Key {
  object: KeyObject
  alg: unknown
}

function verifySignature(alg: string, key: Key, input: string, signature: Buffer): boolean {
  if (!fits(alg, key)) return false
  if (signature.length !== signatureLength(alg, key.object)) return false
  const data = Buffer.from(input)
  const hash = alg === 'EdDSA' ? null : `sha${alg.slice(2)}`
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
  if (alg === 'EdDSA') return object.asymmetricKeyType === 'ed25519'
  if (alg.startsWith('ES')) return object.asymmetricKeyDetails?.namedCurve === curves[alg]
  return object.asymmetricKeyType === 'rsa' && (object.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048
}

function signatureLength(alg: string, key: KeyObject): number {
  if (alg === 'EdDSA') return 64
  if (alg.startsWith('ES')) return { ES256: 64, ES384: 96, ES512: 132 }[alg] ?? 0
  return Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8)
}

// The issuers' keys: RFC 7517 5.

interface KeySet {
  keys: Map<string, Key>
  fetchedAt: number
  triedAt: number
}

const keySets: KeySet[] = issuers.map(() => ({ keys: new Map(), fetchedAt: -Infinity, triedAt: -Infinity }))

async function findKey(issuer: number, kid: string): Promise<Key> {
  const set = keySets[issuer] as KeySet
  if (!isYounger(set.fetchedAt, maxAge) || !set.keys.has(kid)) await refresh(set, jwksUris[issuer] as string)
  if (!isYounger(set.fetchedAt, maxAge + maxStale)) throw new Denied('unauthenticated', 'no keys')
  const key = set.keys.get(kid)
  if (!key) throw new Denied('unauthenticated', 'unknown kid')
  return key
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
    const keys = importKeys(await bounded(response))
    if (keys.size === 0) return
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

function importKeys(text: string): Map<string, Key> {
  const keys = new Map<string, Key>()
  const repeated = new Set<string>()
  for (const jwk of JSON.parse(text).keys as Json[]) {
    const key = importKey(jwk)
    if (!key) continue
    if (keys.has(key.kid)) repeated.add(key.kid)
    keys.set(key.kid, key)
  }
  for (const kid of repeated) keys.delete(kid)
  return keys
}

function importKey(jwk: Json | null): (Key & { kid: string }) | null {
  try {
    const { kid, kty, alg, use, key_ops: operations } = jwk ?? {}
    if (typeof kid !== 'string' || !['RSA', 'EC', 'OKP'].includes(kty as string)) return null
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
  // S3 reads a raw "+" as a space, so such a segment has two readings; no literal and no capture matches it.
  return raw.includes('+') ? `\0${segment}` : segment
}

function patternSegments(route: Route): string[] {
  return route.path.slice(1).split('/')
}

const isCapture = (part: string) => part.startsWith('{')

/** Among the routes that match, literal beats capture beats `*`, from the left. */
function findRoute(segments: string[]): Route | undefined {
  const rank = (route: Route) =>
    patternSegments(route)
      .map((part) => (part === '*' ? 2 : isCapture(part) ? 1 : 0))
      .join('')
  return POLICY.routes.filter((route) => matches(route, segments)).sort((a, b) => (rank(a) < rank(b) ? -1 : 1))[0]
}

function matches(route: Route, segments: string[]): boolean {
  const parts = patternSegments(route)
  const rest = parts.at(-1) === '*'
  if (rest ? segments.length < parts.length : segments.length !== parts.length) return false
  return parts.every((part, index) => {
    if (part === '*') return true
    const segment = segments[index] ?? ''
    if (isCapture(part)) return segment !== '' && !segment.startsWith('\0')
    return segment === part
  })
}

function grants(route: Route, segments: string[], claims: Json): boolean {
  const groups = groupsOf(claims)
  if (route.groups && !route.groups.some((group) => groups.includes(group))) return false
  return patternSegments(route).every((part, index) => {
    if (!isCapture(part)) return true
    const wanted = segments[index]
    return captureValues(part, claims, groups).some((value) => spell(value, route) === wanted)
  })
}

function groupsOf(claims: Json): string[] {
  const groups = claim(claims, 'cognito:groups')
  if (!Array.isArray(groups)) return []
  return groups.every((group) => typeof group === 'string') ? groups : []
}

function captureValues(part: string, claims: Json, groups: string[]): string[] {
  const name = part === '{sub}' ? 'sub' : part.slice('{claim:'.length, -1)
  const values = part === '{group}' ? groups : [claim(claims, name)]
  return values.filter((value): value is string => typeof value === 'string' && value !== '' && value.isWellFormed())
}

function spell(value: string, route: Route): string {
  return route.hash ? createHash(route.hash).update(value).digest('hex') : value
}

// Results: CloudFront Developer Guide, "Generate HTTP responses in request triggers".

function withoutCredential(request: ViewerRequest): ViewerRequest {
  if (cookieName === undefined) {
    delete request.headers.authorization
    return request
  }
  const kept = cookies(request.headers).filter((cookie) => !isCredentialCookie(cookie.name, cookieName))
  if (kept.length === 0) delete request.headers.cookie
  else request.headers.cookie = [{ key: 'Cookie', value: kept.map(({ text }) => text).join('; ') }]
  return request
}

function denial({ uri, headers }: ViewerRequest, kind: Denial) {
  const answer = POLICY.deny?.[kind] ?? { status: kind === 'forbidden' ? 403 : 401 }
  const fields: Record<string, string> = { 'cache-control': 'no-store', ...corsFields(headers) }
  if ('redirect' in answer) {
    return response(302, { ...fields, location: loginPage(answer.redirect, answer.returnTo, uri) })
  }
  if (answer.status === 401) fields['www-authenticate'] = 'Bearer'
  return response(answer.status, fields)
}

function loginPage(redirect: string, returnTo: string | undefined, uri: string): string {
  if (returnTo === undefined) return redirect
  const url = new URL(redirect)
  url.searchParams.set(returnTo, uri)
  return url.href
}

function corsFields(headers: Headers): Record<string, string> {
  const origin = single(headers, 'origin')
  if (!POLICY.corsOrigins?.includes(origin)) return {}
  return { 'access-control-allow-origin': origin, vary: 'Origin' }
}

function response(status: number, fields: Record<string, string>) {
  const headers: Headers = {}
  for (const [name, value] of Object.entries(fields)) headers[name] = [{ key: name, value }]
  return { status: String(status), statusDescription: descriptions[status] ?? 'Forbidden', headers }
}

const descriptions: Record<number, string> = { 302: 'Found', 401: 'Unauthorized', 404: 'Not Found' }
