/** jsonwebtoken with jwks-rsa, as jwks-rsa's README joins them. */
import jwt from 'jsonwebtoken'
import { JwksClient } from 'jwks-rsa'
import { deployment } from './deployment.ts'
import { minimalHandler, type VerifiedClaims } from './minimal-handler.ts'

const client = new JwksClient({ jwksUri: deployment.jwksUri, cache: true, rateLimit: true })

const getKey: jwt.GetPublicKeyOrSecret = (header, callback) => {
  client.getSigningKey(header.kid, (error, key) => callback(error, key?.getPublicKey()))
}

export const handler = minimalHandler(
  (token) =>
    new Promise<VerifiedClaims>((resolve, reject) => {
      jwt.verify(token, getKey, { algorithms: ['RS256'], issuer: deployment.issuer }, (error, claims) => {
        if (error) reject(error)
        else resolve(claims as VerifiedClaims)
      })
    }),
)
