import { limitText, valueText } from '../command/terminal.ts'
import type { Check, Result } from '../result/result.ts'
import { commandOf } from '../result/result.ts'
import type { Report } from './report.ts'

/**
 * JUnit XML as CI servers read it, a suite for each result: a failed check is a failure, one that could not be decided an
 * error, one that was not measured a skipped test. A missing stage is a suite of one skipped test.
 */
export function junit({ results, missing }: Pick<Report, 'results' | 'missing'>): string {
  const verdicts = [
    ...results.flatMap(({ checks }) => checks.map(({ verdict }) => verdict)),
    ...missing.map(() => 'not-measured' as const),
  ]
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts(verdicts)} ${time(results.reduce((sum, { durationMs }) => sum + durationMs, 0))}>`,
    ...results.flatMap((result) => [
      `  <testsuite name="edgeproof ${commandOf(result)}" ${counts(result.checks.map(({ verdict }) => verdict))} ${time(result.durationMs)} timestamp="${result.startedAt.slice(0, 19)}">`,
      ...result.checks.map((check) => testCase(check, commandOf(result))),
      '  </testsuite>',
    ]),
    ...missing.flatMap(({ command, reason }) => [
      `  <testsuite name="edgeproof ${command}" ${counts(['not-measured'])} ${time(0)}>`,
      `    <testcase classname="edgeproof.${command}" name="${command}" time="0"><skipped message="${xml(reason)}"/></testcase>`,
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n')
}

function counts(verdicts: readonly Check['verdict'][]): string {
  const count = (wanted: Check['verdict']) => verdicts.filter((verdict) => verdict === wanted).length
  return `tests="${verdicts.length}" failures="${count('fail')}" errors="${count('inconclusive')}" skipped="${count('not-measured')}"`
}

function time(durationMs: Result['durationMs']): string {
  return `time="${(durationMs / 1000).toFixed(3)}"`
}

function testCase(check: Check, command: string): string {
  const message = xml(`${valueText(check)}, limit ${limitText(check) || 'none'}`)
  const text = xml([check.detail ?? check.title, ...weaknessLines(check)].join('\n'))
  const outcome = {
    pass: '',
    fail: `<failure type="${check.id}" message="${message}">${text}</failure>`,
    inconclusive: `<error type="inconclusive" message="${message}">${text}</error>`,
    'not-measured': `<skipped message="${xml(check.title)}"/>`,
  }[check.verdict]
  return `    <testcase classname="edgeproof.${command}" name="${xml(check.id)}" time="0">${outcome}</testcase>`
}

/** How grave a weakness is, who can do it, and what to do. */
function weaknessLines({ weakness }: Check): string[] {
  if (!weakness) return []
  const { who, cvss, severity, cwe, help } = weakness
  return [
    [severity, cwe, ...(cvss ? [cvss.vector, cvss.score.toFixed(1)] : []), ...(who === undefined ? [] : [who])].join(
      ', ',
    ),
    ...(help === undefined ? [] : [help]),
  ]
}

/** Escapes text for element and attribute; drops what XML 1.0 cannot hold at all (2.2). */
function xml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/[&<>"']/g, (character) => entities[character] ?? '')
}
