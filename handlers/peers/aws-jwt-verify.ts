/** aws-jwt-verify as its README has it for Cognito; it fetches the pool's keys by itself. */
import { CognitoJwtVerifier } from 'aws-jwt-verify'
import { issuer, policyHandler, provider } from './policy-handler.ts'

const verifier = CognitoJwtVerifier.create({
  userPoolId: issuer.slice(issuer.lastIndexOf('/') + 1),
  tokenUse: 'access',
  clientId: [...provider.clientIds],
})

export const handler = policyHandler(async (token) => {
  const claims = await verifier.verify(token)
  // The library checks exp where it is there; a token without one would never expire.
  if (claims.exp === undefined) throw new Error('no exp')
  return { ...claims }
})
