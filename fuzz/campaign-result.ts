/** What a run, a replay and a set of vectors put into the result document, and the files of their findings. */

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { StageContext } from '../command/stage.ts'
import { writeWholeFile } from '../config/write-file.ts'
import { ruleReference } from '../oracle/rules.ts'
import { type Check, check, type Result } from '../result/result.ts'
import { attacks } from './attacks/attacks.ts'
import { handlerArguments } from './chosen-handler.ts'
import { writeFindings } from './corpus.ts'
import type { CampaignReport } from './engine/campaign.ts'
import type { Finding } from './finding.ts'
import { findingsMarkdown } from './findings-markdown.ts'
import type { HandlerOptions } from './fuzz-options.ts'
import type { Target } from './sandbox/handler-under-test.ts'
import { isRecorded } from './shipped/recorded-differences.ts'

interface Attacked {
  context: StageContext
  target: Target
  options: HandlerOptions
}

/** Writes the findings to `<out>/fuzz-findings/`: their cases, and a page on all of them. */
export function campaignResult(
  report: CampaignReport,
  { context, target, options }: Attacked,
): { checks: Check[]; data: NonNullable<Result['data']> } {
  const differences = report.found.filter((finding) => isRecorded(target.name, finding))
  const others = report.found.filter((finding) => !isRecorded(target.name, finding))
  const found = writeFindings(context.out, others, handlerArguments(options, context))
  if (found.length > 0) writeWholeFile(findingsPage(context), findingsMarkdown(target.name, found))
  for (const finding of found) context.progress.log(line(finding))
  return {
    checks: checksOf({ ...report, found }, differences),
    data: JSON.parse(JSON.stringify({ ...dataOf({ ...report, found }, differences), blame: blamed(options, target) })),
  }
}

/** For a run of its own: an earlier run's page would be read as this one's. Its cases stay, to be replayed. */
export function forgetFindingsPage(context: StageContext): void {
  rmSync(findingsPage(context), { force: true })
}

function findingsPage({ out }: StageContext): string {
  return join(out, 'fuzz-findings', 'findings.md')
}

/** The file that a finding is about, for reports that show it beside the code. */
function blamed({ handler, target }: HandlerOptions, { handler: described }: Target): string[] {
  if (handler !== undefined || described !== undefined) return [handler ?? described?.file ?? '']
  if (target === undefined || target === 'ours') return ['authorizer/index.ts']
  return [target === 'naive' ? 'handlers/naive.ts' : `handlers/peers/${target}.ts`]
}

function line({ severity, class: name, rule, cwe, story, case: { name: attack }, replay }: Finding): string {
  return `${severity} ${name} (${rule}, ${cwe}): ${story}\n    shown by ${attack.slice(0, 100)}; the rule: ${ruleReference(rule)}\n    ${replay}`
}

function checksOf(report: CampaignReport, differences: readonly Finding[]): Check[] {
  const { cases, requests, seconds, cpuSeconds, found, unconfirmed, noted, fetches } = report
  const plain = { limit: null, direction: 'none' } as const
  return [
    check({ id: 'fuzz.findings', title: 'findings', value: found.length, unit: 'count', limit: 0, direction: 'lower' }),
    ...found.map((finding) =>
      check({
        id: `fuzz.finding.${finding.class}.${finding.rule.replaceAll('/', '.')}`,
        title: `${finding.severity} ${finding.class}: ${finding.story}`.slice(0, 160),
        value: 1,
        unit: 'count',
        limit: 0,
        direction: 'lower',
        weakness: { severity: finding.severity, cwe: finding.cwe },
        detail: `${finding.cwe}; ${ruleReference(finding.rule)}; ${finding.verdict.reason}; after ${finding.after.seconds.toFixed(2)} s and ${finding.after.cases} cases; ${finding.replay}`,
      }),
    ),
    check({
      id: 'fuzz.first',
      title: 'until the first finding was confirmed',
      value: report.first === null ? 'none' : Math.round(report.first.seconds * 1000) / 1000,
      unit: report.first === null ? '' : 's',
      ...plain,
    }),
    check({ id: 'fuzz.cases', title: 'cases', value: cases, unit: 'count', ...plain }),
    ...attackListChecks(report.attacks),
    check({ id: 'fuzz.requests', title: 'requests in them', value: requests, unit: 'count', ...plain }),
    check({
      id: 'fuzz.rate',
      title: 'requests per second',
      value: requests / Math.max(seconds, 0.001),
      unit: '/s',
      ...plain,
    }),
    check({
      id: 'fuzz.rate.core',
      title: 'requests per second of CPU time, oracle and target together',
      value: requests / Math.max(cpuSeconds, 0.001),
      unit: '/s',
      ...plain,
    }),
    check({ id: 'fuzz.fetches', title: 'fetches by the handler', value: fetches, unit: 'count', ...plain }),
    check({
      id: 'fuzz.notes',
      title: 'notes (lax or different, no findings)',
      value: noted.length,
      unit: 'count',
      ...plain,
    }),
    check({
      id: 'fuzz.differences',
      title: 'differences that are recorded of this peer',
      value: differences.length,
      unit: 'count',
      ...plain,
    }),
    check({
      id: 'fuzz.unconfirmed',
      title: 'observations that no fresh sandbox showed again',
      value: unconfirmed.length,
      unit: 'count',
      ...plain,
    }),
  ]
}

/** None for a replay. */
function attackListChecks(tried: number): Check[] {
  if (tried === 0) return []
  const advice = tried < attacks.length ? ': a longer run tries the others' : ''
  const title = `attacks that had their turn, of ${attacks.length} in the list${advice}`
  return [check({ id: 'fuzz.attacks', title, value: tried, unit: 'count', limit: null, direction: 'none' })]
}

function dataOf({ found, noted, unconfirmed, first }: CampaignReport, differences: readonly Finding[]) {
  return { findings: found, differences, notes: noted, unconfirmed, first }
}
