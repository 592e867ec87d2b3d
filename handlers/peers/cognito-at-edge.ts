/** cognito-at-edge; it fetches the pool's keys by itself. */
import type { Authenticator } from 'cognito-at-edge'
import { authenticatorOf } from '../verifiers/cognito-at-edge.ts'
import { issuer, provider } from './policy-handler.ts'

const authenticator = authenticatorOf(issuer.slice(issuer.lastIndexOf('/') + 1), provider.clientIds[0] ?? '')

export const handler = (event: Parameters<Authenticator['handle']>[0]) => authenticator.handle(event)
