import type { HttpsAnswer } from './https-exchange.ts'

/** What the provider sent (OpenID Connect Core 3.1.3.3, RFC 6749 5.1). */
export interface Tokens {
  access_token: string
  id_token?: string
  refresh_token?: string
}

/** `grant`: the code or refresh token is not, or no longer, good. `token-endpoint`: nobody knows. `token-response`: no tokens. */
export type TokenFault = 'grant' | 'token-endpoint' | 'token-response'

export function readTokens({ status, body }: HttpsAnswer): Tokens | TokenFault {
  // What is no JSON, or no object, has no such members.
  let answer: Record<string, unknown> = {}
  try {
    answer = JSON.parse(body) ?? {}
  } catch {}
  if (status !== 200) return answer.error === 'invalid_grant' ? 'grant' : 'token-endpoint'
  const { access_token, id_token = '-', refresh_token = '-', token_type } = answer
  const areTexts = [access_token, id_token, refresh_token].every((token) => token && typeof token === 'string')
  return areTexts && /^bearer$/i.test(token_type as string) ? (answer as unknown as Tokens) : 'token-response'
}
