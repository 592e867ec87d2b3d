/** cognito-at-edge as the whole handler: an ID token in Cognito's cookies, every path for whoever is signed in. */
import { Authenticator } from 'cognito-at-edge'
import { issuer, policy } from './policy-handler.ts'

const userPoolId = issuer.slice(issuer.lastIndexOf('/') + 1)
const authenticator = new Authenticator({
  region: userPoolId.split('_')[0] ?? '',
  userPoolId,
  userPoolAppId: policy.clientIds[0] ?? '',
  userPoolDomain: 'login.auth.us-east-1.amazoncognito.com',
  logLevel: 'silent',
})

export const handler = (event: Parameters<Authenticator['handle']>[0]) => authenticator.handle(event)
