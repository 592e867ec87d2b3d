import type { Decision } from './authorizer.ts'
import { callback } from './callback.ts'
import type { ViewerRequest } from './cloudfront.ts'
import type { Credentials } from './credentials.ts'
import type { LogLine } from './denial-log.ts'
import { denialResponse, forbiddenReasons, insufficient, isNavigation, type Reason } from './denials.ts'
import type { EdgePolicy, EdgeSignIn } from './edge-policy.ts'
import { usesPages, usesProviders, usesRefreshByAny, usesSecretStore } from './features.ts'
import { headerCredentials } from './header-credentials.ts'
import { httpsPost, type Post } from './https-post.ts'
import { claimsOf, idTokenVerifier } from './id-token.ts'
import type { JwksCache } from './jwks-cache.ts'
import { nodeCrypto } from './node-crypto.ts'
import type { SignInSecrets } from './policy.ts'
import { refresh } from './refresh.ts'
import type { Way } from './rewrites.ts'
import type { RouteMatcher } from './routes.ts'
import { type Environment, fetchSecrets } from './secret-store.ts'
import { sessionIn, shortHash } from './session.ts'
import { type OwnCookies, place, readOwnCookies, takenBack } from './session-cookies.ts'
import { type Answer, forbiddenPage, pageSecurity, responseOf } from './sign-in-answers.ts'
import { isGoingRound, mayRefresh, readGuard } from './sign-in-guard.ts'
import { isOwnPath } from './sign-in-landing.ts'
import { createSignInLog, type StepTaken } from './sign-in-log.ts'
import { randomText, type SignInParts, seconds } from './sign-in-parts.ts'
import { derived, newSlot, storedPath } from './sign-in-slot.ts'
import { signOut } from './sign-out.ts'
import type { TokenVerifier } from './token-verifier.ts'
import type { VerifiedToken } from './verified-tokens.ts'

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
  /** It is good, until this time. */
  seen(notAfter: number): void
  /** What is answered in place of a decision, if anything. */
  instead(answer: Way | Reason | readonly string[] | undefined, request: ViewerRequest): Decision | undefined
  /** Answers a request for a path of its own. */
  answer(request: ViewerRequest): Promise<Decision>
  log: ReturnType<typeof createSignInLog>
}

/** A token with less left than this, and than a tenth of its lifetime, is refreshed early. Milliseconds. */
const earliest = 60_000

/** How long secrets from a store serve before they are asked for again. */
const secretsAge = 900_000
const aloneAtMost = 500

