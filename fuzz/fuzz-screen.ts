/** What a run of the fuzzer, or a replay, says at its end: the findings that matter, on a screen of 80 columns. */
import { colour, entry } from '../command/screen-lines.ts'
import { valueText } from '../command/terminal.ts'
import { ruleReference } from '../oracle/rules.ts'
import type { Check, Result } from '../result/result.ts'
import { whoTitles } from './assessment/who-titles.ts'
import type { GroupedFinding } from './finding.ts'
import { sentencesOf } from './sessions/sentences.ts'

/** The others are one line each. */
const shownWhole = 3
/** A longer request is read in the page. */
const curlColumns = 400

interface FuzzData {
  findings: GroupedFinding[]
  hardening: GroupedFinding[]
}

/** `page`: the file that has every finding. */
export function fuzzScreen(result: Result, page: string): string {
  const { findings = [], hardening = [] } = (result.data ?? {}) as unknown as Partial<FuzzData>
  const failing = new Set(result.checks.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id))
  const isFailing = ({ id }: GroupedFinding) => failing.has(`fuzz.finding.${id.replaceAll('/', '.')}`)
  const listed = [...findings, ...hardening.filter(isFailing)]
  const undecided = result.checks.filter(({ verdict }) => verdict === 'inconclusive' || verdict === 'not-measured')
  return [
    colour(result.verdict, headline(result, listed.filter(isFailing).length, listed.length)),
    ...listed.slice(0, shownWhole).flatMap((finding) => ['', ...findingLines(finding, isFailing(finding))]),
    ...(listed.length > shownWhole ? [''] : []),
    ...listed.slice(shownWhole).flatMap((finding) => entry(finding.severity, `${titleOf(finding)}: ${finding.story}`)),
    '',
    ...undecided.flatMap(({ verdict, title, detail }) => entry('open', detail ?? title, verdict)),
    ...entry('tried', effort(result.checks)),
    ...suppressed(result.checks),
    ...hardeningLines(hardening.length, hardening.some(isFailing)),
    ...(findings.length + hardening.length > 0 ? entry('read', page) : []),
  ].join('\n')
}

function headline({ verdict }: Result, failing: number, all: number): string {
  if (all === 0) return verdict === 'inconclusive' ? 'no finding so far' : 'no finding'
  const others = all - failing
  if (failing === 0) return `${count(all, 'finding')} below what fails`
  return `${count(failing, 'finding')}${others === 0 ? '' : `, and ${others} below what fails`}`
}

function titleOf({ class: name, who, cvss, variants }: GroupedFinding): string {
  const more = variants.length === 0 ? '' : `, ${count(variants.length, 'variant')}`
  return `${name}, by ${whoTitles[who]} (CVSS ${cvss.score.toFixed(1)})${more}`
}

function findingLines(finding: GroupedFinding, isFailing: boolean): string[] {
  const { severity, cwe, rule, attack, story, mend, curl, replay, case: shown } = finding
  return [
    ...entry(severity, titleOf(finding), isFailing ? 'fail' : undefined),
    ...entry('', attack),
    ...entry('seen', story),
    ...(shown.story ? sentencesOf(shown.story).flatMap((sentence) => entry('', `- ${sentence}`)) : []),
    ...(curl === '' || curl.length > curlColumns ? [] : [`${'request'.padEnd(9)}${curl}`]),
    ...entry('rule', `${ruleReference(rule)}, ${cwe}`),
    ...entry('mend', mend),
    `${'again'.padEnd(9)}${replay}`,
  ]
}

function effort(checks: readonly Check[]): string {
  const text = (id: string, unit: string) => {
    const check = checks.find((one) => one.id === id)
    return check && check.value !== null ? [`${valueText(check)} ${unit}`] : []
  }
  const attacks = checks.find(({ id }) => id === 'fuzz.attacks')
  return [
    ...text('fuzz.requests', 'requests'),
    ...text('fuzz.stories', 'stories of sign-in'),
    ...(attacks ? [`${valueText(attacks)} ${attacks.title}`] : []),
  ].join('; ')
}

function suppressed(checks: readonly Check[]): string[] {
  const found = checks.find(({ id }) => id === 'fuzz.suppressed')
  return found ? entry('not told', `${valueText(found)} suppressed${found.detail ? `; ${found.detail}` : ''}`) : []
}

function hardeningLines(number: number, isListed: boolean): string[] {
  if (number === 0 || isListed) return []
  const what = "more that only the issuer's side could do, or nobody gains by: hardening, which fails with --strict"
  return entry('beside', `${number} ${what}`)
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`
}
