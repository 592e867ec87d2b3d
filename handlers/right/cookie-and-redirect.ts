/** ID tokens in a cookie, verified by jose over a key set that node:https fetched; classes; a login page with a way back. */
import https from 'node:https'
import { createLocalJWKSet, errors, type JWK, type JWTPayload, jwtVerify } from 'jose'
import type { Headers, ViewerRequest, ViewerRequestEvent } from '../../authorizer/cloudfront.ts'

const issuer = 'https://cognito-idp.us-west-2.amazonaws.com/us-west-2_Right0002'
const audience = 'webclient'
const cookieName = 'id_session'
const login = 'https://login.example.net/authorize'
const acceptedTypes = [undefined, 'jwt', 'application/jwt', 'at+jwt', 'application/at+jwt']
const maxAge = 1_800_000
const maxStale = 43_200_000
const cooldown = 20_000

class KeyStore {
  #set: ReturnType<typeof createLocalJWKSet> | null = null
  #at = Number.NEGATIVE_INFINITY
  #tried = Number.NEGATIVE_INFINITY

  async get(again: boolean) {
    const now = Date.now()
    // A time to come says that the clock was set back.
    if (this.#at > now) this.#at = Number.NEGATIVE_INFINITY
    if (this.#tried > now) this.#tried = Number.NEGATIVE_INFINITY
    if ((again || now - this.#at >= maxAge) && now - this.#tried >= cooldown) await this.#load()
    if (this.#set === null || Date.now() - this.#at >= maxAge + maxStale) throw new Error('no keys')
    return this.#set
  }

  async #load(): Promise<void> {
    this.#tried = Date.now()
    try {
      const listed: JWK[] = JSON.parse(await download(`${issuer}/.well-known/jwks.json`)).keys.filter(isUsable)
      // jose refuses a name that two entries have, even where they are one key.
      const keys = new Map(listed.map((jwk) => [JSON.stringify([jwk.kid, jwk.n, jwk.e]), jwk]))
      if (keys.size === 0) return
      this.#set = createLocalJWKSet({ keys: [...keys.values()] })
      this.#at = Date.now()
    } catch {
      console.log(JSON.stringify({ level: 'warn', event: 'key set not loaded' }))
    }
  }
}

function isUsable(jwk: Record<string, unknown> | null): boolean {
  const { kty, kid, use = 'sig', alg = 'RS256', key_ops: operations = ['verify'], n, e } = jwk ?? {}
  const named = kty === 'RSA' && typeof kid === 'string' && use === 'sig' && alg === 'RS256'
  // 2,048 bits are 342 characters; an exponent is 65537 or so.
  const sized =
    typeof n === 'string' && n.length >= 342 && n.length < 2000 && typeof e === 'string' && /^.{3,6}$/.test(e)
  return named && sized && Array.isArray(operations) && operations.includes('verify')
}

function download(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    // One is for silence, the other for what comes drop by drop.
    const request = https.get(url, { timeout: 2000, signal: AbortSignal.timeout(4000) }, (response) => {
      const chunks: Buffer[] = []
      let length = 0
      response.on('data', (chunk: Buffer) => {
        length += chunk.length
        if (length > 200_000) request.destroy(new Error('oversized'))
        else chunks.push(chunk)
      })
      response.on('error', reject)
      response.on('end', () =>
        response.statusCode === 200 ? resolve(Buffer.concat(chunks).toString()) : reject(new Error('status')),
      )
    })
    request.on('timeout', () => request.destroy(new Error('timeout')))
    request.on('error', reject)
    // Nothing else tells of an answer that switches protocols.
    request.on('close', () => reject(new Error('closed')))
  })
}

class Denied extends Error {
  readonly loginHelps: boolean
  constructor(loginHelps: boolean) {
    super('denied')
    this.loginHelps = loginHelps
  }
}

class Authorizer {
  readonly #keys = new KeyStore()

  async handle(request: ViewerRequest) {
    try {
      await this.#authorize(request)
      return withoutToken(request)
    } catch (error) {
      return error instanceof Denied && error.loginHelps ? redirect(request) : response('403')
    }
  }

  async #authorize({ method, uri, headers }: ViewerRequest): Promise<void> {
    if (method !== 'GET' && method !== 'HEAD') throw new Denied(false)
    const [place = '', owner, ...rest] = segmentsOf(uri)
    if (place === 'assets' && owner !== undefined) return
    if (!['me', 'team'].includes(place) || !owner || rest.length === 0) throw new Denied(false)
    const claims = await this.#verify(tokenOf(headers))
    if (claims.email === undefined || claims.email === null) throw new Denied(false)
    const groups = claims['cognito:groups']
    const teams = Array.isArray(groups) && groups.every((group) => typeof group === 'string') ? groups : []
    if (!(place === 'me' ? [claims.sub] : teams).includes(owner)) throw new Denied(false)
  }

  async #verify(token: string): Promise<JWTPayload> {
    for (const again of [false, true]) {
      try {
        const options = { issuer, algorithms: ['RS256'], requiredClaims: ['exp'] }
        const { payload, protectedHeader } = await jwtVerify(token, await this.#keys.get(again), options)
        const { kid, crit, b64, typ } = protectedHeader
        if (typeof kid !== 'string' || crit !== undefined || b64 !== undefined) break
        if (payload.token_use !== 'id' || payload.aud !== audience) break
        if (payload.cnf !== undefined || !acceptedTypes.includes(typ?.toLowerCase())) break
        return payload
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) break
      }
    }
    throw new Denied(true)
  }
}

