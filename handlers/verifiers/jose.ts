import { type JWTVerifyGetKey, jwtVerify } from 'jose'

/** Resolves to the claims of a token of this issuer that is good now; `exp` is required, which jose does not do by itself. */
export function joseVerifier(keySet: JWTVerifyGetKey, issuer: string, algorithms: readonly string[] = ['RS256']) {
  const options = { issuer, algorithms: [...algorithms], requiredClaims: ['exp'] }
  return async (token: string) => (await jwtVerify(token, keySet, options)).payload
}
