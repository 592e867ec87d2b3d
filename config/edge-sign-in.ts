import type { EdgePolicy, EdgeRoute, EdgeSignIn } from '../authorizer/edge-policy.ts'
import { compileRoutes } from '../authorizer/routes.ts'
import type { CompletePolicy, CompleteSignIn } from './policy-defaults.ts'
import { signInHeaders, signInPages } from './sign-in-pages.ts'

/** `signIn` as the edge reads it, with the texts of its pages. */
export function toEdgeSignIn(
  signIn: CompleteSignIn,
  providers: CompletePolicy['providers'],
  routes: readonly EdgeRoute[],
  denialHeaders: EdgePolicy['denialHeaders'],
): EdgeSignIn {
  const { client, endpoints, logout, responseIss, scopes, parameters = {}, token, paths, afterSignOut } = signIn
  const { hosts, secret, refresh, idleSeconds, absoluteSeconds } = signIn
  const home = typeof compileRoutes(routes)('/') === 'string' ? afterSignOut : '/'
  return {
    provider: providers.findIndex(({ name }) => name === signIn.provider),
    client,
    endpoints,
    ...(logout === 'cognito' ? { logoutParameter: 'logout_uri' } : {}),
    ...(responseIss ? { responseIss } : {}),
    parameters: [
      ['response_type', 'code'],
      ['client_id', client],
      ['scope', scopes.join(' ')],
      ['code_challenge_method', 'S256'],
      ...Object.entries(parameters),
    ],
    token,
    authMethod: signIn.tokenEndpointAuthMethod,
    paths: [paths.callback, paths.refresh, paths.signOut],
    afterSignOut,
    home,
    headers: { ...denialHeaders, ...signInHeaders },
    pages: signInPages(signIn, home),
    ...(hosts === undefined ? {} : { hosts }),
    ...(secret === undefined ? {} : 'seal' in secret ? { secrets: secret } : { secretsAt: secret }),
    ...(refresh === 'any' ? { refreshByAny: true } : {}),
    ...(idleSeconds === undefined ? {} : { idle: idleSeconds }),
    ...(absoluteSeconds === undefined ? {} : { absolute: absoluteSeconds }),
  }
}
