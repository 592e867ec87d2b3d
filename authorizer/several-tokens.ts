import type { Verification } from './token-verifier.ts'
import type { VerifiedToken } from './verified-tokens.ts'

/**
 * Which of several cookies of one name counts (RFC 6265 5.4: a server cannot tell whose they are). Those that do not verify
 * are passed over; two that verify for different users are none, of one user's the one that lasts longest decides.
 */
export function verifiedAmong(texts: readonly string[], verify: (text: string) => Verification): Verification {
  const tokens: VerifiedToken[] = []
  const waits: Promise<unknown>[] = []
  let fault: Verification | undefined
  for (const text of texts) {
    const token = verify(text)
    if (token instanceof Promise) waits.push(token)
    else if (typeof token !== 'string') tokens.push(token)
    // For want of keys nobody knows whether that one is good.
    else if (!fault || token === 'no-keys') fault = token
  }
  if (waits.length > 0) return Promise.all(waits)
  let [best] = tokens
  if (!best) return fault as Verification
  for (const token of tokens.slice(1)) {
    if (!isSameSubject(best, token)) return 'several-subjects'
    if (token.rights.notAfter > best.rights.notAfter) best = token
  }
  return best
}

/** OpenID Connect Core 2: `sub` is one person's within its issuer. */
function isSameSubject({ rights: { subject: one = [] } }: VerifiedToken, { rights }: VerifiedToken): boolean {
  const [iss, sub] = rights.subject ?? []
  return sub !== undefined && one[0] === iss && one[1] === sub
}
