/**
 * The approach that this project started from, ported as it was published: the key set is fetched for each request, the
 * libraries check signature and dates, and a request passes where the name of the token's group, or its MD5, occurs
 * anywhere in the URI. Kept as a baseline for speed and as a target for the fuzzer; do not deploy it.
 */
import { createHash } from 'node:crypto'
import { get } from 'node:https'
import { decodeProtectedHeader, importJWK, type JWK, jwtVerify } from 'jose'
import { deployment, type Handler } from './timed/deployment.ts'

const requiredUserInfo = ['cognito:groups'] as const

export const handler: Handler = async (event) => {
  const request = event.Records[0]?.cf.request
  if (!request) return redirect
  const token = bearerToken(request.headers)
  if (token === null) return redirect
  let claims: Record<string, unknown>
  try {
    claims = await verifyToken(token)
  } catch {
    return redirect
  }
  if (!tokenAccess(claims) || !authorizedGroup(request.uri, claims)) return redirect
  delete request.headers.authorization
  return request
}

const redirect = {
  status: '302',
  statusDescription: 'Found',
  headers: { location: [{ value: 'https://login.example.com/' }] },
}

function bearerToken(headers: Record<string, { value: string }[]>): string | null {
  if (headers.authorization?.length !== 1) return null
  const parts = headers.authorization[0]?.value.split(/\s+/) ?? []
  return parts.length === 2 && parts[0]?.toLowerCase() === 'bearer' ? (parts[1] ?? null) : null
}

async function verifyToken(token: string): Promise<Record<string, unknown>> {
  const { keys } = JSON.parse(await body(deployment.jwksUri)) as { keys: JWK[] }
  const { kid } = decodeProtectedHeader(token)
  const jwk = keys.find((key) => key.kid === kid)
  if (!jwk) throw new Error('unknown key')
  const { payload } = await jwtVerify(token, await importJWK(jwk, 'RS256'), {
    issuer: deployment.issuer,
    requiredClaims: ['exp'],
  })
  if (payload.token_use !== 'access') throw new Error('token_use')
  return payload
}

function tokenAccess(claims: Record<string, unknown>): boolean {
  if (requiredUserInfo.some((name) => claims[name] == null)) return false
  return claims.token_use === 'access' && claims.iss === deployment.issuer && claims.client_id === deployment.clientId
}

function authorizedGroup(uri: string, claims: Record<string, unknown>): boolean {
  const names = [claims['cognito:groups'], claims.sub].flat().map(String)
  return names.some((name) => uri.includes(name) || uri.includes(createHash('md5').update(name).digest('hex')))
}

function body(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve(text))
    }).on('error', reject)
  })
}
