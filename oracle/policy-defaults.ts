/**
 * What a policy that says nothing means. Read from the semantics page apart from `config/policy-defaults.ts`: with one
 * reading for both, a wrong default would be right.
 */
import type { Algorithm, ClaimRules, CredentialSource, Policy, Provider } from '../authorizer/policy.ts'

export const defaults = {
  methods: ['GET', 'HEAD'] as readonly string[],
  clockToleranceSeconds: 0,
  cooldownSeconds: 10,
} as const satisfies Partial<Policy> & { cooldownSeconds: number }

/** A provider with nothing left out. */
export interface JudgedProvider {
  name: string
  keySets: readonly { jwksUri: string; issuers: readonly string[] }[]
  tenants: readonly string[] | 'any'
  tokenUse: Provider['tokenUse']
  clientIds: readonly string[]
  clientClaim: string
  /** Null: `aud` need not name any. */
  audiences: readonly string[] | null
  /** Null: what RFC 8725 and RFC 9068 call an access token's. */
  types: readonly string[] | null
  algorithms: readonly Algorithm[]
  isKidOptional: boolean
  isConfirmationIgnored: boolean
  /** `split` null: an array of strings. */
  groupsClaim: { claim: string; split: string | null }
  requiredClaims: readonly string[]
  claims: ClaimRules
}

export function providersOf(policy: Policy): JudgedProvider[] {
  if (policy.providers) {
    return Object.entries(policy.providers).map(([name, provider]) => judgedProvider(name, provider))
  }
  return [
    judgedProvider('default', { ...policy, tokenUse: policy.tokenUse === undefined ? 'access' : policy.tokenUse }),
  ]
}

function judgedProvider(name: string, provider: Provider): JudgedProvider {
  const { tokenUse, groupsClaim } = provider
  return {
    name,
    keySets: keySetsOf(provider),
    tenants: provider.tenants ?? [],
    tokenUse,
    clientIds: provider.clientIds,
    clientClaim: provider.clientClaim ?? (tokenUse === 'access' ? 'client_id' : 'aud'),
    audiences: provider.audiences ?? null,
    types: provider.types ?? null,
    algorithms: provider.algorithms ?? ['RS256'],
    isKidOptional: provider.kid === 'optional',
    isConfirmationIgnored: provider.cnf === 'ignore',
    groupsClaim:
      typeof groupsClaim === 'object' ? groupsClaim : { claim: groupsClaim ?? 'cognito:groups', split: null },
    requiredClaims: provider.requiredClaims ?? [],
    claims: provider.claims ?? {},
  }
}

/** The URLs of a provider's keys, each with the issuers whose keys are there. */
function keySetsOf({ issuer, jwksUri }: Provider): { jwksUri: string; issuers: string[] }[] {
  const keySets: { jwksUri: string; issuers: string[] }[] = []
  for (const [index, one] of [issuer].flat().entries()) {
    const withoutSlash = one.endsWith('/') ? one.slice(0, -1) : one
    const stated = typeof jwksUri === 'object' ? jwksUri[index] : jwksUri
    const url = stated ?? `${withoutSlash}/.well-known/jwks.json`
    const known = keySets.find((keySet) => keySet.jwksUri === url)
    if (known) known.issuers.push(one)
    else keySets.push({ jwksUri: url, issuers: [one] })
  }
  return keySets
}

export type JudgedSource =
  /** `scheme` null: the whole value is the token. */
  { kind: 'header'; name: string; scheme: string | null } | { kind: 'cookie'; pattern: string; chunks: boolean }

export function sourcesOf({ credentials = 'header' }: Policy): JudgedSource[] {
  return ([credentials].flat() as CredentialSource[]).map((source) => {
    if (source === 'header') return { kind: 'header', name: 'authorization', scheme: 'Bearer' }
    if ('cookie' in source) return { kind: 'cookie', pattern: source.cookie, chunks: source.chunks === true }
    const { header, scheme = 'Bearer' } = source
    return { kind: 'header', name: header.toLowerCase(), scheme }
  })
}
