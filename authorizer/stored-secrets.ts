import type { SignInSecrets } from './policy.ts'

/** Milliseconds for which secrets from a store serve before they are asked for again. */
const maxAge = 900_000

/** An attempt that began so long ago may have been cut off by a freeze. */
const aloneAtMost = 500

/** Secrets from a store, asked for at once and again when they have grown old; old ones serve while none can be had. */
export function storedSecrets(fetch: () => Promise<SignInSecrets>, clock: () => number): () => Promise<SignInSecrets> {
  let held: SignInSecrets | undefined
  let since = 0
  let askedAt = 0
  let isUnderWay = false
  let asked = ask()

  async function ask(): Promise<void> {
    const began = clock()
    askedAt = began
    isUnderWay = true
    try {
      held = await fetch()
      since = began
    } catch {
      // Whoever needs them asks again.
    }
    isUnderWay = false
  }

  return async () => {
    const now = clock()
    if (!held || now < since || now >= since + maxAge) {
      if (!isUnderWay || now < askedAt || now >= askedAt + aloneAtMost) asked = ask()
      await asked
    }
    if (!held) throw new Error()
    return held
  }
}
