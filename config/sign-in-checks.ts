/** What `signIn` and the rest of a policy say together, and cannot mean. */
import type { Policy } from '../authorizer/policy.ts'
import type { Ways } from '../authorizer/rewrites.ts'
import type { RouteMatch } from '../authorizer/routes.ts'
import {
  type CompletePolicy,
  type CompleteProvider,
  type CompleteSignIn,
  completeSource,
  withDefaults,
} from './policy-defaults.ts'
import { encodedPath } from './rewrites.ts'

interface Finding {
  field: readonly (string | number)[]
  message: string
}

/** What is wrong with it; `wayOf` says where a path leads to. */
export function signInFaults(policy: Policy, wayOf: Ways): Finding[] {
  const complete = withDefaults(policy)
  const { signIn, providers } = complete
  if (!signIn) return []
  const provider = providers.find(({ name }) => name === signIn.provider)
  if (!provider || (policy.signIn?.provider === undefined && providers.length > 1)) {
    const names = providers.map(({ name }) => JSON.stringify(name)).join(', ')
    return [
      fault(
        ['provider'],
        policy.signIn?.provider === undefined
          ? `is missing; it is one of ${names}`
          : `is none of the providers, which are ${names}`,
      ),
    ]
  }
  return [
    ...clientFaults(signIn, provider),
    ...pathFaults(policy, signIn, wayOf),
    ...siteFaults(policy, complete),
    ...routeFaults(complete, provider, signIn),
  ]
}

function fault(path: readonly (string | number)[], message: string): Finding {
  return { field: ['signIn', ...path], message }
}

/** A token that the provider gives to this client, and that the policy would never take. */
function clientFaults(signIn: CompleteSignIn, provider: CompleteProvider): Finding[] {
  const { client, token } = signIn
  const { tokenUse, clientIds, clientClaim, audiences = [], types } = provider
  const found: Finding[] = []
  if (!clientIds.includes(client))
    found.push(fault(['client'], `is none of the provider's clientIds: no token of a session would pass`))
  if (token === 'id' && tokenUse === 'access')
    found.push(fault(['token'], 'is "id", and tokenUse takes access tokens only: no session would pass'))
  if (token === 'access' && tokenUse === 'id')
    found.push(fault(['token'], 'is "access", and tokenUse takes ID tokens only: no session would pass'))
  if (token === 'id' && audiences.length > 0 && !audiences.includes(client))
    found.push(
      fault(
        ['token'],
        'is "id", whose aud is the client, which is none of the provider\'s audiences: no session would pass',
      ),
    )
  if (token === 'id' && types?.every((type) => /^(?:application\/)?at\+jwt$/i.test(type)))
    found.push(fault(['token'], 'is "id", and types takes access tokens only: no session would pass'))
  if (token === 'id' && clientClaim === 'client_id')
    found.push(fault(['token'], 'is "id", which has no client_id, and clientClaim asks for it: no session would pass'))
  return found
}

function pathFaults({ routes }: Policy, signIn: CompleteSignIn, wayOf: Ways): Finding[] {
  const { paths, afterSignOut } = signIn
  const own = Object.entries(paths)
  const found: Finding[] = []
  for (const [index, [name, path]] of own.entries()) {
    const field = ['paths', name]
    const other = own.slice(0, index).find(([, one]) => one === path)
    if (other) found.push(fault(field, `is the same as paths.${other[0]}`))
    const way = wayOf(path)
    if (typeof way !== 'string' && !isCatchAll(way.match))
      found.push(fault(field, `${path} is inside a route, of which it would hide a file: take a path of its own`))
    if (routes.some(({ app }) => app !== undefined && encodedPath(app) === path))
      found.push(fault(field, `${path} is the shell of an app, which would never be served`))
  }
  if (own.some(([, path]) => path === afterSignOut))
    return [...found, fault(['afterSignOut'], 'is a path that the function answers itself')]
  const way = wayOf(afterSignOut)
  if (typeof way === 'string')
    found.push(fault(['afterSignOut'], `no route matches ${afterSignOut}, so that it is denied`))
  else if (!way.match.route.public || !way.served.route.public)
    found.push(
      fault(
        ['afterSignOut'],
        `${afterSignOut} needs a token: who has signed out would be signed in again at once; give it a public route`,
      ),
    )
  else if (way.lacksSlash)
    found.push(fault(['afterSignOut'], `${afterSignOut} is redirected to its form with "/"; write that`))
  return found
}

/** `/*` is every path; nobody put a file for that name there. */
function isCatchAll({ route }: RouteMatch): boolean {
  return route.segments.length === 0 && route.rest === true
}

function siteFaults(policy: Policy, { credentials, methods }: CompletePolicy): Finding[] {
  const found: Finding[] = []
  if (!methods.includes('GET'))
    found.push({ field: ['methods'], message: 'has no GET, with which visitors are signed in' })
  if (policy.deny?.unauthenticated?.redirect !== undefined)
    found.push({
      field: ['deny', 'unauthenticated', 'redirect'],
      message: 'cannot stand beside signIn, which sends visitors to the provider itself',
    })
  for (const [index, source] of credentials.entries()) {
    if ('cookie' in completeSource(source))
      found.push({
        field: ['credentials', ...(Array.isArray(policy.credentials) ? [index] : [])],
        message: 'is a cookie, and signIn has cookies of its own; name headers only',
      })
  }
  return found
}

/** Whether a session opens anything at all. */
function routeFaults({ routes }: CompletePolicy, { name }: CompleteProvider, { provider }: CompleteSignIn): Finding[] {
  const closed = routes.filter(({ public: isPublic }) => isPublic !== true)
  if (closed.length === 0) return [{ field: ['signIn'], message: 'has nothing to do: every route is public' }]
  if (closed.some((route) => route.provider === undefined || [route.provider].flat().includes(name))) return []
  return [
    fault(['provider'], `opens no route: each one that needs a token names others than ${JSON.stringify(provider)}`),
  ]
}
