/** The handlers that ship with the fuzzer, and the policy that each of them is held to. */

import type { Policy } from '../../authorizer/policy.ts'
import { jwksUriOf } from '../../config/policy-defaults.ts'
import type { HandlerUnderTest } from '../sandbox/handler-under-test.ts'
import { type BuildPlace, buildForeign, buildOurs } from './build-handler.ts'

const issuer = 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_EXAMPLE01'

/** What the peers' wrappers can enforce: a Cognito access token in the authorization header, RS256. */
const peerPolicy: Policy = {
  issuer,
  clientIds: ['exampleclient'],
  tokenUse: 'access',
  requiredClaims: ['cognito:groups'],
  routes: [
    { path: '/public/*', public: true },
    { path: '/users/{sub}/*' },
    { path: '/groups/{group}/*' },
    { path: '/reports/*', groups: ['analysts'] },
  ],
  methods: ['GET', 'HEAD'],
  corsPreflight: true,
}

/** cognito-at-edge has no routes: whoever is signed in may see everything. */
const cognitoAtEdgePolicy: Policy = {
  issuer,
  credentials: { cookie: 'CognitoIdentityServiceProvider.{client}.*.idToken' },
  clientIds: ['exampleclient'],
  tokenUse: 'id',
  routes: [{ path: '/*' }],
  methods: ['GET', 'HEAD'],
  deny: { unauthenticated: { redirect: 'https://login.auth.us-east-1.amazoncognito.com/', redirectOn: 'always' } },
}

export type ShippedHandler = 'ours' | 'naive' | 'jose' | 'aws-jwt-verify' | 'fast-jwt' | 'cognito-at-edge'

/** `policy` is for ours alone; the others have theirs. */
export function buildShipped(
  name: ShippedHandler,
  place: BuildPlace,
  policy: Policy = peerPolicy,
): Promise<HandlerUnderTest> {
  if (name === 'ours') return buildOurs(policy, place)
  if (name === 'naive') {
    const deployment = {
      issuer,
      clientId: 'exampleclient',
      jwksUri: jwksUriOf(issuer),
      jwks: { keys: [] },
    }
    return buildForeign(name, 'handlers/naive', peerPolicy, { DEPLOYMENT: deployment }, place)
  }
  const own = name === 'cognito-at-edge' ? cognitoAtEdgePolicy : peerPolicy
  return buildForeign(name, `handlers/peers/${name}`, own, { POLICY: own }, place)
}
