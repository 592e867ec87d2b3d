/** Who can do what a story shows. */
import type { Rule } from '../../oracle/rules.ts'
import type { Who } from '../finding.ts'
import { takesProvider } from './provider-side.ts'
import type { Sight } from './sight.ts'
import type { Story } from './story.ts'

/** The shorter the story, the truer: a short one holds only what it takes. */
export function whoOf(sight: Pick<Sight, 'class' | 'rule' | 'step'>, story: Story): Who {
  const { rule, class: name, step } = sight
  // An answer of the provider's that is not as it should be, only its side can give.
  if (takesProvider(story)) return 'issuer'
  // Nobody does it to the visitor whose sign-in fails, or goes round, by itself.
  if ((name === 'false-denial' || rule === 'sign-in/loop') && !takesAttacker(story)) return 'nobody'
  const who = signInWho[rule] ?? 'anyone'
  // What ends or holds up the handler itself, anybody can send by hand.
  const isOfVictim = who === 'browser-page' || (who === 'anyone' && rule.startsWith('sign-in/'))
  if (!isOfVictim) return who
  const action = story.actions[step]
  // In his own browser he uses what was another's: a code, or the URL of a callback.
  if (name === 'bypass' && action !== undefined && 'browser' in action && action.browser === 'attacker')
    return 'log-reader'
  return story.actions.some((one) => one.do === 'toss') ? 'sibling-domain' : who
}

/** Another's page, a sibling domain's cookies, a changed cookie, or somebody at another browser takes part. */
function takesAttacker({ actions }: Story): boolean {
  return actions.some((action) => {
    if (['toss', 'edit', 'copy', 'request', 'embed'].includes(action.do)) return true
    if ('from' in action && (action.from === 'foreign' || action.from === 'sibling')) return true
    return 'browser' in action && action.browser === 'attacker'
  })
}

/** The least that somebody must have. Left out: it happens to any visitor. */
const signInWho: Partial<Record<Rule, Who>> = {
  // A link, an image or a frame that the victim's browser loads.
  'sign-in/navigation': 'browser-page',
  'sign-in/start': 'browser-page',
  'sign-in/seed': 'browser-page',
  'sign-in/parameters': 'browser-page',
  'sign-in/state': 'browser-page',
  'sign-in/error': 'browser-page',
  'sign-in/id-token': 'browser-page',
  'sign-in/begin': 'browser-page',
  'sign-in/return': 'browser-page',
  'sign-in/sign-out': 'browser-page',
  'sign-in/response': 'browser-page',
  'sign-in/size': 'browser-page',
  'sign-in/loop': 'browser-page',
  // With cookies of a session, his own or one that he found on this computer.
  'sign-in/limits': 'signed-in-user',
  'sign-in/signed-out': 'signed-in-user',
  'sign-in/revived': 'signed-in-user',
  'sign-in/seal': 'signed-in-user',
  // The token endpoint has to answer so.
  'sign-in/exchange': 'issuer',
  'sign-in/subject': 'issuer',
  'sign-in/refresh': 'issuer',
  'sign-in/strip': 'log-reader',
  'sign-in/log': 'log-reader',
  'leak/log': 'log-reader',
  'leak/response': 'log-reader',
  'leak/fetch': 'log-reader',
}
