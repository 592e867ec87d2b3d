/** Which of the provider's tokens a jar holds, whatever the handler calls its cookies and however it cuts them. */
import type { Cookie } from './jar.ts'
import type { TokenRecord } from './provider-records.ts'
import type { Scene } from './scene.ts'

/** Characters of a signature that nothing else has. */
const tail = 40

/** Those whose end stands in a cookie of the handler's, the newest first; none where it keeps tokens in a form of its own. */
export function heldTokens({ provider, ownCookies }: Scene, cookies: readonly Cookie[]): TokenRecord[] {
  const values = cookies.filter(({ name }) => ownCookies.has(name)).map(({ value }) => value)
  return provider.tokens.filter(({ held }) => values.some((value) => value.includes(held.slice(-tail)))).reverse()
}

export function heldToken(scene: Scene, cookies: readonly Cookie[]): TokenRecord | undefined {
  return heldTokens(scene, cookies)[0]
}
