import { readClaims, validity } from './claims.ts'
import type { Reason } from './denials.ts'
import type { EdgeIssuer, EdgePolicy, EdgeProvider } from './edge-policy.ts'
import { usesProviders, usesTenants, usesTolerance, usesUnnamedKeys } from './features.ts'
import { type JsonObject, parseJsonObject } from './json-object.ts'
import type { JwksCache } from './jwks-cache.ts'
import { decodeSignature, type JwsHeader, readHeader, signatureFault } from './jws.ts'
import { copyOfSigned, decodeText } from './token-parts.ts'
import { isOfType } from './token-type.ts'
import type { VerificationKey } from './verification-key.ts'
import { createVerifiedTokens, type VerifiedToken } from './verified-tokens.ts'

/** A verified token, or why not, or what to wait for before asking again. */
export type Verification = VerifiedToken | Reason | Promise<unknown>

/** `mayWait` false: decide with the keys that are there, and fetch no others. */
export type TokenVerifier = (text: string, mayWait: boolean) => Verification

/** Longest credential that is looked at, in characters. CloudFront takes some 20 kB of headers in all. */
const maxLength = 16_384

/** Headers whose token was verified, of so many characters at most, 300 kB: an issuer signs all its tokens under a handful of them. */
const maxKnownHeaders = 100
const maxHeaderLength = 1024

/**
 * Verifies tokens against the keys of their issuer and remembers the good ones. `keys` holds one cache for each of the
 * policy's issuers, in its order. A token remembered is still checked for its dates and for its key at each use.
 *
 * What is cheap to refuse is refused before the signature; the payload is parsed after it, and nothing is remembered or granted
 * before it. Synchronous, so that the two common cases cost no promise.
 */
export function createTokenVerifier(
  policy: EdgePolicy,
  keys: readonly JwksCache[],
  clock: () => number,
): TokenVerifier {
  const { providers, issuers } = policy
  const algorithms = usesProviders
    ? providers.flatMap((provider) => provider.algorithms)
    : (providers[0] as EdgeProvider).algorithms
  const unnamed = usesUnnamedKeys && providers.some((provider) => provider.unnamedKeys)
  const verified = createVerifiedTokens()
  const knownHeaders = new Map<string, JwsHeader>()

  return (text, mayWait) => {
    const known = verified.get(text)
    if (!known) return verify(text, mayWait)
    const cache = keys[known.issuer] as JwksCache
    const now = clock()
    const refresh = mayWait && cache.refreshed(now)
    if (refresh) return refresh
    return cache.key(known.keyName, now) === known.key ? (validity(known.rights, now) ?? known) : verify(text, mayWait)
  }

  function verify(text: string, mayWait: boolean): Verification {
    if (text.length > maxLength) return 'credentials-size'
    const parts = text.split('.', 4)
    if (parts.length !== 3) return 'token-format'
    const [headerPart, payloadPart, signaturePart] = parts as [string, string, string]
    const knownHeader = knownHeaders.get(headerPart)
    const header = knownHeader ?? readHeader(headerPart, algorithms, unnamed)
    if (typeof header === 'string') return header
    const { name } = header
    const now = clock()
    const octets = decodeSignature(signaturePart)
    // Of a length that no key of this name gives, as long as the keys are fresh: nothing more needs to be read.
    const isImpossible = (cache: JwksCache) =>
      cache.fresh(now) && (cache.key(name, now)?.signatureLength ?? octets) !== octets
    if (octets < 0 || keys.every(isImpossible)) return 'signature'
    const payloadText = decodeText(payloadPart)
    if (!payloadText) return 'token-format'
    const { text: json, backslash } = payloadText
    // Without an escape every name and value stands in the text as it is: an issuer, or a date of expiry if there is but one.
    const isPlain = backslash < 0
    if (isPlain && now >= (onlyExpiry(json) as number) * 1000 + (usesTolerance ? policy.clockTolerance : 0))
      return 'expired'

    const signedLength = headerPart.length + 1 + payloadPart.length
    const asked: JwksCache[] = []
    let signer: VerificationKey | undefined
    let fault: Reason | undefined = 'issuer'
    for (let index = 0; fault && index < keys.length; index++) {
      if (isPlain && !json.includes(issuers[index]?.issuer as string)) continue
      const cache = keys[index] as JwksCache
      asked.push(cache)
      signer = cache.key(name, now)
      fault = signer ? signatureFault(text, signedLength, octets, signer) : 'unknown-key'
    }
    if (asked.length === 0) return fault as Reason
    if (fault) {
      const refreshes = mayWait
        ? asked.flatMap((cache) => cache.refreshed(now) ?? cache.refreshedFor(name, now) ?? [])
        : []
      if (refreshes.length > 0) return Promise.all(refreshes)
      return asked.some((cache) => cache.usable(now)) ? fault : 'no-keys'
    }

    const payload = parseJsonObject(payloadText)
    if (!payload) return 'token-format'
    const issuer = issuers.findIndex((one) =>
      usesTenants && one.tenant ? isOfTenant(payload, one.issuer, one.tenant) : payload.iss === one.issuer,
    )
    if (issuer < 0) return 'issuer'
    const provider = providers[issuers[issuer]?.provider as number] as EdgeProvider
    if (!isOfType(header.typ, provider.types)) return 'token-type'
    const rights = readClaims(payload, provider, policy)
    if (typeof rights === 'string') return rights
    const early = validity(rights, now)
    if (early) return early

    const cache = keys[issuer] as JwksCache
    const key = cache.key(name, now)
    const refresh = mayWait && (cache.refreshed(now) ?? (key ? undefined : cache.refreshedFor(name, now)))
    if (refresh) return refresh
    if (!key || (key !== signer && signatureFault(text, signedLength, octets, key))) return 'signature'

    if (!knownHeader && headerPart.length <= maxHeaderLength) {
      if (knownHeaders.size >= maxKnownHeaders) knownHeaders.clear()
      knownHeaders.set(copyOfSigned(headerPart.length), header)
    }
    const token = { text: copyOfSigned(text.length), rights, issuer, keyName: name, key }
    verified.add(token)
    return token
  }
}

/** The issuer, with the tenant's id in its place. */
function isOfTenant({ iss, tid }: JsonObject, before: string, { after, allowed }: EdgeIssuer['tenant'] & {}): boolean {
  return typeof tid === 'string' && tid !== '' && allowed?.includes(tid) !== false && iss === before + tid + after
}

/** The date of expiry in a JSON text without escapes; undefined where it may be another. Looked for by its rarest letter. */
function onlyExpiry(json: string): number | undefined {
  const at = json.indexOf('xp"')
  const isOnly = json.startsWith('"exp":', at - 2) && json.indexOf('xp"', at + 3) < 0
  return isOnly ? Number(json.slice(at + 4, json.indexOf(',', at))) : undefined
}
