/** cognito-at-edge as the whole handler; it reads an ID token from Cognito's cookies, so its events carry that. */
import { Authenticator } from 'cognito-at-edge'
import { deployment, type Handler } from './deployment.ts'

const authenticator = new Authenticator({
  region: deployment.userPoolId.split('_')[0] ?? '',
  userPoolId: deployment.userPoolId,
  userPoolAppId: deployment.clientId,
  userPoolDomain: 'login.auth.us-east-1.amazoncognito.com',
  logLevel: 'silent',
})
// It has no option for where the keys are: baked in, which spares it the fetch that it would make.
authenticator._jwtVerifier.cacheJwks({ keys: [...deployment.jwks.keys] })

type Event = Parameters<Authenticator['handle']>[0]

export const handler: Handler = (event) => authenticator.handle(event as unknown as Event) as ReturnType<Handler>
