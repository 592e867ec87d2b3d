import { type AnyResponse, deployment, type Handler } from './deployment.ts'

/** The claims that a library hands back once it has checked signature, issuer and dates. */
export type VerifiedClaims = Record<string, unknown>

/**
 * The least handler around a verification library: it takes the bearer token, has it verified, checks the claims that a
 * Cognito access token needs, and removes the header. It has no routes, logs nothing and bounds nothing, so it does less
 * than the authorizer does; the comparison favours it.
 */
export function minimalHandler(verify: (token: string) => VerifiedClaims | Promise<VerifiedClaims>): Handler {
  return async (event) => {
    const request = event.Records[0]?.cf.request
    const value = request?.headers.authorization?.[0]?.value
    if (!request || !value?.startsWith('Bearer ')) return unauthorized()
    try {
      const claims = await verify(value.slice(7))
      if (claims.token_use !== 'access' || claims.client_id !== deployment.clientId) return unauthorized()
      if (claims['cognito:groups'] == null) return unauthorized()
      delete request.headers.authorization
      return request
    } catch {
      return unauthorized()
    }
  }
}

function unauthorized(): AnyResponse {
  return {
    status: '401',
    statusDescription: 'Unauthorized',
    headers: { 'cache-control': [{ value: 'no-store' }] },
  }
}
