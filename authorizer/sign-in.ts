import type { Headers, ViewerRequest } from './cloudfront.ts'
import type { Credentials } from './credentials.ts'
import type { Decision, SignInStep } from './decision.ts'
import { createDenialLog, type LogLine } from './denial-log.ts'
import { forbiddenReasons, isNavigation, type Reason } from './denials.ts'
import type { EdgePolicy, EdgeSignIn } from './edge-policy.ts'
import { exchange } from './exchange.ts'
import { usesProviders, usesRefreshByAny, usesRewrites, usesSecretStore } from './features.ts'
import { headerCredentials } from './header-credentials.ts'
import { httpsPost, type Post } from './https-exchange.ts'
import { claimsOf, idTokenPolicy } from './id-token.ts'
import type { JwksCache } from './jwks-cache.ts'
import { nodeCrypto, sha256 } from './node-crypto.ts'
import type { Way } from './rewrites.ts'
import type { RouteMatcher } from './routes.ts'
import { type Environment, fetchSecrets } from './secret-store.ts'
import { sessionIn, shortHash } from './session.ts'
import {
  accessPlace,
  type Changes,
  guardPlace,
  type OwnCookies,
  readOwnCookies,
  refreshPlace,
  setCookies,
  signedOutPlace,
  takeBack,
} from './session-cookies.ts'
import { type Answer, answerResponse } from './sign-in-answers.ts'
import { guardWindow, mostSignIns, readGuard, refreshPause, setGuard } from './sign-in-guard.ts'
import type { SignInParts } from './sign-in-parts.ts'
import { beginSlot, derived, storedPath } from './sign-in-slot.ts'
import { signOut } from './sign-out.ts'
import { storedSecrets } from './stored-secrets.ts'
import { createTokenVerifier, type TokenVerifier } from './token-verifier.ts'

/** What an event says beside its request. */
interface EventContext {
  distributionDomainName?: string
  requestId?: string
}

export interface SignInOptions {
  /** One POST over https. Default: a new connection, no redirects, 64 kB at most. */
  post?: Post
  /** So many random octets. Default node:crypto's. */
  random?: (octets: number) => Buffer
  /** Where the role's credentials are, for a secret by reference. Default process.env. */
  environment?: Environment
}

/** Sign-in within a decision. A decision is one synchronous step, so what it says of the request at hand is good until that step ends. */
export interface SignIn {
  /** A decision begins. */
  enter(context?: EventContext): void
  /** The same decision goes on later. */
  resumed<T>(decide: () => T): () => T
  isOwn(uri: string): boolean
  /** The request's token is good, until this time. */
  seen(notAfter: number): void
  /** What is answered in place of a decision, if anything. */
  instead(answer: Way | Reason | readonly string[] | undefined, request: ViewerRequest): Decision | undefined
  /** Answers a request for a path of its own. */
  answer(request: ViewerRequest): Promise<Decision>
  log(decision: Extract<Decision, { allow: false }>, distributionId: unknown, requestId: unknown): void
}

const stepNames = ['callback', 'refresh', 'sign-out'] as const

/** A token with less left than this, and than a tenth of its lifetime, is refreshed early. Milliseconds. */
const earliest = 60_000