export function createSignIn(
  policy: EdgePolicy,
  signIn: EdgeSignIn,
  headers: Credentials,
  keys: readonly JwksCache[],
  verify: TokenVerifier,
  matchRoute: RouteMatcher,
  clock: () => number,
  write: LogLine,
  { post = httpsPost, random = (octets) => nodeCrypto().randomBytes(octets), environment = process.env }: SignInOptions,
): Credentials & { signIn: SignIn } {
  const parts: SignInParts = {
    policy,
    signIn,
    post,
    random,
    clock,
    secrets:
      usesSecretStore && signIn.secretsAt
        ? secretsOf(
            () => fetchSecrets(signIn.secretsAt as NonNullable<EdgeSignIn['secretsAt']>, post, environment, clock()),
            clock,
          )
        : async () => signIn.secrets ?? {},
    verified: (text) => settled(verify, text),
    // A new one each time: an ID token is seen once, and need not be remembered.
    verifiedId: (text) => settled(idTokenVerifier(policy, keys, signIn.provider, signIn.client, clock), text),
  }
  const removeCookie = headerCredentials({ header: 'cookie' }).remove
  let context: EventContext | undefined
  let cookies: OwnCookies | undefined
  let text: string | undefined
  let notAfter: number | undefined

  function hostOf({ headers: { host } }: ViewerRequest): string | undefined {
    const name = host?.length === 1 ? (host[0]?.value.toLowerCase() as string) : ''
    return (signIn.hosts ?? [context?.distributionDomainName]).includes(name) ? name : undefined
  }

  function decision(step: StepTaken['step'], answer: Answer, requestId = context?.requestId, ms = 0): Decision {
    const { status, detail } = answer
    return {
      allow: false,
      reason: answer.reason,
      response: responseOf(policy, answer, requestId),
      step: {
        step,
        outcome: status === 503 ? 'unavailable' : status < 400 ? 'done' : 'refused',
        ms,
        ...(detail === undefined ? {} : { detail }),
      },
    }
  }

  /** To the provider (RFC 6749 4.1.1, RFC 7636 4.3). */
  function start(own: OwnCookies, request: ViewerRequest): Answer {
    const host = hostOf(request)
    if (!host) return { status: 421, reason: 'host' }
    const now = seconds(parts)
    const guard = readGuard(own)
    if (isGoingRound(guard, now)) return { status: 403, reason: 'session-not-kept', link: [signIn.home, 'Try again'] }
    const seed = randomText(parts, 32)
    const { cookie, state } = newSlot(
      own,
      's',
      seed,
      random(1)[0] as number,
      storedPath(request.uri, request.querystring),
      now,
    )
    const query = new URLSearchParams([
      ['response_type', 'code'],
      ['client_id', signIn.client],
      ['redirect_uri', `https://${host}${signIn.paths.callback}`],
      ['scope', signIn.scope],
      ['state', state],
      ['nonce', derived(seed, 'nonce')],
      ['code_challenge', nodeCrypto().hash('sha256', derived(seed, 'verifier'), 'base64url')],
      ['code_challenge_method', 'S256'],
      ...(signIn.parameters ?? []),
    ] as [string, string][])
    return {
      status: 302,
      reason: 'sign-in',
      location: `${signIn.endpoints.authorization}?${query}`,
      cookies: [cookie, ...noLongerGood(own, guard.refused)],
    }
  }

  /** Those of a session whose refresh token was refused, or which was signed out. */
  function noLongerGood(own: OwnCookies, refused: string): string[] {
    const pieces = sessionIn(own, place.refresh)
    const isOver = pieces ? shortHash(pieces.text) === refused : own.values[place.signedOut] !== undefined
    return isOver ? takenBack(own, place.access, place.guard) : []
  }

  /** To the refresh, where one is due. */
  function refreshStart(own: OwnCookies, request: ViewerRequest): Answer | undefined {
    const pieces = sessionIn(own, place.refresh)
    const host = hostOf(request)
    const now = seconds(parts)
    if (!pieces || !host || !mayRefresh(readGuard(own), shortHash(pieces.text), now)) return undefined
    const seed = randomText(parts, 32)
    const { cookie, state } = newSlot(
      own,
      'r',
      seed,
      random(1)[0] as number,
      storedPath(request.uri, request.querystring),
      now,
    )
    return {
      status: 302,
      reason: 'refresh',
      location: `https://${host}${signIn.paths.refresh}?state=${state}`,
      cookies: [cookie],
    }
  }

  /** A good token that is about to end, and a visitor who would see nothing of a redirect. */
  function early(request: ViewerRequest): Decision | undefined {
    const left = (notAfter as number) - policy.clockTolerance - clock()
    if (left >= earliest || !isGoing(request)) return undefined
    const { exp, iat = exp } = claimsOf(text as string)
    if (left >= Math.min(earliest, ((exp as number) - (iat as number)) * 100)) return undefined
    const answer = refreshStart(cookies as OwnCookies, request)
    return answer && decision('refresh', answer)
  }

  const steps: SignIn = {
    log: createSignInLog(write, clock),
    enter(now) {
      context = now
      cookies = text = notAfter = undefined
    },
    resumed(decide) {
      const before = context
      return () => {
        steps.enter(before)
        return decide()
      }
    },
    isOwn: (uri) => isOwnPath(signIn, uri),
    seen(until) {
      if (text) notAfter = until
    },
    instead(answer, request) {
      if (answer === undefined || (typeof answer === 'object' && 'served' in answer)) {
        return notAfter === undefined || answer?.lacksSlash ? undefined : early(request)
      }
      // A header decided, or nothing of a token mattered yet.
      if (!cookies) return undefined
      if (cookies.isTwice)
        return decision('start', { status: 400, reason: 'cookies', link: [signIn.paths.signOut, 'Sign out'] })
      const [reason, scopes] = typeof answer === 'string' ? [answer] : (['scope', answer] as const)
      if (insufficient.has(reason)) {
        if (notAfter === undefined || (usesPages && policy.forbidden.page) || !isGoing(request)) return undefined
        const response = denialResponse(policy, reason, request, scopes)
        response.headers['content-type'] = [{ value: 'text/html; charset=utf-8' }]
        response.headers['content-security-policy'] = [{ value: pageSecurity }]
        return {
          allow: false,
          reason,
          response: { ...response, body: forbiddenPage(context?.requestId, signIn.paths.signOut) },
        }
      }
      if (forbiddenReasons.has(reason) || reason === 'no-keys') return undefined
      if (usesProviders) {
        const match = matchRoute(request.uri)
        if (typeof match === 'object' && match.route.providers?.includes(signIn.provider) === false) return undefined
      }
      const isVisitor = isGoing(request)
      if (isVisitor || (usesRefreshByAny && signIn.refreshByAny && request.method === 'GET')) {
        const answer = refreshStart(cookies, request)
        if (answer) return decision('refresh', answer)
      }
      return isVisitor ? decision('start', start(cookies, request)) : undefined
    },
    async answer(request) {
      const { paths } = signIn
      const { uri, querystring } = request
      const requestId = context?.requestId
      const began = clock()
      const step = uri === paths.callback ? 'callback' : uri === paths.refresh ? 'refresh' : 'sign-out'
      const host = hostOf(request)
      const own = readOwnCookies(request.headers)
      let answer: Answer
      if (!host) answer = { status: 421, reason: 'host' }
      else if (step === 'sign-out') answer = await signOut(parts, own, request, host)
      else if (own.isTwice) answer = { status: 400, reason: 'cookies', link: [paths.signOut, 'Sign out'] }
      else answer = await (step === 'callback' ? callback : refresh)(parts, own, querystring, host)
      return decision(step, answer, requestId, clock() - began)
    },
  }

  return {
    signIn: steps,
    read(all) {
      const found = headers.read(all)
      if (found !== undefined) return found
      cookies = readOwnCookies(all)
      text = cookies.isTwice ? undefined : sessionIn(cookies, place.access)?.text
      return text
    },
    remove(request) {
      headers.remove(request)
      const lines = request.headers.cookie
      if (!lines) return
      const { others } = cookies ?? readOwnCookies(request.headers)
      const left = lines.filter((line, index) => {
        line.value = others[index] as string
        return line.value
      })
      if (left.length > 0) request.headers.cookie = left
      else removeCookie(request)
    },
  }
}

