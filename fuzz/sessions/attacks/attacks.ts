import { callbackAttacks } from './callback-attacks.ts'
import { cookieAttacks } from './cookie-attacks.ts'
import { loopAttacks } from './loop-attacks.ts'
import { providerAttacks } from './provider-attacks.ts'
import { refreshAttacks } from './refresh-attacks.ts'
import type { SessionAttack } from './session-attack.ts'
import { signOutAttacks } from './sign-out-attacks.ts'

/** Every attack on sessions, by its number. */
export const sessionAttacks: readonly SessionAttack[] = [
  ...callbackAttacks,
  ...providerAttacks,
  ...cookieAttacks,
  ...refreshAttacks,
  ...loopAttacks,
  ...signOutAttacks,
].sort((a, b) => a.number - b.number)
