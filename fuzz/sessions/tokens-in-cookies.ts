/** Which of the provider's tokens a jar holds, whatever the handler calls its cookies and however it cuts them. */
import type { Cookie } from './jar.ts'
import type { Provider, TokenRecord } from './provider.ts'

/** Characters of a signature that nothing else has. */
const tail = 40

/** The newest whose end stands in a cookie; undefined where the handler keeps tokens in a form of its own. */
export function heldToken(provider: Provider, cookies: readonly Cookie[]): TokenRecord | undefined {
  return provider.tokens.findLast(({ held }) => cookies.some(({ value }) => value.includes(held.slice(-tail))))
}

/** The cookie that the end of it is in. */
export function carriers(tokens: TokenRecord, cookies: readonly Cookie[]): Cookie[] {
  return cookies.filter(({ value }) => value.includes(tokens.held.slice(-tail)))
}
