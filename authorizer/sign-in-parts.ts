import type { ClientProof } from './client-authentication.ts'
import { clientProof } from './client-authentication.ts'
import type { Reason } from './denials.ts'
import type { EdgePolicy, EdgeSignIn } from './edge-policy.ts'
import type { Post } from './https-post.ts'
import type { SignInSecrets } from './policy.ts'
import type { VerifiedToken } from './verified-tokens.ts'

/** What the steps of a sign-in are made with. */
export interface SignInParts {
  policy: EdgePolicy
  signIn: EdgeSignIn
  post: Post
  /** So many random octets. */
  random: (octets: number) => Buffer
  /** Milliseconds since the epoch. */
  clock: () => number
  /** Rejects where they cannot be had; empty where the policy has none. */
  secrets: () => Promise<Partial<SignInSecrets>>
  /** A token under the policy, and an ID token of the provider. */
  verified: (text: string) => Promise<VerifiedToken | Reason>
  verifiedId: (text: string) => Promise<VerifiedToken | Reason>
}

/** A random text of base64url characters. */
export function randomText({ random }: SignInParts, octets: number): string {
  return random(octets).toString('base64url')
}

export function proofOf(parts: SignInParts, secrets: Partial<SignInSecrets>): ClientProof {
  return clientProof(parts.signIn, secrets, randomText(parts, 16), seconds(parts))
}

export function seconds({ clock }: SignInParts): number {
  return Math.floor(clock() / 1000)
}

/** What the promise brings, unless the time, in milliseconds, is over before: then it rejects. */
export function within<T>(timeout: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(reject, timeout)
  })
  return Promise.race([promise, end]).finally(() => clearTimeout(timer))
}
