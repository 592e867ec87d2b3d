import { algorithmFlaws } from './algorithm-flaws.ts'
import { claimFlaws } from './claim-flaws.ts'
import { credentialFlaws } from './credential-flaws.ts'
import type { Flaw } from './flaw.ts'
import { keyFlaws } from './key-flaws.ts'
import { pathFlaws } from './path-flaws.ts'
import { providerFlaws } from './provider-flaws.ts'
import { requestFlaws } from './request-flaws.ts'
import { responseFlaws } from './response-flaws.ts'
import { rightFlaws } from './right-flaws.ts'
import { signInFlaws } from './sign-in-flaws.ts'
import { siteFlaws } from './site-flaws.ts'
import { stateFlaws } from './state-flaws.ts'

/** Every flawed handler: one mistake each. */
export const flaws: readonly Flaw[] = [
  ...algorithmFlaws,
  ...keyFlaws,
  ...claimFlaws,
  ...providerFlaws,
  ...rightFlaws,
  ...pathFlaws,
  ...siteFlaws,
  ...requestFlaws,
  ...credentialFlaws,
  ...stateFlaws,
  ...responseFlaws,
  ...signInFlaws,
]
