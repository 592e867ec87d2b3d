/** Access tokens in the authorization header, verified by Web Cryptography, remembered by their whole text; routes in a switch. */
import type { JsonWebKey, webcrypto } from 'node:crypto'
import type { ViewerRequest, ViewerRequestEvent } from '../../authorizer/cloudfront.ts'

const issuer = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Right0001'
const client = 'rightclient'
const rs256 = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
const hour = 3_600_000

type Json = Record<string, unknown>
interface Key {
  key: webcrypto.CryptoKey
  octets: number
}

let keys = new Map<string, Key>()
let loadedAt = 0
let triedAt = 0
const remembered = new Map<string, Json>()

const past = (time: number, age: number) => time > Date.now() || Date.now() - time >= age

async function load(): Promise<void> {
  if (!past(triedAt, 15_000)) return
  triedAt = Date.now()
  try {
    const signal = AbortSignal.timeout(2500)
    const response = await fetch(`${issuer}/.well-known/jwks.json`, { redirect: 'error', signal })
    const text = response.status === 200 ? await response.text() : ''
    if (text.length > 300_000) return
    const fresh = new Map<string, Key>()
    for (const jwk of JSON.parse(text).keys) {
      const imported = await importKey(jwk)
      if (imported) fresh.set(jwk.kid, imported)
    }
    if (fresh.size === 0) return
    keys = fresh
    loadedAt = Date.now()
    remembered.clear()
  } catch {
    console.warn('no key set')
  }
}

async function importKey(jwk: Json | null): Promise<Key | null> {
  const { kty, kid, use = 'sig', alg = 'RS256', key_ops: operations = ['verify'], n, e } = jwk ?? {}
  const fits = kty === 'RSA' && use === 'sig' && alg === 'RS256' && typeof kid === 'string'
  if (!fits || !Array.isArray(operations) || !operations.includes('verify')) return null
  try {
    const key = await crypto.subtle.importKey('jwk', { kty, n, e } as JsonWebKey, rs256, false, ['verify'])
    const { modulusLength } = key.algorithm as unknown as { modulusLength: number }
    return modulusLength < 2048 ? null : { key, octets: modulusLength / 8 }
  } catch {
    return null
  }
}

function octetsOf(part: string): Buffer<ArrayBuffer> {
  const octets = Buffer.from(part, 'base64url')
  if (octets.toString('base64url') !== part) throw new Error('base64url')
  return octets
}

function objectOf(part: string): Json {
  const value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octetsOf(part)))
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('object')
  return value
}

async function verified(token: string): Promise<Json> {
  const known = past(loadedAt, hour) ? undefined : remembered.get(token)
  const claims = known ?? (await verifiedAnew(token))
  const now = Date.now() / 1000
  const date = (name: string, missing: number) => {
    const value = name in claims ? claims[name] : missing
    if (typeof value !== 'number' || !Number.isFinite(value)) throw new Error(name)
    return value
  }
  if (date('exp', 0) <= now || date('nbf', 0) > now) throw new Error('date')
  date('iat', 0)
  // A good token may hold a quarter of a megabyte, and a function has 128.
  if (remembered.size >= 100) remembered.clear()
  remembered.set(token, claims)
  return claims
}

async function verifiedAnew(token: string): Promise<Json> {
  const [head = '', body = '', tail = '', ...more] = token.split('.')
  const header = objectOf(head)
  const claims = objectOf(body)
  const { alg, kid, typ = '' } = header
  if (more.length > 0 || alg !== 'RS256' || typeof kid !== 'string') throw new Error('header')
  if ('crit' in header || 'b64' in header) throw new Error('extension')
  if (!/^(?:application\/)?(?:jwt|at\+jwt|)$/i.test(String(typ))) throw new Error('another kind of token')
  if (past(loadedAt, hour) || !keys.has(kid)) await load()
  const found = keys.get(kid)
  const signature = octetsOf(tail)
  if (!found || signature.length !== found.octets) throw new Error('key')
  const input = new TextEncoder().encode(`${head}.${body}`)
  if (!(await crypto.subtle.verify(rs256.name, found.key, signature, input))) throw new Error('signature')
  if (claims.iss !== issuer || claims.token_use !== 'access' || claims.client_id !== client) throw new Error('claims')
  if ('cnf' in claims) throw new Error('bound to a key')
  return claims
}

/** Null where the path is malformed, or a raw `+` stands in the first so many segments. */
function segmentsOf(uri: string): string[] | null {
  if (!/^\/[^?#]*$/.test(uri) || !uri.isWellFormed()) return null
  const raw = uri.slice(1).split('/')
  const matched = raw[0] === 'users' || raw[0] === 'groups' ? 2 : 1
  try {
    const segments = raw.map(decodeURIComponent)
    const sound = segments.every(
      (segment, index) =>
        !/^\.\.?$|[/\\\u0000-\u001f\u007f]/.test(segment) &&
        (segment !== '' || index === segments.length - 1) &&
        (index >= matched || !raw[index]?.includes('+')),
    )
    return sound ? segments : null
  } catch {
    return null
  }
}

function granted([place, owner = '', ...rest]: string[], { sub, 'cognito:groups': claimed }: Json): boolean {
  const groups = Array.isArray(claimed) && claimed.every((group) => typeof group === 'string') ? claimed : []
  switch (place) {
    case 'users':
      return rest.length > 0 && owner !== '' && owner === sub
    case 'groups':
      return rest.length > 0 && owner !== '' && groups.includes(owner)
    default:
      return groups.includes('analysts')
  }
}

export const handler = async (event: ViewerRequestEvent) => {
  const request = event.Records[0]?.cf.request as ViewerRequest
  const segments = ['GET', 'HEAD'].includes(request.method) ? segmentsOf(request.uri) : null
  if (!segments || segments.length < 2 || !/^(?:public|users|groups|reports)$/.test(segments[0] ?? ''))
    return deny('403')
  if (segments[0] !== 'public') {
    const [entry, second] = request.headers.authorization ?? []
    const [, token] = /^bearer +([\w.~+/-]+=*)$/i.exec(entry?.value ?? '') ?? []
    if (token === undefined || second) return deny('401')
    try {
      if (!granted(segments, await verified(token))) return deny('403')
    } catch {
      return deny('401')
    }
  }
  delete request.headers.authorization
  return request
}

function deny(status: string) {
  return { status, headers: { 'cache-control': [{ key: 'Cache-Control', value: 'no-store' }] } }
}
