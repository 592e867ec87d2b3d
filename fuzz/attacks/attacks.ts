/** Every attack, and the order in which a run tries them. */

import type { Random } from '../../statistics/seeded-random.ts'
import { algorithmChoiceAttacks } from './algorithm-choice.ts'
import { algorithmConfusionAttacks } from './algorithm-confusion.ts'
import { algorithmNoneAttacks } from './algorithm-none.ts'
import type { Attack } from './attack.ts'
import { capturedValueAttacks } from './captured-values.ts'
import { capturedNumberAttacks, claimPlaceAttacks } from './claim-places.ts'
import { claimRuleAttacks, scopeRightAttacks } from './claim-rules.ts'
import { bystanderClaimAttacks, claimTypeAttacks, forwardedClaimAttacks } from './claim-types.ts'
import {
  chunkedCookieAttacks,
  credentialSourceAttacks,
  longCredentialAttacks,
  repeatedCookieAttacks,
} from './credential-sources.ts'
import { cookieCredentialAttacks, headerCredentialAttacks, misplacedCredentialAttacks } from './credentials.ts'
import { dateAttacks, passingTimeAttacks } from './dates.ts'
import { directoryAttacks } from './directories.ts'
import { eventShapeAttacks } from './event-shapes.ts'
import { forgedSessionAttacks } from './forged-sessions.ts'
import { forwardingHeaderAttacks } from './forwarding-headers.ts'
import { groupAttacks } from './groups.ts'
import { headerMemberAttacks, tokenTypeAttacks } from './header-members.ts'
import { issuerClaimAttacks } from './issuer-claim.ts'
import { jsonTextAttacks } from './json-text.ts'
import { keyIdAttacks } from './key-id.ts'
import { keyInjectionAttacks } from './key-injection.ts'
import { keyRotationAttacks } from './key-rotation.ts'
import { keySetAnswerAttacks, sharedKeyNameAttacks } from './key-set-answers.ts'
import { loadOutageAttacks } from './load-outage.ts'
import { loginRedirectAttacks } from './login-redirects.ts'
import { methodAndPreflightAttacks } from './methods.ts'
import { pageWordAttacks } from './page-words.ts'
import { decoyPathAttacks } from './path-decoy.ts'
import { disguisedPathAttacks } from './path-disguise.ts'
import { traversalAttacks } from './path-traversal.ts'
import { patternPartAttacks } from './pattern-parts.ts'
import { providerAttacks, tenantAttacks } from './providers.ts'
import { chokingAttacks, volumeAndLogAttacks } from './resources.ts'
import { secondSpellingAttacks } from './second-spelling.ts'
import { serializationAttacks } from './serialization.ts'
import { sessionCookieAttacks } from './session-cookies.ts'
import { signInPathAttacks } from './sign-in-paths.ts'
import { signatureAttacks } from './signature.ts'
import { boundTokenAttacks, tokenPurposeAttacks } from './token-purpose.ts'
import { tokenReuseAttacks } from './token-reuse.ts'
import { weakExponentAttacks } from './weak-exponent.ts'

/** One list for each idea; a run takes from them in turn. */
const ideas: readonly (readonly Attack[])[] = [
  algorithmNoneAttacks,
  algorithmConfusionAttacks,
  algorithmChoiceAttacks,
  keyInjectionAttacks,
  issuerClaimAttacks,
  keyIdAttacks,
  headerMemberAttacks,
  serializationAttacks,
  secondSpellingAttacks,
  signatureAttacks,
  weakExponentAttacks,
  claimTypeAttacks,
  bystanderClaimAttacks,
  forwardedClaimAttacks,
  tokenPurposeAttacks,
  boundTokenAttacks,
  tokenTypeAttacks,
  providerAttacks,
  tenantAttacks,
  claimPlaceAttacks,
  claimRuleAttacks,
  scopeRightAttacks,
  dateAttacks,
  passingTimeAttacks,
  groupAttacks,
  capturedValueAttacks,
  capturedNumberAttacks,
  jsonTextAttacks,
  headerCredentialAttacks,
  cookieCredentialAttacks,
  credentialSourceAttacks,
  chunkedCookieAttacks,
  repeatedCookieAttacks,
  longCredentialAttacks,
  misplacedCredentialAttacks,
  forwardingHeaderAttacks,
  methodAndPreflightAttacks,
  traversalAttacks,
  disguisedPathAttacks,
  decoyPathAttacks,
  patternPartAttacks,
  directoryAttacks,
  loginRedirectAttacks,
  pageWordAttacks,
  tokenReuseAttacks,
  keyRotationAttacks,
  loadOutageAttacks,
  keySetAnswerAttacks,
  sharedKeyNameAttacks,
  chokingAttacks,
  volumeAndLogAttacks,
  eventShapeAttacks,
  forgedSessionAttacks,
  signInPathAttacks,
  sessionCookieAttacks,
]

export const attacks: readonly Attack[] = ideas.flat()

/**
 * Another order for each seed, in which every idea has its turn before any has its second. Each list names what is best
 * known first, and that tends to come early.
 */
export function inTurns(random: Random): Attack[] {
  const queues = shuffled(ideas, () => 1, random).map((idea) => shuffled(idea, (index) => index + 1, random))
  const order: Attack[] = []
  for (let turn = 0; order.length < attacks.length; turn++) {
    for (const queue of queues) {
      const attack = queue[turn]
      if (attack) order.push(attack)
    }
  }
  return order
}

/** Sorted by a random share of each item's rank: with equal ranks any order is as likely as any other. */
function shuffled<Item>(items: readonly Item[], rank: (index: number) => number, random: Random): Item[] {
  return items
    .map((item, index) => ({ item, place: rank(index) * random.integer(1, 1_000_000) }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item)
}
