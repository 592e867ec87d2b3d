/** What pages of the allowed origins may send and read; the bucket's rules and the distribution's say the same. */
import type { Policy } from '../authorizer/policy.ts'
import { completeSource, withDefaults } from '../config/policy-defaults.ts'

/**
 * Request headers beyond those that need no leave (Fetch standard, "CORS-safelisted request-header"): what reading objects takes, the
 * headers that hold a token, and the policy's own, each once in any case.
 */
export function corsRequestHeaders(policy: Policy): string[] {
  const { credentials, corsHeaders } = withDefaults(policy)
  const sources = credentials.map(completeSource)
  const names = [
    ...['Authorization', 'Cache-Control', 'If-Modified-Since', 'If-None-Match', 'Range'],
    ...sources.flatMap((source) => ('header' in source ? source.header : [])),
    ...corsHeaders,
  ]
  const lower = names.map((name) => name.toLowerCase())
  return names.filter((_, place) => lower.indexOf(lower[place] as string) === place)
}

/** A cookie is sent across origins only where the response allows credentials (Fetch standard, CORS protocol). */
export function corsCredentials(policy: Policy): boolean {
  return withDefaults(policy).credentials.some((source) => 'cookie' in completeSource(source))
}

/** Beyond the headers that scripts may always read (Fetch standard, "CORS-safelisted response-header name"). */
export const corsResponseHeaders = ['Accept-Ranges', 'Content-Range', 'ETag']
/** Seconds that a browser may remember the answer to a preflight. */
export const corsMaxAge = 3600