/** The token of a session where no header brings one, and the steps that lead to a session and out of it. */
export function createSignIn(
  policy: EdgePolicy,
  signIn: EdgeSignIn,
  credentials: Credentials,
  keys: readonly JwksCache[],
  verify: TokenVerifier,
  matchRoute: RouteMatcher,
  clock: () => number,
  write: LogLine,
  { post = httpsPost, random = nodeCrypto().randomBytes, environment }: SignInOptions,
): Credentials & { signIn: SignIn } {
  const { secretsAt, paths } = signIn
  const parts: SignInParts = {
    policy,
    signIn,
    post,
    randomText: (octets) => random(octets).toString('base64url'),
    seconds: () => Math.floor(clock() / 1000),
    secrets:
      usesSecretStore && secretsAt
        ? storedSecrets(() => fetchSecrets(secretsAt, post, environment ?? process.env, clock()), clock)
        : async () => signIn.secrets ?? {},
    async verified(token, isId) {
      // A new one for an ID token, which is seen once and need not be remembered.
      const check = isId ? createTokenVerifier(idTokenPolicy(policy, signIn.client), keys, clock) : verify
      const first = check(token, true)
      if (!(first instanceof Promise)) return first
      await first
      return check(token, false) as Awaited<ReturnType<SignInParts['verified']>>
    },
  }
  const withoutCookies = headerCredentials({ header: 'cookie' })
  let fields = ''
  const logCounted = createDenialLog(
    // What was counted is no step of its own.
    (line) => write(line.replace('"denied"', line.includes('"since"') ? '"sign-in"' : fields)),
    clock,
  )
  let context: EventContext | undefined
  let own: OwnCookies | undefined
  let text: string | undefined
  let notAfter: number | undefined

  function hostOf({ host = [] }: Headers): string | undefined {
    const name = host.length === 1 && host[0]?.value.toLowerCase()
    return (signIn.hosts ?? [context?.distributionDomainName]).find((one) => one === name)
  }

  function answered(
    name: SignInStep['name'],
    answer: Answer,
    own: OwnCookies,
    changes: Changes = [],
    requestId = context?.requestId,
    began = clock(),
    error?: string,
  ): Decision {
    const [reason, location] = typeof answer === 'string' ? [answer] : answer
    return {
      allow: false,
      reason,
      response: answerResponse(signIn, reason, location, setCookies(own, changes), requestId),
      step: { name, fields: `"ms":${clock() - began}${error ? `,"error":"${error}"` : ''}` },
    }
  }

  /** To the provider (RFC 6749 4.1.1, RFC 7636 4.3), or to the refresh where one is due; `mayStart` false: only to that. */
  function begin(
    own: OwnCookies,
    { uri, querystring, headers }: ViewerRequest,
    mayStart: boolean,
  ): Decision | undefined {
    const host = hostOf(headers)
    const now = parts.seconds()
    const pieces = sessionIn(own, refreshPlace)
    const [count, signedInAt, refreshedAt, refused] = readGuard(own)
    const isRefused = pieces && shortHash(pieces.text) === refused
    const isRefresh = pieces && !isRefused && now - refreshedAt >= refreshPause
    if (!isRefresh && !mayStart) return undefined
    if (!host) return mayStart ? answered('start', 'host', own) : undefined
    if (!isRefresh && count >= mostSignIns && now - signedInAt < guardWindow)
      return answered('start', 'session-not-kept', own)
    const to = storedPath(uri, querystring)
    const changes: Changes = []
    if (isRefresh) {
      // The refresh wants to see it: a jar that keeps nothing would go round.
      if (!own.values[guardPlace]) setGuard(changes, 0, 0, 0, '')
      return answered('refresh', ['refresh', `https://${host}${paths[1]}?${new URLSearchParams({ to })}`], own, changes)
    }
    const seed = parts.randomText(32)
    const state = beginSlot(own, changes, seed, to, now)
    // A session whose refresh token was refused, or which was signed out.
    if (pieces ? isRefused : own.values[signedOutPlace]) takeBack(changes, accessPlace, guardPlace)
    const query = new URLSearchParams([
      ...signIn.parameters,
      ['redirect_uri', `https://${host}${paths[0]}`],
      ['state', state],
      ['nonce', derived(seed, 'nonce')],
      ['code_challenge', sha256(derived(seed, 'verifier'))],
    ] as [string, string][])
    return answered('start', ['sign-in', `${signIn.endpoints.authorization}?${query}`], own, changes)
  }

  /** A good token that is about to end, and a visitor who would see nothing of a redirect. */
  function early(request: ViewerRequest): Decision | undefined {
    const left = (notAfter as number) - policy.clockTolerance - clock()
    if (left >= earliest || !isGoing(request)) return undefined
    const { exp, iat = exp } = claimsOf(text as string) as { exp: number; iat?: number }
    return left < (exp - iat) * 100 ? begin(own as OwnCookies, request, false) : undefined
  }

  const steps: SignIn = {
    enter(now) {
      context = now
      own = text = notAfter = undefined
    },
    resumed(decide) {
      const before = context
      return () => {
        steps.enter(before)
        return decide()
      }
    },
    isOwn: (uri) => paths.includes(uri),
    seen(until) {
      if (text) notAfter = until
    },
    instead(answer, request) {
      // A header decided, or nothing of a token matters.
      if (!own) return undefined
      if (own.isTwice) return answered('start', 'cookies', own)
      if (!answer) return early(request)
      if (usesRewrites && typeof answer === 'object' && (answer as Way).served)
        return (answer as Way).lacksSlash ? undefined : early(request)
      const isVisitor = isGoing(request)
      // Scopes, one of which is missing, or another lack of rights.
      if (typeof answer === 'object' || forbiddenReasons.has(answer) || answer === 'no-keys') return undefined
      if (usesProviders) {
        const match = matchRoute(request.uri)
        if (typeof match === 'object' && match.route.providers?.includes(signIn.provider) === false) return undefined
      }
      const mayRefresh = usesRefreshByAny && signIn.refreshByAny && request.method === 'GET'
      return isVisitor || mayRefresh ? begin(own, request, isVisitor) : undefined
    },
    async answer({ uri, querystring, headers }) {
      const requestId = context?.requestId
      const began = clock()
      const step = paths.indexOf(uri)
      const host = hostOf(headers)
      const own = readOwnCookies(headers)
      const query = new URLSearchParams(querystring)
      const changes: Changes = []
      let answer: Answer = 'host'
      if (host) {
        if (step === 2) answer = await signOut(parts, own, changes, query, host, headers)
        else if (own.isTwice) answer = 'cookies'
        else answer = await exchange(parts, own, changes, query, host, step > 0)
      }
      const error = answer === 'provider-error' ? /^[a-z_]{1,40}$/.exec(query.get('error') as string)?.[0] : undefined
      return answered(stepNames[step] as SignInStep['name'], answer, own, changes, requestId, began, error)
    },
    log({ step, reason, response }, distributionId, requestId) {
      fields = `"sign-in",${step?.fields}`
      logCounted(`${step?.name}/${reason}` as Reason, response.status, distributionId, requestId)
    },
  }

  return {
    signIn: steps,
    read(headers) {
      const found = credentials.read(headers)
      if (found !== undefined) return found
      own = readOwnCookies(headers)
      text = own.isTwice ? undefined : sessionIn(own, accessPlace)?.text
      return text
    },
    remove(request) {
      credentials.remove(request)
      if (!request.headers.cookie) return
      const { others } = own ?? readOwnCookies(request.headers)
      if (others.length > 0) request.headers.cookie = others
      else withoutCookies.remove(request)
    },
  }
}

/** Whether a browser goes to a page, and not only in case somebody may want it. */
function isGoing(request: ViewerRequest): boolean {
  return request.method === 'GET' && !request.headers['sec-purpose'] && isNavigation(request)
}
