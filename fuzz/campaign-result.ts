/** What a run, a replay and a set of vectors put into the result document, and the files of their findings. */

import { rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { StageContext } from '../command/stage.ts'
import { writeWholeFile } from '../config/write-file.ts'
import { ruleReference } from '../oracle/rules.ts'
import { type Check, check, type Result } from '../result/result.ts'
import { fails, grouped } from './assessment/grouping.ts'
import { whoTitles } from './assessment/who-titles.ts'
import { attacks } from './attacks/attacks.ts'
import { handlerArguments } from './chosen-handler.ts'
import { writeFindings } from './corpus.ts'
import type { CampaignReport } from './engine/campaign.ts'
import { type Finding, type GroupedFinding, isHardening } from './finding.ts'
import { findingsMarkdown } from './findings-markdown.ts'
import type { FailureOptions, HandlerOptions } from './fuzz-options.ts'
import type { HandlerUnderTest } from './sandbox/handler-under-test.ts'
import { isRecorded } from './shipped/recorded-differences.ts'
import { readSuppressions, suppress } from './suppressions.ts'

interface Attacked {
  context: StageContext
  tested: HandlerUnderTest
  options: HandlerOptions & FailureOptions
  /** Where cases and the page are written. */
  directory: string
  /** What the run was asked for: cases or seconds. Left out for what cannot be half done. */
  asked?: { cases?: number | undefined; seconds?: number | undefined }
}

/** Writes the findings to `directory`: their cases, and a page on all of them. */
export function campaignResult(
  report: CampaignReport,
  { context, tested, options, directory, asked }: Attacked,
): { checks: Check[]; data: NonNullable<Result['data']> } {
  const { fuzz = {} } = context.config
  const limits = {
    strict: options.strict ?? fuzz.strict ?? tested.whose === 'ours',
    failOn: options.failOn ?? fuzz.failOn ?? 'medium',
  }
  const differences = report.found.filter((finding) => isRecorded(tested.name, finding))
  const others = report.found.filter((finding) => !isRecorded(tested.name, finding))
  const today = new Date().toISOString().slice(0, 10)
  const named = options.suppressions === undefined ? [] : readSuppressions(options.suppressions)
  const { findings, suppressed, remarks } = suppress(others, [...(fuzz.suppressions ?? []), ...named], today)
  const found = grouped(writeFindings(directory, findings, handlerArguments(options, context)))
  if (found.length > 0) {
    const semantics = relative(directory, fileURLToPath(new URL('../oracle/SEMANTICS.md', import.meta.url)))
    writeWholeFile(pageIn(directory), findingsMarkdown(tested.name, found, semantics))
  }
  return {
    checks: [
      ...verdictChecks(found, limits),
      ...suppressionChecks(suppressed.length, remarks),
      ...interruptionChecks(report, context, asked),
      ...effortChecks(report, differences),
    ],
    data: JSON.parse(
      JSON.stringify({
        findings: found.filter((one) => !isHardening(one)),
        hardening: found.filter(isHardening),
        suppressed,
        differences,
        notes: report.noted,
        unconfirmed: report.unconfirmed,
        first: report.first,
        blame: blamed(options, tested),
      }),
    ),
  }
}

/** For a run of its own: an earlier run's page would be read as this one's. Its cases stay, to be replayed. */
export function forgetFindingsPage(directory: string): void {
  rmSync(pageIn(directory), { force: true })
}

function pageIn(directory: string): string {
  return join(directory, 'findings.md')
}

/** The file that a finding is about, for reports that show it beside the code. */
function blamed({ handler, target }: HandlerOptions, { handler: described }: HandlerUnderTest): string[] {
  if (handler !== undefined || described !== undefined) return [handler ?? described?.file ?? '']
  if (target === undefined || target === 'ours') return ['authorizer/index.ts']
  return [target === 'naive' ? 'handlers/naive.ts' : `handlers/peers/${target}.ts`]
}

type Limits = Parameters<typeof fails>[1]

const plain = { limit: null, direction: 'none' } as const

/** How many findings fail, a check for each, and how many do not. */
function verdictChecks(found: readonly GroupedFinding[], limits: Limits): Check[] {
  const failing = found.filter((finding) => fails(finding, limits))
  const hardening = found.filter(isHardening)
  const { strict, failOn } = limits
  return [
    check({
      id: 'fuzz.findings',
      title: strict ? 'findings, hardening included' : failOn === 'none' ? 'findings' : `findings, ${failOn} or worse`,
      value: failing.length,
      unit: 'count',
      limit: 0,
      direction: 'lower',
    }),
    ...found
      .filter((finding) => failing.includes(finding) || !isHardening(finding))
      .map((finding) => findingCheck(finding, failing.includes(finding))),
    check({
      id: 'fuzz.hardening',
      title: strict ? 'hardening among them' : "hardening: what only the issuer's side could do, or nobody gains by",
      value: hardening.length,
      unit: 'count',
      ...plain,
    }),
  ]
}

function findingCheck(finding: GroupedFinding, isFailing: boolean): Check {
  const {
    id,
    severity,
    class: name,
    who,
    cwe,
    cvss,
    rule,
    story,
    attack,
    mend,
    verdict,
    after,
    replay,
    variants,
  } = finding
  const more = variants.length === 0 ? '' : `; and ${variants.map((variant) => variant.id).join(', ')}`
  return check({
    id: `fuzz.finding.${id.replaceAll('/', '.')}`,
    title: `${severity} ${name}, by ${whoTitles[who]}: ${story}`.slice(0, 160),
    value: 1,
    unit: 'count',
    ...(isFailing ? ({ limit: 0, direction: 'lower' } as const) : plain),
    weakness: { severity, cwe, who, cvss, help: `${attack} ${mend}` },
    detail: `${cwe}; ${ruleReference(rule)}; ${verdict.reason}; after ${after.seconds.toFixed(2)} s and ${after.cases} cases; ${replay}${more}`,
  })
}

function suppressionChecks(count: number, remarks: readonly string[]): Check[] {
  if (count === 0 && remarks.length === 0) return []
  const detail = remarks.length === 0 ? {} : { detail: remarks.join('; ') }
  return [
    check({
      id: 'fuzz.suppressed',
      title: 'findings that are suppressed',
      value: count,
      unit: 'count',
      ...plain,
      ...detail,
    }),
  ]
}

/** A run that was stopped says nothing of what it had still to try. */
function interruptionChecks(
  { cases, seconds }: CampaignReport,
  { signal }: StageContext,
  { cases: wanted, seconds: limit }: NonNullable<Attacked['asked']> = {},
): Check[] {
  if (!signal.aborted) return []
  const asked = [
    ...(wanted === undefined ? [] : [`${cases} of ${wanted} cases`]),
    ...(limit === undefined ? [] : [`${Math.round(seconds)} of ${limit} s`]),
  ]
  const value = asked.join(', ') || `${cases} cases`
  const fields = { id: 'fuzz.interrupted', title: 'how far the run got before it was interrupted', value, unit: '' }
  return [
    {
      ...fields,
      ...plain,
      verdict: 'inconclusive',
      detail: `interrupted after ${value}; run it again, a long one with --resume`,
    },
  ]
}

function effortChecks(report: CampaignReport, differences: readonly Finding[]): Check[] {
  const { cases, requests, seconds, cpuSeconds, unconfirmed, noted, fetches } = report
  return [
    check({
      id: 'fuzz.first',
      title: 'until the first finding was confirmed',
      value: report.first === null ? 'none' : Math.round(report.first.seconds * 1000) / 1000,
      unit: report.first === null ? '' : 's',
      ...plain,
    }),
    check({ id: 'fuzz.cases', title: 'cases', value: cases, unit: 'count', ...plain }),
    ...attackListChecks(report.attacks),
    ...(report.stories === undefined
      ? []
      : [check({ id: 'fuzz.stories', title: 'stories of sign-in', value: report.stories, unit: 'count', ...plain })]),
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
      title: 'requests per second of CPU time, oracle and handler together',
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
