import type { GeneratedResponse, Headers, ViewerRequest, ViewerRequestEvent } from './cloudfront.ts'
import type { JwksSnapshot } from './configuration.ts'
import { authorizationHeader, cookieCredentials } from './credentials.ts'
import { createDenialLog, type LogEntry } from './denial-log.ts'
import { createDenialResponses, type Reason } from './denials.ts'
import { httpsGet } from './https-get.ts'
import { createJwksCache } from './jwks-cache.ts'
import type { Policy } from './policy.ts'
import { resolvePolicy } from './resolved-policy.ts'
import { isGranted } from './route-rights.ts'
import { compileRoutes } from './routes.ts'
import { createTokenVerifier } from './token-verifier.ts'

export interface AuthorizerOptions {
  /** Keys taken at build time, by issuer; default none: the keys are fetched while the module loads. */
  snapshots?: Record<string, JwksSnapshot> | undefined
  /** How a JWK Set is fetched: the text of a good answer, a rejection otherwise. Default: one https GET, two seconds at most. */
  get?: (uri: string) => Promise<string>
  /** Milliseconds since the epoch. Default Date.now. */
  now?: () => number
  /** Where denials are logged, one entry each. Default console.log, which Lambda sends to CloudWatch. */
  log?: LogEntry
}

export type Decision =
  | { allow: true; request: ViewerRequest }
  | { allow: false; response: GeneratedResponse; reason: Reason }

export interface Authorizer {
  /** Decides one viewer request. Never rejects. An allowed request comes back itself, without its credential. */
  authorize(request: ViewerRequest): Promise<Decision>
  /** The Lambda@Edge viewer-request handler: the request where it is allowed, else the response. Never rejects. */
  handler(event: ViewerRequestEvent): Promise<ViewerRequest | GeneratedResponse>
}

/**
 * Builds an authorizer. Its state (keys, verified tokens) lives in this closure, is bounded, and is safe under concurrent
 * requests: nothing is shared across an `await`.
 *
 * @throws Error for a route pattern that is malformed or stands twice. Everything else about a policy is checked when it
 * is read (config/policy-schema.ts), not here.
 */
export function createAuthorizer(policy: Policy, options: AuthorizerOptions = {}): Authorizer {
  const { get = httpsGet, now = Date.now, log = console.log, snapshots } = options
  const resolved = resolvePolicy(policy)
  const { algorithms, jwks, methods, corsPreflight } = resolved
  const matchRoute = compileRoutes(policy.routes)
  const caches = resolved.issuers.map(({ issuer, jwksUri }) =>
    createJwksCache({ uri: jwksUri, algorithms, ...jwks, snapshot: snapshots?.[issuer], get, now }),
  )
  const verify = createTokenVerifier(resolved, caches, now)
  const credentials =
    resolved.cookie === undefined ? authorizationHeader : cookieCredentials(resolved.cookie, resolved.clientIds)
  const respond = createDenialResponses(resolved)
  const logDenial = createDenialLog(log, now)

  /** The order is that of the policy's semantics: what needs no token is decided first. */
  async function reasonAgainst({ method, uri, headers }: ViewerRequest): Promise<Reason | undefined> {
    if (corsPreflight && method === 'OPTIONS' && isPreflight(headers)) return undefined
    if (!methods.includes(method)) return 'method'
    const match = matchRoute(uri)
    if (typeof match === 'string') return match
    if (match.route.public) return undefined
    const text = credentials.read(headers)
    if (text === undefined) return 'no-credentials'
    const token = await verify(text)
    if (typeof token === 'string') return token
    if (!token.rights.complete) return 'required-claim'
    return isGranted(match, token) ? undefined : 'right'
  }

  async function authorize(request: ViewerRequest): Promise<Decision> {
    try {
      const reason = isViewerRequest(request) ? await reasonAgainst(request) : 'event'
      if (reason === undefined) {
        credentials.remove(request.headers)
        return { allow: true, request }
      }
      const readable = reason === 'event' ? undefined : request
      return {
        allow: false,
        reason,
        response: respond(reason, readable, !!readable && credentials.present(readable.headers)),
      }
    } catch {
      return { allow: false, reason: 'fault', response: respond('fault', undefined, false) }
    }
  }

  async function handler(event: ViewerRequestEvent): Promise<ViewerRequest | GeneratedResponse> {
    const cf = event?.Records?.[0]?.cf
    const isForThis = (cf?.config?.eventType ?? 'viewer-request') === 'viewer-request'
    const decision = await authorize((isForThis ? cf?.request : undefined) as ViewerRequest)
    if (decision.allow) return decision.request
    try {
      logDenial(decision.reason, decision.response.status, cf?.config?.distributionId, cf?.config?.requestId)
    } catch {
      // A log that fails must not turn a denial into an error.
    }
    return decision.response
  }

  return { authorize, handler }
}

function isViewerRequest(request: ViewerRequest | undefined): boolean {
  return (
    typeof request?.method === 'string' &&
    typeof request.uri === 'string' &&
    typeof request.headers === 'object' &&
    request.headers !== null
  )
}

/** Fetch standard, "CORS-preflight request": one origin and one method asked for. */
function isPreflight(headers: Headers): boolean {
  return [headers.origin, headers['access-control-request-method']].every(
    (entries) => entries?.length === 1 && typeof entries[0]?.value === 'string' && entries[0].value !== '',
  )
}
