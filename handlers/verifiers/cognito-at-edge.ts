import { Authenticator } from 'cognito-at-edge'

/** The whole handler of a user pool's client: an ID token in Cognito's cookies, every path for whoever is signed in. */
export function authenticatorOf(userPoolId: string, userPoolAppId: string): Authenticator {
  return new Authenticator({
    region: userPoolId.split('_')[0] ?? '',
    userPoolId,
    userPoolAppId,
    userPoolDomain: 'login.auth.us-east-1.amazoncognito.com',
    logLevel: 'silent',
  })
}
