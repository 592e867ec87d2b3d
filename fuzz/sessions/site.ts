/** The site under test, as stories know it: paths and endpoints, whatever handler answers for them. */
import type { Policy, SignIn } from '../../authorizer/policy.ts'
import type { ServedUrls } from '../../oracle/served-urls.ts'
import { holdsKeys } from '../sandbox/place-handler.ts'
import { deployedKeySets, describedAnswers } from '../world/served-to.ts'
import type { World, WorldIssuer } from '../world/world.ts'
import { type Person, peopleOf } from './people.ts'
import type { PersonName } from './story.ts'

export type ClientAuthentication =
  | { method: 'none' }
  /** `client_secret`: either way, as Cognito and Auth0 take it. */
  | { method: 'client_secret_basic' | 'client_secret_post' | 'client_secret'; secret: string }
  | { method: 'private_key_jwt'; key: Readonly<Record<string, string>> }

/** What has to be said of a handler that has no policy of ours. */
export interface SignInDescription {
  /** Default: the distribution's own. */
  hosts?: readonly string[]
  client: string
  clientSecret?: string
  endpoints: { authorization: string; token: string; revocation?: string; logout?: string }
  /** `start`: sends to the provider whoever goes there. Left out: the handler has no such path. */
  paths: { callback: string; refresh?: string; signOut?: string; start?: string }
  /** Which token passes. Default `"access"`. */
  token?: 'access' | 'id'
}

export interface Site {
  policy: Policy
  issuer: WorldIssuer
  people: Record<PersonName, Person>
  hosts: readonly [string, ...string[]]
  client: string
  clientAuth: ClientAuthentication
  endpoints: SignInDescription['endpoints']
  paths: SignInDescription['paths']
  responseIss: boolean
  session: 'access' | 'id'
  /** Redirect URIs that the provider knows. */
  registered: readonly string[]
  /** A page for everybody; undefined where the policy has none. */
  publicPage: string | undefined
  afterSignOut: string | undefined
  idleSeconds: number | undefined
  absoluteSeconds: number | undefined
  /** Where the secrets are asked for, where the policy does not hold them. */
  secretStore: 'ssm' | 'secretsManager' | undefined
  /** What that store holds. */
  secrets: object
  /** What URLs answer that are nobody's endpoint, as the handler's description says. */
  answers: ServedUrls
  /** It has its keys from its deployment: a rotation is a deployment, too, which stories do not play. */
  holdsKeys: boolean
  /** Every rule of the page holds, not only those that keep somebody from a gain. */
  whose: 'ours' | 'foreign'
}

export const distribution = 'd111111abcdef8.cloudfront.net'

export function siteOfPolicy(
  world: World,
  signIn: SignIn | undefined,
  whose: Site['whose'],
  description?: SignInDescription,
): Site {
  const { policy, handler } = world
  const ofProvider = description ?? signIn
  if (!ofProvider) throw new Error('a site without sign-in has no sessions')
  const issuer =
    world.issuers.find(({ provider }) => provider.name === (signIn?.provider ?? provider.name)) ?? world.issuers[0]
  const [host = distribution, ...hosts] = description?.hosts ?? signIn?.hosts ?? []
  const paths = description?.paths ?? {
    callback: '/_auth/callback',
    refresh: '/_auth/refresh',
    signOut: '/_auth/sign-out',
    ...signIn?.paths,
  }
  const secret = signIn?.secret
  const isStored = secret !== undefined && !('seal' in secret)
  return {
    policy,
    issuer,
    people: peopleOf(world, issuer, policy),
    hosts: [host, ...hosts],
    client: ofProvider.client,
    clientAuth: description ? describedAuth(description) : clientAuthentication(signIn),
    endpoints: ofProvider.endpoints,
    paths,
    responseIss: signIn?.responseIss ?? false,
    session: description?.token ?? signIn?.token ?? (issuer.provider.tokenUse === 'id' ? 'id' : 'access'),
    registered: [host, ...hosts].flatMap((one) => registeredUris(one, paths.callback)),
    publicPage: world.publicPaths[0],
    afterSignOut: description ? undefined : signIn?.afterSignOut,
    idleSeconds: signIn?.idleSeconds,
    absoluteSeconds: signIn?.absoluteSeconds,
    secretStore: isStored ? ('ssmParameter' in secret ? 'ssm' : 'secretsManager') : undefined,
    secrets: storedSecrets(signIn),
    answers: describedAnswers(world, deployedKeySets(world)),
    holdsKeys: handler !== undefined && holdsKeys(handler),
    whose,
  }
}

/** An origin alone is a redirect URI, too, and another one than with a slash (RFC 6749 3.1.2.3, RFC 3986 6.2.1). */
function registeredUris(host: string, callback: string): string[] {
  return [`https://${host}${callback}`, ...(callback === '/' ? [`https://${host}`] : [])]
}

function describedAuth({ clientSecret }: SignInDescription): ClientAuthentication {
  return clientSecret === undefined ? { method: 'none' } : { method: 'client_secret', secret: clientSecret }
}

function clientAuthentication({
  tokenEndpointAuthMethod: method = 'none',
  secret,
}: Partial<SignIn> = {}): ClientAuthentication {
  if (method === 'none') return { method }
  const held = secret && 'seal' in secret ? secret : suiteSecrets
  if (method === 'private_key_jwt') return { method, key: held.privateKey ?? {} }
  return { method, secret: held.clientSecret ?? '' }
}

/** What the suite's store holds where a policy only says where its secrets are. */
const suiteSecrets: { seal: string[]; clientSecret: string; privateKey?: Readonly<Record<string, string>> } = {
  seal: [Buffer.alloc(32, 7).toString('base64url')],
  clientSecret: 'only-for-stories: 100% of it',
}

function storedSecrets({ secret }: Partial<SignIn> = {}): object {
  return secret && 'seal' in secret ? secret : suiteSecrets
}
