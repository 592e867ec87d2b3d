/** fast-jwt with a key function over a key set that is fetched when a key is missing, at most once in ten seconds. */
import { createPublicKey, type JsonWebKeyInput } from 'node:crypto'
import { createVerifier, type DecodedJwt } from 'fast-jwt'
import { issuer, jwksUri, policyHandler } from './policy-handler.ts'

const cooldownMs = 10_000
let keys = new Map<string, string>()
let triedAt = Number.NEGATIVE_INFINITY

const verify = createVerifier({
  key: async ({ header }: DecodedJwt) => keyFor(header.kid),
  algorithms: ['RS256'],
  allowedIss: issuer,
  requiredClaims: ['iss', 'exp'],
})

export const handler = policyHandler(async (token) => await verify(token))

async function keyFor(kid: unknown): Promise<string> {
  if (typeof kid !== 'string') throw new Error('no kid')
  if (!keys.has(kid) && Date.now() - triedAt >= cooldownMs) await refresh()
  const key = keys.get(kid)
  if (key === undefined) throw new Error('unknown kid')
  return key
}

async function refresh(): Promise<void> {
  triedAt = Date.now()
  const response = await fetch(jwksUri, { redirect: 'error', signal: AbortSignal.timeout(3000) })
  const fresh = response.ok ? usable(await response.json()) : new Map<string, string>()
  if (fresh.size > 0) keys = fresh
}

function usable(set: unknown): Map<string, string> {
  const members = (set as { keys?: unknown } | null)?.keys
  const found = new Map<string, string>()
  for (const jwk of Array.isArray(members) ? members : []) {
    try {
      if (typeof jwk.kid !== 'string' || jwk.kty !== 'RSA') continue
      if ((jwk.use ?? 'sig') !== 'sig' || (jwk.alg ?? 'RS256') !== 'RS256') continue
      const key = createPublicKey({ key: jwk, format: 'jwk' } as JsonWebKeyInput)
      found.set(jwk.kid, key.export({ type: 'spki', format: 'pem' }).toString())
    } catch {
      // A member that is no key; the others stay usable.
    }
  }
  return found
}
