/** What stories found, in the form of every other finding. */
import { findingOf } from '../assessment/finding-of.ts'
import type { CampaignReport } from '../engine/campaign.ts'
import { type Finding, noVerdict } from '../finding.ts'
import type { HandlerWithSignIn, SessionFinding, SessionReport } from './session-campaign.ts'
import { whoOf } from './session-who.ts'

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
      result: sight.threw ? { kind: 'threw', error: sight.story } : { kind: 'invalid', value: '', why: sight.story },
      fetches: [],
      logs: [],
      clock: start,
      realMs: 0,
    },
    after,
  })
}
