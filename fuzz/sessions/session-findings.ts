/** What stories found, in the form of every other finding. */
import type { Rule } from '../../oracle/rules.ts'
import { findingOf } from '../assessment/finding-of.ts'
import type { CampaignReport } from '../engine/campaign.ts'
import { type Finding, noVerdict, type Who } from '../finding.ts'
import { takesProvider } from './provider-side.ts'
import type { HandlerWithSignIn, SessionFinding, SessionReport } from './session-campaign.ts'
import type { Sight } from './sight.ts'
import type { Story } from './story.ts'

export function campaignOfSessions(report: SessionReport, tested: HandlerWithSignIn): CampaignReport {
  const findings = report.found.map((one) => found(one, tested))
  return {
    cases: report.stories,
    stories: report.stories,
    requests: report.requests,
    seconds: report.seconds,
    cpuSeconds: report.cpuSeconds,
    findings: findings.length,
    notes: report.notes.length,
    fetches: 0,
    attacks: 0,
    found: findings,
    noted: report.notes,
    unconfirmed: report.unconfirmed.map(({ sight: { rule, story } }) => ({ rule, story, count: 1 })),
    first: findings[0]?.after ?? null,
  }
}

function found({ sight, story, start, after }: SessionFinding, { policy }: HandlerWithSignIn): Finding {
  return findingOf({
    class: sight.class,
    rule: sight.rule,
    who: whoOf(sight, story),
    cause: '',
    story: sight.story,
    case: { name: story.name, class: 'sign-in', policy, start, serve: {}, steps: [], story },
    step: sight.step,
    verdict: noVerdict,
    // A story has many answers; the finding's sentence says which one is wrong.
    answer: {
      result: isThrown(sight)
        ? { kind: 'threw', error: sight.story }
        : { kind: 'invalid', value: '', why: sight.story },
      fetches: [],
      logs: [],
      clock: start,
      realMs: 0,
    },
    after,
  })
}

/** Which costs whoever sent it his answer, and nobody else anything. */
function isThrown({ class: name, story }: Sight): boolean {
  return name === 'crash' && story.includes(': the handler threw ')
}

/** A short story holds only what it takes: an answer of the provider's that is not as it should be, only its side can give. */
function whoOf({ rule, class: name }: Sight, story: Story): Who {
  if (takesProvider(story)) return 'issuer'
  // Nobody does it to the visitor whose sign-in fails, or goes round, by itself.
  if ((name === 'false-denial' || rule === 'sign-in/loop') && !takesAttacker(story)) return 'nobody'
  return signInWho[rule] ?? 'anyone'
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
