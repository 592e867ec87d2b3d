/** cognito-at-edge; its events carry an ID token in Cognito's cookies. */
import type { Authenticator } from 'cognito-at-edge'
import { authenticatorOf } from '../verifiers/cognito-at-edge.ts'
import { deployment, type Handler } from './deployment.ts'

const authenticator = authenticatorOf(deployment.userPoolId, deployment.clientId)
// It has no option for where the keys are: baked in, which spares it the fetch that it would make.
authenticator._jwtVerifier.cacheJwks({ keys: [...deployment.jwks.keys] })

type Event = Parameters<Authenticator['handle']>[0]

export const handler: Handler = (event) => authenticator.handle(event as unknown as Event) as ReturnType<Handler>