/** Whether a browser goes to a page, and not only in case somebody may want it. */
function isGoing(request: ViewerRequest): boolean {
  return request.method === 'GET' && !request.headers['sec-purpose'] && isNavigation(request)
}

/** With keys that had to be waited for, once. */
async function settled(verify: TokenVerifier, text: string): Promise<VerifiedToken | Reason> {
  const first = verify(text, true)
  if (!(first instanceof Promise)) return first
  await first
  return verify(text, false) as VerifiedToken | Reason
}

/** Secrets from a store, asked for at once and again when they have grown old; old ones serve while none can be had. */
function secretsOf(fetch: () => Promise<SignInSecrets>, clock: () => number): () => Promise<SignInSecrets> {
  let held: SignInSecrets | undefined
  let since = -Infinity
  let askedAt = 0
  let isUnderWay = false
  let asked = ask()

  async function ask(): Promise<void> {
    const began = clock()
    askedAt = began
    isUnderWay = true
    try {
      held = await fetch()
      since = began
    } catch {
      // Whoever needs them asks again.
    }
    isUnderWay = false
  }

  return async () => {
    const now = clock()
    if (now < since || now >= since + secretsAge) {
      // A freeze may have cut off one that began a while ago.
      if (!isUnderWay || now < askedAt || now >= askedAt + aloneAtMost) asked = ask()
      await asked
    }
    if (!held) throw new Error()
    return held
  }
}
