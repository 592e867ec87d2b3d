/** What `--discover` fills into a policy, and what it leaves to whoever writes one. */
import type { Provider } from '../authorizer/policy.ts'
import { parsePolicy } from '../config/config.ts'
import { fieldPath } from '../config/mistakes.ts'
import { onlyProvider } from '../config/policy-defaults.ts'
import { isHttpsUrl } from '../config/text-schema.ts'
import { UsageError } from '../config/usage-error.ts'
import { metadataUrl, type ProviderMetadata, readProviderMetadata } from './provider-metadata.ts'

type Fields = Readonly<Record<string, unknown>>
type Path = readonly string[]

export interface Discovery {
  /** Where it was found. */
  url: string
  /** A part of a policy: what the policy leaves out and the provider states. */
  filledIn: Fields
  /** What is not decided here, a line each, which begins with the field. */
  notes: readonly string[]
  /** The policy as it was written, with that part in it. */
  policy: unknown
}

interface Discoverable {
  path: Path
  member: keyof ProviderMetadata
  isNeeded?: true
  /** What it means that the provider does not state it. */
  otherwise?: false
}

/**
 * Asks the provider that `signIn` is about. Whatever the policy says itself stays. How it is asked to sign out, the issuer and
 * how the client proves itself are never filled in: what the provider says of them is told.
 *
 * @param written a policy as it was read; its `signIn.endpoints` may lack `authorization` and `token`, or be absent
 * @param place names the policy in mistakes, as `policy.json`
 * @throws UsageError for a mistake of the policy's, before anybody is asked, and for one of the provider's.
 *
 * @example
 * const { policy, filledIn } = await discover(JSON.parse(text), 'policy.json')
 */
export async function discover(written: unknown, place: string): Promise<Discovery> {
  const { issuer, providerPath } = providerOf(written, place)
  const url = metadataUrl(issuer)
  const metadata = await readProviderMetadata(issuer)
  let filledIn: Fields = {}
  const notes: string[] = []
  for (const { path, member, isNeeded, otherwise } of discoverables(providerPath)) {
    const [said, stated] = [valueAt(written, path), metadata[member] ?? otherwise]
    if (said !== undefined) {
      if (stated !== undefined && said !== stated)
        notes.push(`${fieldPath(path)}: stays ${JSON.stringify(said)}; the provider states ${JSON.stringify(stated)}`)
    } else if (typeof stated === 'string' ? isHttpsUrl(stated) : stated === true) {
      filledIn = under(filledIn, nested(path, stated))
    } else if (isNeeded || typeof stated === 'string') {
      const fault = stated === undefined ? 'is missing' : 'should be an https URL without user, query or fragment'
      throw new UsageError(`${url}: ${member}: ${fault}; write ${fieldPath(path)} into the policy`)
    }
  }
  return { url, filledIn, notes: [...notes, ...undecided(written, metadata)], policy: under(written, filledIn) }
}

function discoverables(providerPath: Path): Discoverable[] {
  const endpoint = (name: string) => ['signIn', 'endpoints', name]
  return [
    { path: [...providerPath, 'jwksUri'], member: 'jwks_uri' },
    { path: endpoint('authorization'), member: 'authorization_endpoint', isNeeded: true },
    { path: endpoint('token'), member: 'token_endpoint', isNeeded: true },
    { path: endpoint('revocation'), member: 'revocation_endpoint' },
    { path: ['signIn', 'responseIss'], member: 'authorization_response_iss_parameter_supported', otherwise: false },
  ]
}

/** Stands for an endpoint while the rest of a policy is checked. */
const awaited = 'https://discovered.invalid/'

function providerOf(written: unknown, place: string): { issuer: string; providerPath: Path } {
  const hasSignIn = isObject(written) && isObject(written.signIn)
  const endpoints = { authorization: awaited, token: awaited }
  const policy = parsePolicy(hasSignIn ? under(written, { signIn: { endpoints } }) : written, place)
  if (!policy.signIn) throw new UsageError(`${place}: signIn: is missing, and --discover fills in what it leaves out`)
  const name = policy.signIn.provider ?? Object.keys(policy.providers ?? {})[0] ?? onlyProvider
  const providerPath = policy.providers ? ['providers', name] : []
  const [issuer = '', ...others] = [((policy.providers?.[name] ?? policy) as Provider).issuer].flat()
  if (others.length > 0 || issuer.includes('{tid}') || !isHttpsUrl(issuer))
    throw new UsageError(
      `${place}: ${fieldPath([...providerPath, 'issuer'])}: should be one https URL for --discover; write signIn.endpoints out`,
    )
  return { issuer, providerPath }
}

/** What somebody has to choose, with what the provider says of it. */
function undecided(written: unknown, metadata: ProviderMetadata): string[] {
  const { end_session_endpoint: endSession, token_endpoint_auth_methods_supported: methods } = metadata
  const method = valueAt(written, ['signIn', 'tokenEndpointAuthMethod']) ?? 'none'
  const logout = valueAt(written, ['signIn', 'endpoints', 'logout'])
  return [
    `signIn.tokenEndpointAuthMethod: stays ${JSON.stringify(method)}; the provider states ${
      methods ? JSON.stringify(methods) : 'nothing, which means ["client_secret_basic"]'
    }`,
    ...(endSession === undefined || endSession === logout
      ? []
      : [
          `signIn.endpoints.logout: ${logout === undefined ? 'is left out' : `stays ${JSON.stringify(logout)}`}; the provider states ${JSON.stringify(endSession)}, and not whether "logout" is "oidc" or "cognito"`,
        ]),
  ]
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, name) => (isObject(inner) && Object.hasOwn(inner, name) ? inner[name] : undefined),
    value,
  )
}

function nested(path: Path, value: unknown): Fields {
  return path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as Fields
}

/** Both in one; what the first says stays. */
function under(first: unknown, second: Fields): Fields {
  const both: Record<string, unknown> = { ...(first as Fields) }
  for (const [name, value] of Object.entries(second)) {
    if (!Object.hasOwn(both, name)) both[name] = value
    else if (isObject(both[name]) && isObject(value)) both[name] = under(both[name], value)
  }
  return both
}
