/** Findings by root cause: what one mistake breaks is one finding with variants. */
import { type Finding, type FindingClass, type GroupedFinding, isHardening, type Severity } from '../finding.ts'
import { curlOf } from './curl.ts'
import type { FindingText } from './finding-text.ts'
import { falseDenialText, findingTexts } from './finding-texts.ts'
import { bypassTexts } from './sign-in-texts.ts'

/** Worst first, and hardening after everything else. */
export function grouped(findings: readonly Finding[]): GroupedFinding[] {
  const groups = Map.groupBy(findings, rootOf)
  return [...groups.values()].map(groupOf).toSorted(worseFirst)
}

/** Classes of which each cause is a mistake of its own. */
const separate: ReadonlySet<FindingClass> = new Set(['crash', 'invalid-result', 'unsafe-denial', 'exhaustion'])

function rootOf({ class: name, rule, cause }: Finding): string {
  return [name, findingTexts[rule].root ?? rule, ...(separate.has(name) ? [cause] : [])].join(' ')
}

function groupOf(members: readonly Finding[]): GroupedFinding {
  const [worst, ...variants] = members.toSorted(worseFirst)
  if (worst === undefined) throw new Error('a group has a member')
  const { attack, mend } = textOf(worst)
  const step = worst.case.steps[worst.step]
  const curl = step?.kind === 'request' ? curlOf(step.event) : ''
  return { ...worst, attack, mend, curl, variants }
}

function textOf({ class: name, rule, who, case: { story } }: Finding): Pick<FindingText, 'attack' | 'mend'> {
  if (name === 'false-denial') return falseDenialText
  return (name === 'bypass' && story !== undefined && bypassTexts[who]) || findingTexts[rule]
}

function worseFirst(one: Finding, other: Finding): number {
  return (
    Number(isHardening(one)) - Number(isHardening(other)) ||
    other.cvss.score - one.cvss.score ||
    sizeOf(one) - sizeOf(other)
  )
}

/** A request says more at a glance than a story. */
function sizeOf({ case: { steps, story } }: Finding): number {
  return story === undefined ? steps.length : 1000 + story.actions.length
}

const severities: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'none']

/** Whether it fails a run. */
export function fails(finding: Finding, { strict, failOn }: { strict: boolean; failOn: Severity }): boolean {
  return strict || (!isHardening(finding) && severities.indexOf(finding.severity) <= severities.indexOf(failOn))
}
