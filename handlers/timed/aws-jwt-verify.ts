/** aws-jwt-verify's Cognito verifier, asynchronous, with its own JWKS cache; the keys are asked for at INIT as its README advises. */
import { CognitoJwtVerifier } from 'aws-jwt-verify'
import { SimpleFetcher } from 'aws-jwt-verify/https'
import { SimpleJwksCache } from 'aws-jwt-verify/jwk'
import { deployment } from './deployment.ts'
import { minimalHandler } from './minimal-handler.ts'

const { userPoolId, clientId, jwksUri } = deployment
const fetcher = new SimpleFetcher()
// The verifier derives the address from the user pool; only where the answer comes from is changed.
const jwksCache = new SimpleJwksCache({ fetcher: { fetch: () => fetcher.fetch(jwksUri) } })
const verifier = CognitoJwtVerifier.create({ userPoolId, clientId, tokenUse: 'access' }, { jwksCache })
// A failure here is not fatal: the first request asks again.
verifier.hydrate().catch(() => {})

export const handler = minimalHandler((token) => verifier.verify(token))
