/** An app in Express's style: use, get and next over jose's remote key set; a bearer token, routes by patterns. */
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose'
import type { ViewerRequest, ViewerRequestEvent } from '../../authorizer/cloudfront.ts'

const issuer = 'https://login.example.org/realms/express'
const keySet = createRemoteJWKSet(new URL(`${issuer}/certs`), { timeoutDuration: 2000 })

interface Context {
  request: ViewerRequest
  params: readonly string[]
  user?: JWTPayload
  response?: object
}
type Next = () => Promise<void>
type Middleware = (context: Context, next: Next) => Promise<void> | void

class App {
  readonly #stack: { pattern: RegExp | null; middleware: Middleware }[] = []

  use(middleware: Middleware): this {
    this.#stack.push({ pattern: null, middleware })
    return this
  }

  get(pattern: RegExp, ...middlewares: Middleware[]): this {
    for (const middleware of middlewares) this.#stack.push({ pattern, middleware })
    return this
  }

  async handle(request: ViewerRequest): Promise<object> {
    const context: Context = { request, params: [] }
    let isPassed = false
    const run = async (at: number): Promise<void> => {
      const layer = this.#stack[at]
      if (layer === undefined) return
      const match = layer.pattern?.exec(request.uri)
      if (layer.pattern && !match) return run(at + 1)
      if (match) {
        isPassed = true
        context.params = match.slice(1)
      }
      await layer.middleware(context, () => run(at + 1))
    }
    await run(0)
    if (context.response) return context.response
    return isPassed ? request : send(404)
  }
}

const send = (status: number) => ({
  status: String(status),
  headers: { 'cache-control': [{ key: 'Cache-Control', value: 'no-store' }] },
})

const onlyReading: Middleware = async (context, next) => {
  if (/^(?:GET|HEAD)$/.test(context.request.method)) await next()
  else context.response = send(405)
}

/** Lets paths pass that S3 reads as they stand, and no others. */
const plainPaths: Middleware = async (context, next) => {
  const segments = context.request.uri.slice(1).split('/')
  try {
    const names = segments.map((one) => decodeURIComponent(one))
    const isOdd = names.some(
      (name, at) => /^\.{1,2}$|[\u0000-\u001f\u007f/\\]/.test(name) || (name === '' && at < names.length - 1),
    )
    if (isOdd || /[?#]/.test(context.request.uri) || !context.request.uri.isWellFormed()) context.response = send(400)
    else await next()
  } catch {
    context.response = send(400)
  }
}

const authenticate: Middleware = async (context, next) => {
  const all = context.request.headers.authorization ?? []
  const [, token = ''] = /^bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(all.length === 1 ? (all[0]?.value ?? '') : '') ?? []
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keySet, {
      issuer,
      audience: 'express-app',
      algorithms: ['RS256'],
      requiredClaims: ['exp', 'sub'],
    })
    const { typ = 'JWT', kid } = protectedHeader
    const isAccess = /^(?:application\/)?(?:jwt|at\+jwt)$/i.test(typ)
    if (!isAccess || typeof kid !== 'string' || payload.cnf !== undefined) throw new Error('not a bearer token')
    context.user = payload
  } catch {
    context.response = send(401)
    return
  }
  await next()
}

const ownFiles: Middleware = (context) => {
  const [owner = ''] = context.params
  const isOwn = !owner.includes('+') && decodeURIComponent(owner) === context.user?.sub
  if (!isOwn) context.response = send(403)
}

const app = new App()
  .use(onlyReading)
  .use(plainPaths)
  .get(/^\/assets\/.*$/s, () => {})
  .get(/^\/me\/([^/]+)\/.*$/s, authenticate, ownFiles)

export const handler = async (event: ViewerRequestEvent) => {
  const request = event.Records[0]?.cf.request as ViewerRequest
  const answer = await app.handle(request)
  delete request.headers.authorization
  return answer
}
