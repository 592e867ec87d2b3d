import {
  type GeneratedResponse,
  type Headers,
  isRead,
  type ViewerRequest,
  type ViewerRequestEvent,
} from './cloudfront.ts'
import type { JwksSnapshot } from './configuration.ts'
import { createCredentials } from './credential-sources.ts'
import type { Credentials } from './credentials.ts'
import type { Decision } from './decision.ts'
import { createDenialLog, type LogLine } from './denial-log.ts'
import { denialResponse, type Reason } from './denials.ts'
import type { EdgePolicy, EdgeProvider } from './edge-policy.ts'
import {
  usesConditions,
  usesCookies,
  usesIssuers,
  usesRewrites,
  usesSlash,
  usesSnapshots,
  usesTenants,
} from './features.ts'
import { getByExchange } from './https-exchange.ts'
import { httpsGet } from './https-get.ts'
import { createJwksCache, type JwksCache } from './jwks-cache.ts'
import { createWays, type Way } from './rewrites.ts'
import { missingRight } from './route-rights.ts'
import { compileRoutes, type RouteMatch } from './routes.ts'
import { verifiedAmong } from './several-tokens.ts'
import { createSignIn, type SignIn, type SignInOptions } from './sign-in.ts'
import { createTokenVerifier } from './token-verifier.ts'

declare global {
  interface ImportMeta {
    /**
     * True in a bundle whose policy has no `signIn`. It stands where it matters, and not among the constants of `features.ts`, so that
     * what it leaves out is gone before modules are joined: such a bundle is the same, octet for octet, whatever sign-in is.
     */
    withoutSignIn?: true
  }
}

export type { Decision }

export interface AuthorizerOptions extends SignInOptions {
  /** Keys taken at build time, by issuer; default none: the keys are fetched while the module loads. */
  snapshots?: Readonly<Record<string, JwksSnapshot>>
  /** How a JWK Set is fetched: the text of a good answer, a rejection otherwise. Default: one https GET, two seconds at most. */
  get?: (uri: string) => Promise<string>
  /** Milliseconds since the epoch. Default Date.now. */
  now?: () => number
  /** Where denials are logged. Default standard output, unadorned, so that CloudWatch's metric filters see pure JSON. */
  log?: LogLine
}

export interface Authorizer {
  /**
   * Decides one viewer request, at once unless keys have to be waited for. Never throws or rejects. An allowed request
   * comes back itself, without its credential, and with the path that its policy rewrites it to.
   */
  authorize(request: ViewerRequest): Decision | Promise<Decision>
  /** The Lambda@Edge viewer-request handler: the request where it is allowed, else the response. Never rejects. */
  handler(event: ViewerRequestEvent): Promise<ViewerRequest | GeneratedResponse>
}

/**
 * Builds an authorizer. Its state (keys, verified tokens) lives in this closure, is bounded, and is safe under concurrent
 * requests: a decision is made in one synchronous step with the keys of that moment.
 */
