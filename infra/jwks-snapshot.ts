import type { Jwk, JwksSnapshot } from '../authorizer/configuration.ts'
import type { Policy } from '../authorizer/policy.ts'
import { toEdgePolicy } from '../config/edge-policy.ts'

const timeoutMs = 5000
/** Far above any issuer's set; what is baked in counts against the code's size. */
const maxBytes = 65_536

/**
 * The keys of a policy's issuers as they are now, so that a new sandbox needs no network for its first request. An issuer
 * whose keys cannot be had (Cognito answers 403 for a pool that does not use that issuer) is left out and named to `warn`,
 * and harms no other: the function then fetches them itself, and until it has them this issuer's tokens are refused.
 */
export async function takeSnapshots(
  policy: Policy,
  warn: (message: string) => void,
): Promise<Record<string, JwksSnapshot>> {
  const { issuers } = toEdgePolicy(policy)
  const take = async (jwksUri: string): Promise<[string, JwksSnapshot | null]> => {
    try {
      return [jwksUri, { fetchedAt: Date.now(), keys: await fetchKeys(jwksUri) }]
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      warn(`no snapshot of the keys at ${jwksUri}: ${reason}; the function will fetch them`)
      return [jwksUri, null]
    }
  }
  const taken = new Map(await Promise.all(new Set(issuers.map(({ jwksUri }) => jwksUri)).values().map(take)))
  return Object.fromEntries(
    issuers.flatMap(({ issuer, jwksUri }) => {
      const snapshot = taken.get(jwksUri)
      return snapshot ? [[issuer, snapshot]] : []
    }),
  )
}

/** One GET, no redirects: what answers elsewhere is not the issuer. */
async function fetchKeys(jwksUri: string): Promise<Jwk[]> {
  const response = await fetch(jwksUri, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) })
  if (!response.ok) throw new Error(`HTTP ${response.status}`)
  const text = await response.text()
  if (text.length > maxBytes) throw new Error(`more than ${maxBytes} bytes`)
  const { keys } = JSON.parse(text) as { keys?: unknown }
  if (!Array.isArray(keys) || keys.length === 0) throw new Error('no keys in the answer')
  return keys
}
