import type { TokenRights } from './claims.ts'
import type { VerificationKey } from './verification-key.ts'

/** A token whose signature was good, with what the decision needs of it. */
export interface VerifiedToken {
  /** The exact text; a second spelling of the same claims is another token. */
  text: string
  rights: TokenRights
  /** Which issuer's keys it stands on: index in the policy, `kid`, and the key itself, which must still be in the set. */
  issuer: number
  kid: string
  key: VerificationKey
  /** Accepted segments of hashed captures by the capture's name, made at the token's first hashed route. */
  digests: Map<string, ReadonlySet<string>> | undefined
}

/** Tokens in each of the two generations; with the longest credentials that is 16 MB. */
const generationSize = 1000

/** Long enough to tell real tokens apart (the end of a signature, some 130 bits), short enough to hash in no time. */
const suffixLength = 22

export interface VerifiedTokens {
  get(text: string): VerifiedToken | undefined
  add(token: VerifiedToken): void
}

/**
 * Bounded memory of verified tokens: two generations, of which the older is dropped when the newer is full; a token that
 * is used moves to the newer one. Found by the text's last characters and then compared whole.
 */
export function createVerifiedTokens(): VerifiedTokens {
  let young = new Map<string, VerifiedToken>()
  let old = new Map<string, VerifiedToken>()

  function put(suffix: string, token: VerifiedToken): void {
    if (young.size >= generationSize) {
      old = young
      young = new Map()
    }
    young.set(suffix, token)
  }

  return {
    get(text) {
      const suffix = text.slice(-suffixLength)
      let token = young.get(suffix)
      if (!token) {
        token = old.get(suffix)
        if (token?.text === text) put(suffix, token)
      }
      return token?.text === text ? token : undefined
    },
    add: (token) => put(token.text.slice(-suffixLength), token),
  }
}
