/** The floor of a cold start: import one baked key and verify one signature; nothing else is looked at. */
import { createPublicKey, verify } from 'node:crypto'
import { deployment, type Handler } from './deployment.ts'

const [jwk] = deployment.jwks.keys

export const handler: Handler = async (event) => {
  const request = event.Records[0]?.cf.request
  const token = request?.headers.authorization?.[0]?.value.slice(7) ?? ''
  const end = token.lastIndexOf('.')
  const key = createPublicKey({ key: jwk ?? {}, format: 'jwk' })
  const good = verify(
    'RSA-SHA256',
    Buffer.from(token.slice(0, end)),
    key,
    Buffer.from(token.slice(end + 1), 'base64url'),
  )
  return request && good ? request : { status: '401' }
}
