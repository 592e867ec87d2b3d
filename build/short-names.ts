/**
 * Fields of `EdgePolicy` by the one or two letters that each has in a deployed file: in the program, and in the configuration before it,
 * which only the program reads. None may be the name of a member of a token, a key, an event, or an interface of Node's that the
 * authorizer reads; a field that is missing here keeps its name.
 */
const fields: readonly string[] = [
  'providers',
  'issuers',
  'sources',
  'capturedClaims',
  'conditions',
  'maxAge',
  'maxStale',
  'cooldown',
  'clockTolerance',
  'routes',
  'methods',
  'denialHeaders',
  'corsPreflight',
  'corsOrigins',
  'unauthenticated',
  'forbidden',
  'location',
  'returnPrefix',
  'returnQuery',
  'always',
  'tokenUse',
  'clientIds',
  'clientClaim',
  'audiences',
  'types',
  'algorithms',
  'unnamedKeys',
  'unbound',
  'groupsClaim',
  'groupsSplit',
  'requiredClaims',
  'rules',
  'issuer',
  'tenant',
  'jwksUri',
  'provider',
  'scheme',
  'cookies',
  'chunks',
  'lastUser',
  'segments',
  'public',
  'scopes',
  'slash',
  'page',
  'contentSecurityPolicy',
  'suffix',
  'prefix',
  'allowed',
  'groups',
  'index',
  'list',
  'header',
  'values',
  'claim',
  'any',
  'after',
  'app',
]

/** Those of `signIn`. They are apart, so that they take no letters from a program without it. */
const signInFields: readonly string[] = [
  'signIn',
  'client',
  'endpoints',
  'logoutParameter',
  'responseIss',
  'parameters',
  'authMethod',
  'paths',
  'afterSignOut',
  'hosts',
  'secrets',
  'secretsAt',
  'refreshByAny',
  'idle',
  'absolute',
  'pages',
  'home',
  'callback',
  'signOut',
  'revocation',
]

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ$_'

/** Field → letters, as a program with or without sign-in needs them. */
export function shortNamesOf(withSignIn: boolean): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...fields, ...(withSignIn ? signInFields : [])].map((field, place) => [
      field,
      letters[place] ?? `$${letters[place - letters.length]}`,
    ]),
  )
}

/** The short names of every field, those of sign-in too. */
export const shortNames = shortNamesOf(true)

/** The value with the short names of its fields, at any depth. */
export function withShortNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withShortNames)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([field, inner]) => [shortNames[field] ?? field, withShortNames(inner)]),
  )
}
