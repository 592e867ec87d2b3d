import type { TokenRights } from './claims.ts'
import { usesCookies } from './features.ts'
import type { VerificationKey } from './verification-key.ts'

/** A token whose signature was good, with what the decision needs of it. */
export interface VerifiedToken {
  /** The exact text; a second spelling of the same claims is another token. */
  text: string
  rights: TokenRights
  /** Which issuer's keys it stands on: index in the policy, name and the key itself, which must still be in the set. */
  issuer: number
  keyName: string
  key: VerificationKey
}

/** Bytes of the tokens in each of the two generations, at most; some 1,700 ordinary ones. */
const generationBytes = 4 * 2 ** 20

/** A token that takes more, with hundreds of groups, is not remembered but verified at each use: it would drive out too many others. */
const heaviest = 32 * 2 ** 10

export interface VerifiedTokens {
  get(text: string): VerifiedToken | undefined
  /** `token.text` has to be a string of its own: a slice keeps alive the whole header that it was taken from. */
  add(token: VerifiedToken): void
}

/**
 * Memory of verified tokens, 8 MiB at most: two generations, of which the older is dropped when the newer is full; a token
 * that is used moves to the newer one. Found by six characters of the signature and then compared whole: of two tokens with the
 * same six, the later is remembered, the other verified at each use.
 */
export function createVerifiedTokens(): VerifiedTokens {
  let young = new Map<number, VerifiedToken>()
  let old = new Map<number, VerifiedToken>()
  let bytes = 0
  // So that nobody can choose tokens which fall into one bucket of a Map.
  const secret = Math.random() * 2 ** 31

  /** Of some 32 bits of a signature: its last character may stand for two bits only. */
  function numberOf(text: string): number {
    let number = 0
    for (let at = text.length - 6; at < text.length; at++) number = (number << 6) ^ text.charCodeAt(at)
    return number ^ secret
  }

  /** What 64-bit V8 takes at most for a list of values. */
  function weightOf(values: readonly string[]): number {
    let weight = 200
    for (const value of values) weight += 40 + value.length * 2
    return weight
  }

  function put(token: VerifiedToken): void {
    const { text, keyName, rights } = token
    // The text has one byte a character, the others two where one of theirs is beyond Latin-1.
    let weight = 600 + text.length + keyName.length * 2 + weightOf(rights.groups)
    for (const values of rights.claims) weight += weightOf(values)
    if (usesCookies) weight += 200 + 2 * String(rights.subject).length
    if (weight > heaviest) return
    bytes += weight
    if (bytes > generationBytes) {
      old = young
      young = new Map()
      bytes = weight
    }
    young.set(numberOf(text), token)
  }

  return {
    get(text) {
      const number = numberOf(text)
      let token = young.get(number)
      if (!token) {
        token = old.get(number)
        if (token?.text === text) put(token)
      }
      return token?.text === text ? token : undefined
    },
    add: put,
  }
}
