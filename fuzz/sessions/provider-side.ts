/** What only the provider's side can do: answer as it should not. */
import type { Story } from './story.ts'

/** A nonce that is wrong stands for a code that was injected, which comes with the ID token of another sign-in. */
export function takesProvider({ actions }: Story): boolean {
  return actions.some(
    (action) => action.do === 'provider' && action.answers !== 'good' && !action.answers.endsWith('-nonce'),
  )
}
