/** aws-jwt-verify as its README has it for Cognito; it fetches the pool's keys by itself. */
import { CognitoJwtVerifier } from 'aws-jwt-verify'
import { issuer, policy, policyHandler } from './policy-handler.ts'

const verifier = CognitoJwtVerifier.create({
  userPoolId: issuer.slice(issuer.lastIndexOf('/') + 1),
  tokenUse: 'access',
  clientId: [...policy.clientIds],
})

export const handler = policyHandler(async (token) => {
  const claims = await verifier.verify(token)
  // The library checks exp where it is there; a token without one would never expire.
  if (claims.exp === undefined) throw new Error('no exp')
  return { ...claims }
})
