import { Buffer } from 'node:buffer'
import { decodeBase64url } from './base64url.ts'
import { readClaims, validity } from './claims.ts'
import type { Reason } from './denials.ts'
import type { JsonObject } from './json-object.ts'
import type { JwksCache } from './jwks-cache.ts'
import type { ResolvedPolicy } from './resolved-policy.ts'
import { decodeObject, signedOctets, splitToken, type TokenParts } from './token-parts.ts'
import type { VerificationKey } from './verification-key.ts'
import { createVerifiedTokens, type VerifiedToken } from './verified-tokens.ts'

export type TokenVerifier = (text: string) => Promise<VerifiedToken | Reason>

/** Headers whose token was verified: an issuer signs all its tokens under a handful of them. */
const maxKnownHeaders = 100

/**
 * Verifies tokens against the keys of their issuer and remembers the good ones. `keys` holds one cache for each of the
 * policy's issuers, in its order. A token remembered is still checked for its dates and for its key at each use.
 *
 * What is cheap to refuse is refused before the signature; nothing is remembered or granted before it.
 */
export function createTokenVerifier(
  policy: ResolvedPolicy,
  keys: readonly JwksCache[],
  clock: () => number,
): TokenVerifier {
  const verified = createVerifiedTokens()
  const knownHeaders = new Map<string, TokenHeader>()

  return async (text) => {
    const known = verified.get(text)
    if (known) {
      const cache = keys[known.issuer] as JwksCache
      const refresh = cache.refreshed(clock())
      if (refresh) await refresh
      const now = clock()
      if (cache.key(known.kid, now) === known.key) return validity(known.rights, now) ?? known
    }
    return verify(text)
  }

  async function verify(text: string): Promise<VerifiedToken | Reason> {
    const parts = splitToken(text)
    if (!parts) return 'token-format'
    const header = knownHeaders.get(parts.header) ?? readHeader(parts.header, policy)
    if (typeof header === 'string') return header
    const payload = decodeObject(parts.payload)
    if (!payload) return 'token-format'
    const issuer = policy.issuers.findIndex((candidate) => candidate.issuer === payload.iss)
    if (issuer < 0) return 'issuer'
    const rights = readClaims(payload, policy)
    if (typeof rights === 'string') return rights
    const early = validity(rights, clock())
    if (early) return early

    const cache = keys[issuer] as JwksCache
    const key = await findKey(cache, header.kid)
    if (!key) return cache.usable(clock()) ? 'unknown-key' : 'no-keys'
    const fault = signatureFault(text, parts, header, key)
    if (fault) return fault

    if (knownHeaders.size >= maxKnownHeaders) knownHeaders.clear()
    knownHeaders.set(parts.header, header)
    const token = { text, rights, issuer, kid: header.kid, key, digests: [] }
    verified.add(token)
    // Waiting for keys may have taken the token past its dates.
    return validity(rights, clock()) ?? token
  }

  async function findKey(cache: JwksCache, kid: string): Promise<VerificationKey | undefined> {
    const refresh = cache.refreshed(clock())
    if (refresh) await refresh
    const search = cache.refreshedFor(kid, clock())
    if (search) await search
    return cache.key(kid, clock())
  }
}

interface TokenHeader {
  algorithm: string
  kid: string
}

/**
 * RFC 7515 4.1, RFC 8725 3.1: only `alg`, `kid` and extensions that must be understood matter; nothing else in a header
 * changes what is trusted, and nothing it names is fetched. No extension is understood here.
 */
function readHeader(part: string, policy: ResolvedPolicy): TokenHeader | Reason {
  const header = decodeObject(part)
  if (!header) return 'token-format'
  const { alg, kid } = header as JsonObject & { alg: never }
  if (!policy.algorithms.includes(alg)) return 'algorithm'
  if (typeof kid !== 'string' || Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64')) return 'token-header'
  return { algorithm: alg, kid }
}

let signatureBuffer = Buffer.allocUnsafeSlow(0)

function signatureFault(
  text: string,
  parts: TokenParts,
  { algorithm }: TokenHeader,
  key: VerificationKey,
): Reason | undefined {
  const check = key.checks.get(algorithm)
  if (!check) return 'algorithm'
  const { signatureOctets } = key
  if (signatureBuffer.length !== signatureOctets) signatureBuffer = Buffer.allocUnsafeSlow(signatureOctets)
  if (decodeBase64url(parts.signature, signatureBuffer) !== signatureOctets) return 'signature'
  return check(signedOctets(text, parts), signatureBuffer) ? undefined : 'signature'
}
