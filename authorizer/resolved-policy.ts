import type { Algorithm, Denial, Policy } from './policy.ts'
import { parsePattern } from './route-pattern.ts'

/** A policy with every default filled in, lists where one or many may stand, and times in the units the clock uses. */
export interface ResolvedPolicy {
  issuers: readonly { issuer: string; jwksUri: string }[]
  cookie: string | undefined
  clientIds: readonly string[]
  tokenUse: 'access' | 'id' | null
  requiredClaims: readonly string[]
  capturedClaims: readonly string[]
  algorithms: readonly Algorithm[]
  /** Milliseconds. */
  jwks: { maxAge: number; maxStale: number; cooldown: number }
  /** Seconds, as token dates are. */
  clockTolerance: number
  methods: readonly string[]
  corsPreflight: boolean
  corsOrigins: readonly string[]
  unauthenticated: Denial
  forbiddenStatus: 403 | 404
}

export function resolvePolicy(policy: Policy): ResolvedPolicy {
  const { credentials = 'header', jwks: { maxAge = 3600, maxStale = 86_400, cooldown = 10 } = {}, deny = {} } = policy
  const uris = policy.jwksUri === undefined ? [] : [policy.jwksUri].flat()
  return {
    issuers: [policy.issuer]
      .flat()
      .map((issuer, index) => ({ issuer, jwksUri: uris[index] ?? `${issuer}/.well-known/jwks.json` })),
    cookie: credentials === 'header' ? undefined : credentials.cookie,
    clientIds: policy.clientIds,
    tokenUse: policy.tokenUse === undefined ? 'access' : policy.tokenUse,
    requiredClaims: policy.requiredClaims ?? [],
    capturedClaims: capturedClaims(policy),
    algorithms: policy.algorithms ?? ['RS256'],
    jwks: { maxAge: maxAge * 1000, maxStale: maxStale * 1000, cooldown: cooldown * 1000 },
    clockTolerance: policy.clockToleranceSeconds ?? 0,
    methods: policy.methods ?? ['GET', 'HEAD'],
    corsPreflight: policy.corsPreflight === true,
    corsOrigins: policy.corsOrigins ?? [],
    unauthenticated: deny.unauthenticated ?? { status: 401 },
    forbiddenStatus: deny.forbidden?.status ?? 403,
  }
}

function capturedClaims({ routes }: Policy): string[] {
  const names = new Set<string>()
  for (const { path } of routes) {
    for (const segment of parsePattern(path)) {
      if (segment.kind === 'capture' && segment.capture.kind === 'claim') names.add(segment.capture.name)
    }
  }
  return [...names]
}
