import type { Policy, SignIn } from '../authorizer/policy.ts'
import type { SiteConfig } from '../config/site-schema.ts'
import { UsageError } from '../config/usage-error.ts'
import type { NewUserPool } from '../config/user-pool-schema.ts'

/**
 * The policy with the site's domain names as the hosts of its sign-in, where it names none. Without either it is the distribution's own
 * name, which each request brings along.
 *
 * @throws UsageError where a domain name stands for several.
 */
export function withSignInHosts(policy: Policy, { domain }: SiteConfig, constructPath: string): Policy {
  const { signIn } = policy
  if (!signIn || signIn.hosts || !domain) return policy
  const wild = domain.names.find((name) => name.startsWith('*.'))
  if (wild !== undefined) {
    throw new UsageError(
      `${constructPath}: policy.signIn.hosts: is missing; name the hosts below ${wild} that people sign in on`,
    )
  }
  return { ...policy, signIn: { ...signIn, hosts: domain.names } }
}

/** Where the login sends people back to: on each of the site's hosts, and wherever else the client's own URLs say. */
export function signInUrls({ paths, afterSignOut }: SignIn, hosts: readonly string[], also: ClientUrls = {}) {
  const { callback = '/_auth/callback' } = paths ?? {}
  return {
    callbackUrls: [...hosts.map((host) => `https://${host}${callback}`), ...(also.callbackUrls ?? [])],
    logoutUrls: [...hosts.map((host) => `https://${host}${afterSignOut}`), ...(also.logoutUrls ?? [])],
  }
}

type ClientUrls = Pick<NewUserPool, 'callbackUrls' | 'logoutUrls'>

/** What a client may ask for: what sign-in asks for, or else what a login page usually does. */
export function clientScopes(signIn: SignIn | undefined): readonly string[] {
  return signIn ? (signIn.scopes ?? ['openid']) : ['openid', 'email', 'profile']
}
