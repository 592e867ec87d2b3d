/** In which order a round tries the attacks. */
import type { Provider, Route, SitePolicy } from '../../authorizer/policy.ts'
import type { Attack } from '../../fuzz/attacks/attack.ts'
import { inTurns } from '../../fuzz/attacks/attacks.ts'
import { seededRandom } from '../../statistics/seeded-random.ts'

export type PolicyField = Exclude<keyof SitePolicy | keyof Provider | keyof Route, 'routes'>

const paths = ['path-', 'traversal-', 'decoy-', 'part-', 'captured-'] as const
const sites = ['directory-', 'app-', 'path-trailing', 'path-double'] as const
const members = ['claim-', 'rule-', 'json-duplicate', 'json-proto'] as const

/** How the names of those attacks begin that try what a field says. */
export const beginnings: Record<PolicyField, readonly string[]> = {
  issuer: ['issuer-', 'claim-iss', 'jku-same', 'provider-'],
  jwksUri: ['jwks-', 'keys-', 'provider-key'],
  tenants: ['tenant-', 'issuer-'],
  tokenUse: ['purpose-', 'claim-token'],
  clientIds: ['purpose-', 'claim-client', 'claim-aud', 'provider-client'],
  clientClaim: ['purpose-', 'claim-client', 'claim-aud'],
  audiences: ['purpose-', 'claim-aud'],
  types: ['type-', 'header-typ'],
  algorithms: ['alg-', 'public-key', 'other-kind', 'issuer-sha', 'issuer-pss', 'signature-'],
  kid: ['kid-', 'keys-key', 'jwks-nameless', 'jwks-name'],
  cnf: ['bound-'],
  groupsClaim: ['groups-', 'claim-groups', 'rights-'],
  requiredClaims: ['required-claims', 'claim-required', 'claim-in'],
  claims: members,
  path: paths,
  public: ['rights-', 'decoy-', 'path-'],
  provider: ['provider-', 'rights-'],
  hash: ['captured-', 'groups-'],
  groups: ['groups-', 'rights-', 'claim-groups'],
  scopes: ['scope-', 'claim-scope'],
  app: sites,
  index: sites,
  slash: sites,
  credentials: ['credential-', 'authorization-', 'cookie-', 'cookies-', 'sources-', 'chunks-', 'users-'],
  jwks: ['keys-', 'jwks-', 'reuse-'],
  clockToleranceSeconds: ['date-', 'time-'],
  methods: ['method-', 'preflight-'],
  corsPreflight: ['preflight-', 'method-OPTIONS'],
  corsOrigins: ['origin-', 'preflight-'],
  corsHeaders: ['preflight-'],
  deny: ['login-', 'way-back', 'page-words'],
  signIn: ['session-', 'sign-in', 'forwarded-user'],
}

function suitsField(field: PolicyField, { name }: Pick<Attack, 'name'>): boolean {
  return beginnings[field].some((beginning) => name.startsWith(beginning))
}

export interface Progress {
  /** What the policy's last change was about. */
  fields: readonly PolicyField[]
  /** Names of those that found something last time. */
  telling: readonly string[]
  /** Names of those that have had their turn since the policy changed. */
  tried: readonly string[]
}

/** Those that found something, then those that have not had their turn: what suits the change, then every idea in turn. */
export function attacksDue({ fields, telling, tried }: Progress): Attack[] {
  const past = new Set(tried)
  const rank = (attack: Attack): 0 | 1 | 2 | undefined => {
    if (telling.includes(attack.name)) return 0
    if (past.has(attack.name)) return undefined
    return fields.some((field) => suitsField(field, attack)) ? 1 : 2
  }
  // One order for all rounds, so that each goes on where the last one stopped.
  const ranks = Map.groupBy(inTurns(seededRandom('watch')), rank)
  return ([0, 1, 2] as const).flatMap((place) => ranks.get(place) ?? [])
}
