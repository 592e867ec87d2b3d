import type { ClientProof } from './client-authentication.ts'
import type { Post } from './https-post.ts'
import { isObject, type JsonObject } from './json-object.ts'

/** What the provider sent, as it was asked for (OpenID Connect Core 3.1.3.3, RFC 6749 5.1). */
export interface Tokens {
  access_token: string
  id_token?: string
  refresh_token?: string
}

/** `grant`: the code or refresh token is not, or no longer, good. `token-endpoint`: nobody knows. `token-response`: no tokens. */
export type TokenFault = 'grant' | 'token-endpoint' | 'token-response'

/** One request to the token endpoint, never a second one: a code and a rotated refresh token are good for one. */
export async function requestTokens(
  post: Post,
  uri: string,
  { form, headers }: ClientProof,
  grant: Readonly<Record<string, string>>,
  timeout: number,
): Promise<Tokens | TokenFault> {
  const { status, type, body } = await postForm(post, uri, { form: { ...grant, ...form }, headers }, timeout)
  const answer = /^application\/json *(?:;|$)/i.test(type) ? parsed(body) : {}
  if (status !== 200) return answer.error === 'invalid_grant' ? 'grant' : 'token-endpoint'
  const { access_token, id_token, refresh_token, token_type } = answer
  const isGood =
    isText(access_token) &&
    [id_token, refresh_token].every((token) => token === undefined || isText(token)) &&
    /^bearer$/i.test(token_type as string)
  return isGood ? (answer as unknown as Tokens) : 'token-response'
}

export function postForm(post: Post, uri: string, { form, headers }: ClientProof, timeout: number) {
  const all = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded', ...headers }
  return post(uri, all, new URLSearchParams(form).toString(), timeout)
}

function parsed(body: string): JsonObject {
  try {
    const value: unknown = JSON.parse(body)
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
