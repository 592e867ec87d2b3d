import type { EdgePolicy, EdgeSignIn } from '../authorizer/edge-policy.ts'

const usesIndex = ({ index }: EdgePolicy) => index !== undefined
const usesApps = ({ routes }: EdgePolicy) => routes.some(({ app }) => app !== undefined)
const usesSlash = ({ slash }: EdgePolicy) => slash === true

/** The constants of `authorizer/features.ts`, and whether a policy needs what each stands for. */
const features: Readonly<Record<string, (policy: EdgePolicy) => boolean>> = {
  COOKIES: ({ sources }) => sources.some((source) => 'cookies' in source),
  SOURCES: ({ sources: [first, ...others] }) =>
    others.length > 0 || (first !== undefined && 'header' in first && first.scheme !== 'Bearer'),
  CHUNKS: ({ sources }) => sources.some((source) => 'chunks' in source),
  LAST_USER: ({ sources }) => sources.some((source) => 'lastUser' in source),
  PROVIDERS: ({ providers }) => providers.length > 1,
  ISSUERS: ({ issuers }) => issuers.length > 1,
  TENANTS: ({ issuers }) => issuers.some(({ tenant }) => tenant),
  AUDIENCES: ({ providers, signIn }) =>
    signIn !== undefined || providers.some(({ audiences, clientClaim }) => audiences || clientClaim === 'aud'),
  CLIENT_CLAIMS: ({ providers }) => providers.some(({ clientClaim }) => !['aud', 'client_id'].includes(clientClaim)),
  TYPES: ({ providers }) => providers.some(({ types }) => types),
  UNNAMED_KEYS: ({ providers }) => providers.some(({ unnamedKeys }) => unnamedKeys),
  PATHS: ({ providers, capturedClaims, conditions }) =>
    [
      ...providers.flatMap(({ groupsClaim, requiredClaims, rules = [] }) => [
        groupsClaim,
        ...requiredClaims,
        ...rules.map(({ claim }) => claim),
      ]),
      ...capturedClaims,
      ...conditions.map((condition) => ('claim' in condition ? condition.claim : '')),
    ].some((path) => typeof path !== 'string'),
  SPLIT: ({ providers }) => providers.some(({ groupsSplit }) => groupsSplit !== undefined),
  CONDITIONS: ({ providers, conditions }) => conditions.length > 0 || providers.some(({ rules }) => rules),
  CAPTURED_CLAIMS: ({ capturedClaims }) => capturedClaims.some((path) => path !== 'sub'),
  TOLERANCE: ({ clockTolerance }) => clockTolerance > 0,
  HASHES: ({ routes }) => routes.some(({ hash }) => hash),
  CURVES: ({ providers }) => providers.some(({ algorithms }) => algorithms.some((name) => name.startsWith('E'))),
  PSS: ({ providers }) => providers.some(({ algorithms }) => algorithms.some((name) => name.startsWith('P'))),
  REWRITES: (policy) => usesIndex(policy) || usesApps(policy) || usesSlash(policy),
  INDEX: usesIndex,
  APPS: usesApps,
  SLASH: usesSlash,
  PARTS: ({ routes }) =>
    routes.some(({ segments }) =>
      segments.some((segment) => typeof segment === 'object' && (segment.any || segment.prefix !== undefined)),
    ),
  REDIRECT: ({ unauthenticated }) => unauthenticated.location !== undefined,
  RETURN_PATH: ({ unauthenticated }) => unauthenticated.returnPrefix !== undefined,
  PAGES: ({ unauthenticated, forbidden }) => (unauthenticated.page ?? forbidden.page) !== undefined,
  CORS: ({ corsOrigins, corsWildcards }) => corsOrigins.length > 0 || corsWildcards !== undefined,
  CORS_WILDCARD: ({ corsWildcards }) => corsWildcards !== undefined,
}

/** Those of sign-in. They stand last, so that the mark of a program without it has no bits for them. */
const signInFeatures: Readonly<Record<string, (signIn: EdgeSignIn) => boolean>> = {
  SIGN_IN: () => true,
  SEAL: ({ secrets, secretsAt }) => (secrets ?? secretsAt) !== undefined,
  SESSION_LIMITS: ({ idle, absolute }) => (idle ?? absolute) !== undefined,
  SECRET_STORE: ({ secretsAt }) => secretsAt !== undefined,
  CLIENT_SECRETS: ({ authMethod }) => authMethod.startsWith('client_secret'),
  CLIENT_ASSERTIONS: ({ authMethod }) => authMethod === 'private_key_jwt',
  REVOCATION: ({ endpoints }) => endpoints.revocation !== undefined,
  END_SESSION: ({ endpoints }) => endpoints.logout !== undefined,
  REFRESH_BY_ANY: ({ refreshByAny }) => refreshByAny === true,
}

/** Feature → whether it is used. */
export type UsedFeatures = ReadonlyMap<string, boolean>

/**
 * What a deployment uses. It depends on the policy's shape alone, so strings may be CloudFormation tokens. Without a policy
 * nothing is left out. `snapshots`: keys are put into it.
 */
export function usedFeatures(policy: EdgePolicy | undefined, snapshots: boolean): UsedFeatures {
  const uses = Object.entries(features).map(([name, isUsed]) => [name, policy === undefined || isUsed(policy)] as const)
  const ofSignIn = Object.entries(signInFeatures).map(
    ([name, isUsed]) => [name, policy === undefined || (policy.signIn !== undefined && isUsed(policy.signIn))] as const,
  )
  return new Map([...uses, ['SNAPSHOTS', snapshots], ...ofSignIn])
}

/** What esbuild has to put in place of the constants, so that a bundle holds only what is used. */
export function featureConstants(used: UsedFeatures): Record<string, string> {
  return {
    ...Object.fromEntries([...used].map(([name, isUsed]) => [`EDGEPROOF_${name}`, String(isUsed)])),
    'import.meta.withoutSignIn': String(!used.get('SIGN_IN')),
  }
}

/** A comment at a program's beginning that says what it has: a bit for each feature, in hexadecimal. */
export function featureMark(used: UsedFeatures): string {
  const bits = [...used.values()].reduce((mask, isUsed, place) => (isUsed ? mask | (1n << BigInt(place)) : mask), 0n)
  return `/*${bits.toString(16)}*/`
}

/** What a deployment uses and this program lacks; nothing is known of a program without a mark. */
export function missingFeatures(program: string, used: UsedFeatures): string[] {
  const [, mark] = /^\/\*([\da-f]+)\*\//.exec(program) ?? []
  if (mark === undefined) return []
  const bits = BigInt(`0x${mark}`)
  return [...used.entries()].flatMap(([name, isUsed], place) =>
    isUsed && (bits & (1n << BigInt(place))) === 0n ? [name.toLowerCase().replaceAll('_', ' ')] : [],
  )
}