export function createEdgeAuthorizer(policy: EdgePolicy, options: AuthorizerOptions = {}): Authorizer {
  const {
    get = import.meta.withoutSignIn ? httpsGet : getByExchange,
    now = Date.now,
    log = writeLine,
    snapshots,
  } = options
  const { jwks, methods, corsPreflight } = policy
  const matchRoute = compileRoutes(policy.routes)
  const wayOf = usesRewrites ? createWays(policy, matchRoute) : undefined
  const caches = createCaches(policy, (uri, { algorithms, unnamedKeys }, issuer) =>
    createJwksCache({
      uri,
      algorithms,
      unnamedKeys,
      ...jwks,
      snapshot: usesSnapshots ? snapshots?.[issuer] : undefined,
      get,
      now,
    }),
  )
  const verify = createTokenVerifier(policy, caches, now)
  // One value, so that nothing of the other is left where there is no sign-in.
  const credentials: Credentials & { signIn?: SignIn } =
    !import.meta.withoutSignIn && policy.signIn
      ? createSignIn(
          policy,
          policy.signIn,
          createCredentials(policy.sources),
          caches,
          verify,
          matchRoute,
          now,
          log,
          options,
        )
      : createCredentials(policy.sources)
  const logDenial = createDenialLog(log, now)

  /**
   * The order is that of SEMANTICS.md: what needs no token is decided first. A promise: to wait for before asking again. A way: the
   * request passes, to where that leads. Texts: scopes, one of which is missing.
   */
  function reasonAgainst(
    { method, uri, headers }: ViewerRequest,
    mayWait: boolean,
  ): Reason | readonly string[] | undefined | Promise<unknown> | Way {
    if (corsPreflight && method === 'OPTIONS' && isPreflight(headers)) return undefined
    if (!methods.includes(method)) return 'method'
    if (usesRewrites && wayOf && isRead(method)) {
      const way = wayOf(uri)
      return typeof way === 'string' ? way : (reasonAgainstRoutes(headers, mayWait, way.match, way.served) ?? way)
    }
    const match = matchRoute(uri)
    return typeof match === 'string' ? match : reasonAgainstRoutes(headers, mayWait, match, match)
  }

  /** Both routes have to be granted; they are one where no path is rewritten. */
  function reasonAgainstRoutes(
    headers: Headers,
    mayWait: boolean,
    match: RouteMatch,
    served: RouteMatch,
  ): Reason | readonly string[] | undefined | Promise<unknown> {
    if (match.route.public && (!usesRewrites || served.route.public)) return undefined
    const text = credentials.read(headers)
    if (!text) return 'no-credentials'
    const token =
      usesCookies && typeof text !== 'string'
        ? verifiedAmong(text, (one) => verify(one, mayWait))
        : verify(text as string, mayWait)
    if (typeof token === 'string' || token instanceof Promise) return token
    if (!import.meta.withoutSignIn) credentials.signIn?.seen(token.rights.notAfter)
    const missing = token.rights.lack ?? missingRight(match, token, policy)
    return usesRewrites && served !== match ? (missing ?? missingRight(served, token, policy)) : missing
  }

  /** Waits once at most: two fetches that time out would take nearly all of a viewer-request function's five seconds. */
  function decide(request: ViewerRequest, mayWait: boolean): Decision | Promise<Decision> {
    try {
      if (!import.meta.withoutSignIn && credentials.signIn?.isOwn(request.uri)) {
        if (request.method !== 'GET') return denied('method', request)
        return credentials.signIn.answer(request).catch(() => denied('fault'))
      }
      const answer = reasonAgainst(request, mayWait)
      if (answer instanceof Promise)
        return answer.then(
          !import.meta.withoutSignIn && credentials.signIn
            ? credentials.signIn.resumed(() => decide(request, false))
            : () => decide(request, false),
        )
      if (!import.meta.withoutSignIn && credentials.signIn) {
        const instead = credentials.signIn.instead(answer, request)
        if (instead) return instead
      }
      if (usesConditions && Array.isArray(answer)) return denied('scope', request, answer)
      const reason = usesRewrites && typeof answer === 'object' ? followed(answer as Way, request) : (answer as Reason)
      if (reason) return denied(reason, request)
      credentials.remove(request)
      return { allow: true, request }
    } catch {
      // What is no viewer request ends here, and whatever else was not foreseen.
      return denied('fault')
    }
  }

  function denied(reason: Reason, request?: ViewerRequest, scopes?: readonly string[]): Decision {
    return { allow: false, reason, response: denialResponse(policy, reason, request, scopes) }
  }

  async function handler(event: ViewerRequestEvent): Promise<ViewerRequest | GeneratedResponse> {
    const cf = event?.Records?.[0]?.cf
    const { eventType = 'viewer-request', distributionId, requestId } = cf?.config ?? {}
    // At any other event the request is not the viewer's own any more.
    const request = (eventType === 'viewer-request' ? cf?.request : undefined) as ViewerRequest
    if (!import.meta.withoutSignIn) credentials.signIn?.enter(cf?.config)
    const decided = decide(request, true)
    const decision = decided instanceof Promise ? await decided : decided
    if (decision.allow) return decision.request
    if (usesSlash && decision.reason === 'slash') return decision.response
    try {
      if (!import.meta.withoutSignIn && decision.step) {
        credentials.signIn?.log(decision, distributionId, requestId)
      } else logDenial(decision.reason, decision.response.status, distributionId, requestId)
    } catch {
      // A log that fails must not turn a denial into an error.
    }
    return decision.response
  }

  // One parameter only: `requests.map(authorize)` hands over an index as well.
  return {
    authorize: (request) => {
      if (!import.meta.withoutSignIn) credentials.signIn?.enter()
      return decide(request, true)
    },
    handler,
  }
}

/** Rewrites the path of a request that passes; one that lacks the `/` of a directory is sent there instead. */
function followed({ uri, lacksSlash }: Way, request: ViewerRequest): 'slash' | undefined {
  if (usesSlash && lacksSlash) return 'slash'
  request.uri = uri
  return undefined
}

/** One cache for each place of keys, and each way to read them: issuers may share one. */
function createCaches(
  { providers, issuers }: EdgePolicy,
  create: (uri: string, provider: EdgeProvider, issuer: string) => JwksCache,
): JwksCache[] {
  const caches = new Map<string, JwksCache>()
  return issuers.map(({ issuer, tenant, jwksUri, provider: place }) => {
    const provider = providers[place] as EdgeProvider
    const whole = usesTenants && tenant ? `${issuer}{tid}${tenant.after}` : issuer
    if (!usesIssuers) return create(jwksUri, provider, whole)
    const name = `${jwksUri} ${provider.algorithms} ${provider.unnamedKeys}`
    const cache = caches.get(name) ?? create(jwksUri, provider, whole)
    caches.set(name, cache)
    return cache
  })
}

function writeLine(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Fetch standard, "CORS-preflight request": one origin and one method asked for. */
function isPreflight({ origin, 'access-control-request-method': method }: Headers): boolean {
  return [origin, method].every((entries) => entries?.length === 1 && !!entries[0]?.value)
}