function segmentsOf(uri: string): string[] {
  if (!/^\/[^?#]*$/.test(uri) || !uri.isWellFormed()) throw new Denied(false)
  const raw = uri.slice(1).split('/')
  const segments = raw.map((text, index) => {
    // An escape that is none throws a URIError, which is a denial too.
    const segment = decodeURIComponent(text)
    if (/^\.\.?$|[/\\\u0000-\u001f\u007f]/.test(segment)) throw new Denied(false)
    if (segment === '' && index < raw.length - 1) throw new Denied(false)
    return segment
  })
  const matched = segments[0] === 'assets' ? 1 : 2
  if (raw.slice(0, matched).some((text) => text.includes('+'))) throw new Denied(false)
  return segments
}

const pairsOf = (line: string) => line.split(';').map((text) => ({ text, name: text.split('=')[0]?.trim() }))

function tokenOf({ cookie = [] }: Headers): string {
  const own = cookie.flatMap(({ value }) => pairsOf(value)).filter(({ name }) => name === cookieName)
  // The same value twice counts as one.
  const found = new Set(own.map(({ text }) => text.slice(text.indexOf('=') + 1).trim()).filter((value) => value !== ''))
  const [token = ''] = found
  const signature = token.slice(token.lastIndexOf('.') + 1)
  const canonical = Buffer.from(signature, 'base64url').toString('base64url') === signature
  if (found.size !== 1 || !canonical || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) throw new Denied(true)
  return token
}

function withoutToken(request: ViewerRequest): ViewerRequest {
  const lines = (request.headers.cookie ?? []).map(({ value }) =>
    pairsOf(value).flatMap(({ name, text }) => (name === cookieName ? [] : [text.trim()])),
  )
  const kept = lines.filter((pairs) => pairs.length > 0).map((pairs) => ({ key: 'Cookie', value: pairs.join('; ') }))
  if (kept.length > 0) request.headers.cookie = kept
  else delete request.headers.cookie
  return request
}

function redirect({ uri }: ViewerRequest) {
  const location = new URL(login)
  const isTold = /^\/(?![/\\])/.test(uri) && !holdsToken(uri)
  location.searchParams.set('return_to', isTold ? uri.toWellFormed() : '/')
  return response('302', { location: location.href })
}

/** As it is, and as often as it can be decoded. */
function holdsToken(text: string): boolean {
  if (/[\w-]{60}/.test(text)) return true
  const decoded = text.replace(/%[0-9a-f]{2}/gi, (octet) => String.fromCharCode(Number.parseInt(octet.slice(1), 16)))
  return decoded !== text && holdsToken(decoded)
}

function response(status: string, fields: Record<string, string> = {}) {
  const headers: Headers = {}
  for (const [key, value] of Object.entries({ 'cache-control': 'no-store', ...fields })) headers[key] = [{ key, value }]
  return { status, headers }
}

const authorizer = new Authorizer()

export function handler(event: ViewerRequestEvent) {
  return authorizer.handle(event.Records[0]?.cf.request as ViewerRequest)
}
