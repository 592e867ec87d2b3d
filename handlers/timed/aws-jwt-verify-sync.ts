/** aws-jwt-verify's Cognito verifier, synchronous, with the keys baked in. */
import { CognitoJwtVerifier } from 'aws-jwt-verify'
import { deployment } from './deployment.ts'
import { minimalHandler } from './minimal-handler.ts'

const { userPoolId, clientId, jwks } = deployment
const verifier = CognitoJwtVerifier.create({ userPoolId, clientId, tokenUse: 'access' })
verifier.cacheJwks({ keys: [...jwks.keys] })

export const handler = minimalHandler((token) => verifier.verifySync(token))
