/** Tokens of two issuers by ECDSA, `aud` and a tenant's claim; promise chains over node:crypto; preflights, a clock tolerance. */
import { createPublicKey, type JsonWebKeyInput, type KeyObject, verify } from 'node:crypto'
import type { Headers, ViewerRequest, ViewerRequestEvent } from '../../authorizer/cloudfront.ts'

type Json = Record<string, unknown>
interface Issuer {
  url: string
  keys: Map<string, KeyObject>
  loadedAt: number
  triedAt: number
}

const issuers = new Map<unknown, Issuer>(
  [
    ['https://login.example.org/realms/a', 'https://login.example.org/realms/a/certs'],
    ['https://id.example.com', 'https://id.example.com/jwks'],
  ].map(([iss, url = '']) => [iss, { url, keys: new Map(), loadedAt: 0, triedAt: 0 }]),
)
const audiences = ['api', 'web']
const maxAge = 600_000
const maxStale = 3_600_000
const cooldown = 30_000
const toleranceSeconds = 60

const within = (time: number, span: number) => time <= Date.now() && Date.now() < time + span

function refresh(issuer: Issuer): Promise<void> {
  if (within(issuer.triedAt, cooldown)) return Promise.resolve()
  issuer.triedAt = Date.now()
  return fetch(issuer.url, { redirect: 'manual', signal: AbortSignal.timeout(3000) })
    .then((response) => (response.status === 200 ? response.arrayBuffer() : Promise.reject(new Error('status'))))
    .then((body) => {
      if (body.byteLength > 256 * 1024) throw new Error('oversized')
      const keys = new Map((JSON.parse(Buffer.from(body).toString()).keys as unknown[]).flatMap(imported))
      if (keys.size === 0) throw new Error('empty')
      Object.assign(issuer, { keys, loadedAt: Date.now() })
    })
    .catch(() => {})
}

function imported(jwk: unknown): [string, KeyObject][] {
  try {
    const { kid, kty, crv, use = 'sig', alg = 'ES256', key_ops: operations = ['verify'] } = jwk as Json
    if (typeof kid !== 'string' || kty !== 'EC' || crv !== 'P-256' || use !== 'sig' || alg !== 'ES256') return []
    if (!Array.isArray(operations) || !operations.includes('verify')) return []
    return [[kid, createPublicKey({ key: jwk, format: 'jwk' } as JsonWebKeyInput)]]
  } catch {
    return []
  }
}

function objectOf(part: string): Json {
  const octets = Buffer.from(part, 'base64url')
  const text = octets.toString()
  if (octets.toString('base64url') !== part || !Buffer.from(text).equals(octets)) throw new Error('encoding')
  const value: unknown = JSON.parse(text)
  if (Object.prototype.toString.call(value) !== '[object Object]') throw new Error('object')
  return value as Json
}

function check(token: string): Promise<Json> {
  const [head = '', body = '', tail = '', ...more] = token.split('.')
  const { alg, kid, crit, b64, typ } = objectOf(head)
  const claims = objectOf(body)
  const issuer = issuers.get(claims.iss)
  if (
    more.length > 0 ||
    alg !== 'ES256' ||
    typeof kid !== 'string' ||
    crit !== undefined ||
    b64 !== undefined ||
    claims.cnf !== undefined ||
    !isAccepted(typ) ||
    !issuer
  )
    return Promise.reject(new Error('header'))
  const current = within(issuer.loadedAt, maxAge) && issuer.keys.has(kid)
  return Promise.resolve(current ? undefined : refresh(issuer)).then(() => {
    const key = within(issuer.loadedAt, maxAge + maxStale) ? issuer.keys.get(kid) : undefined
    const signature = Buffer.from(tail, 'base64url')
    if (!key || signature.length !== 64 || signature.toString('base64url') !== tail) throw new Error('signature')
    if (!verify('sha256', Buffer.from(`${head}.${body}`), { key, dsaEncoding: 'ieee-p1363' }, signature))
      throw new Error('signature')
    if (!isInDate(claims) || !isForUs(claims.aud)) throw new Error('claims')
    return claims
  })
}

/** Of all kinds of JWT whose type names them, only access tokens (RFC 9068). */
function isAccepted(typ: unknown): boolean {
  if (typ === undefined) return true
  const type = typeof typ === 'string' ? typ.toLowerCase() : '+jwt'
  return !type.endsWith('+jwt') || type === 'at+jwt' || type === 'application/at+jwt'
}

function isInDate({ exp, nbf = 0, iat = 0 }: Json): boolean {
  const now = Date.now() / 1000
  if (![exp, nbf, iat].every((date) => typeof date === 'number' && Number.isFinite(date))) return false
  return now < (exp as number) + toleranceSeconds && now >= (nbf as number) - toleranceSeconds
}

function isForUs(aud: unknown): boolean {
  const all = [aud].flat()
  return all.every((one) => typeof one === 'string') && all.some((one) => audiences.includes(one as string))
}

/** What the claims must be for this path; null where it is malformed or of no route. */
function rightFor(uri: string): ((claims: Json) => boolean) | null {
  if (!/^\/[^?#]*$/.test(uri) || !uri.isWellFormed()) return null
  const raw = uri.slice(1).split('/')
  let segments: string[]
  try {
    segments = raw.map(decodeURIComponent)
  } catch {
    return null
  }
  const last = segments.length - 1
  if (segments.some((text, at) => /^\.\.?$|[\\/\u0000-\u001f\u007f]/.test(text) || (text === '' && at < last)))
    return null
  const [place, tenant] = segments
  const matched = place === 'tenants' ? 2 : 1
  if (last < matched || raw.slice(0, matched).some((text) => text.includes('+'))) return null
  if (place === 'shared') return () => true
  return place === 'tenants' && tenant !== '' ? (claims) => isOneOf(tenant, claims['custom:tenant']) : null
}

/** A tenant, or one of several; a number by its digits. */
function isOneOf(tenant: string | undefined, claim: unknown): boolean {
  return [claim].flat().some((one) => (Number.isSafeInteger(one) ? String(one) : one) === tenant)
}

const single = (headers: Headers, name: string) => headers[name]?.length === 1 && headers[name][0]?.value

export const handler = ({ Records }: ViewerRequestEvent) => {
  const request = Records[0]?.cf.request as ViewerRequest
  const { headers, method, uri } = request
  const pass = () => {
    delete headers.authorization
    return request
  }
  if (method === 'OPTIONS' && single(headers, 'origin') && single(headers, 'access-control-request-method'))
    return Promise.resolve(pass())
  const right = method === 'GET' ? rightFor(uri) : null
  if (!right) return Promise.resolve(deny('403'))
  const [, token] = /^bearer +([\w.-]+)$/i.exec(single(headers, 'authorization') || '') ?? []
  return Promise.resolve(token ?? '')
    .then(check)
    .then(
      (claims) => (right(claims) ? pass() : deny('403')),
      () => deny('401'),
    )
}

function deny(status: string) {
  return { status, headers: { 'cache-control': [{ key: 'cache-control', value: 'private' }] } }
}
