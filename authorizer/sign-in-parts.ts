import type { Reason } from './denials.ts'
import type { EdgePolicy, EdgeSignIn } from './edge-policy.ts'
import type { Post } from './https-exchange.ts'
import type { SignInSecrets } from './policy.ts'
import type { VerifiedToken } from './verified-tokens.ts'

/** What the steps of a sign-in are made with. */
export interface SignInParts {
  policy: EdgePolicy
  signIn: EdgeSignIn
  post: Post
  /** So many random octets, in base64url. */
  randomText: (octets: number) => string
  /** Since the epoch. */
  seconds: () => number
  /** Rejects where they cannot be had; empty where the policy has none. */
  secrets: () => Promise<Partial<SignInSecrets>>
  /** A token under the policy, or an ID token of a provider. */
  verified: (token: string, isId?: boolean) => Promise<VerifiedToken | Reason>
}

/** What the promise brings, unless the time, in milliseconds, is over before: then it rejects. */
export function within<T>(timeout: number, promise: Promise<T>): Promise<T> {
  return Promise.race([promise, new Promise<never>((_, reject) => setTimeout(reject, timeout).unref())])
}
