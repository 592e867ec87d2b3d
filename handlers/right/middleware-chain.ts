/** Middlewares around a core, as middy has them, with fast-jwt inside: each may answer before or look at the error after. */
import { createPublicKey, type JsonWebKeyInput } from 'node:crypto'
import { createVerifier } from 'fast-jwt'
import type { ViewerRequest, ViewerRequestEvent } from '../../authorizer/cloudfront.ts'

interface Exchange {
  request: ViewerRequest
  claims?: Record<string, unknown>
  response?: object
}
interface Middleware {
  before?(exchange: Exchange): Promise<void> | void
  onError?(exchange: Exchange, error: unknown): void
}

const issuer = 'https://sso.example.com/oauth2/default'
const pems = new Map<string, string>()
let fetchedAt = Number.NEGATIVE_INFINITY

async function pemOf({ header: { kid, typ, crit, b64 } }: { header: Record<string, unknown> }): Promise<string> {
  if (typeof kid !== 'string' || crit !== undefined || b64 !== undefined) throw new Error('header')
  if (typ !== undefined && !['jwt', 'at+jwt'].includes(String(typ).toLowerCase())) throw new Error('typ')
  const age = Date.now() - fetchedAt
  if ((age < 0 || age > 300_000 || !pems.has(kid)) && !(age >= 0 && age < 15_000)) await download()
  const pem = pems.get(kid)
  if (pem === undefined) throw new Error('unknown key')
  return pem
}

async function download(): Promise<void> {
  fetchedAt = Date.now()
  const answer = await fetch(`${issuer}/v1/keys`, { signal: AbortSignal.timeout(2000), redirect: 'error' })
  const { keys } = (await answer.json()) as { keys: Record<string, string>[] }
  const found = keys.flatMap((jwk): [string, string][] => {
    try {
      if (!answer.ok || jwk.kty !== 'RSA' || (jwk.use ?? 'sig') !== 'sig' || (jwk.alg ?? 'RS256') !== 'RS256') return []
      if (typeof jwk.kid !== 'string') return []
      const key = createPublicKey({ key: jwk, format: 'jwk' } as JsonWebKeyInput)
      return [[jwk.kid, key.export({ type: 'spki', format: 'pem' }).toString()]]
    } catch {
      return []
    }
  })
  if (found.length === 0) return
  pems.clear()
  for (const [kid, pem] of found) pems.set(kid, pem)
}

const verifyToken = createVerifier({
  key: pemOf,
  algorithms: ['RS256'],
  allowedIss: issuer,
  allowedAud: 'api://default',
  requiredClaims: ['exp', 'iss', 'aud', 'sub', 'cid'],
})

const methods: Middleware = {
  before(exchange) {
    if (!['GET', 'HEAD'].includes(exchange.request.method)) exchange.response = denied(403)
  },
}

const paths: Middleware = {
  before(exchange) {
    const { uri } = exchange.request
    const names = decodeURIComponent(uri.replaceAll(/%2f|%5c|%23|%3f/gi, '/../')).split('/')
    const isClean = names.slice(1, -1).every((name) => name !== '') && !names.includes('..') && !names.includes('.')
    const isText = uri.isWellFormed() && !/[\\?#]|[\u0000-\u001f\u007f]/.test(names.join('/'))
    if (!isClean || !isText || names[0] !== '' || names[1] !== 'docs' || names.length < 3)
      exchange.response = denied(403)
  },
}

const bearer: Middleware = {
  async before(exchange) {
    const entries = exchange.request.headers.authorization ?? []
    const found = /^bearer ([\w-]+(?:\.[\w-]+){2})$/i.exec(entries[0]?.value ?? '')
    if (!found?.[1] || entries.length > 1) throw new Error('no token')
    exchange.claims = await verifyToken(found[1])
  },
  onError(exchange) {
    exchange.response ??= denied(401)
  },
}

const clients: Middleware = {
  before(exchange) {
    const { cid, cnf, sub } = exchange.claims ?? {}
    if (cid !== 'docs-client' || cnf !== undefined || typeof sub !== 'string') exchange.response = denied(401)
  },
}

/** Runs them in order until one answers; an error goes back through those that were reached. */
function chain(...middlewares: readonly Middleware[]) {
  return async ({ Records }: ViewerRequestEvent): Promise<object> => {
    const exchange: Exchange = { request: Records[0]?.cf.request as ViewerRequest }
    const reached: Middleware[] = []
    try {
      for (const middleware of middlewares) {
        reached.unshift(middleware)
        await middleware.before?.(exchange)
        if (exchange.response) return exchange.response
      }
      return exchange.request
    } catch (error) {
      for (const middleware of reached) middleware.onError?.(exchange, error)
      return exchange.response ?? denied(403)
    }
  }
}

const denied = (code: number) => ({
  status: `${code}`,
  body: 'denied',
  headers: {
    expires: [{ key: 'Expires', value: '0' }],
    'cache-control': [{ key: 'Cache-Control', value: 'no-store' }],
  },
})

export const handler = chain(methods, paths, bearer, clients)
