import type { Check, Result } from './result.ts'
import { commandOf, limitText, valueText } from './terminal.ts'

/**
 * JUnit XML as CI servers read it, a suite for each result: a failed check is a failure, one that could not be decided an
 * error, one that was not measured a skipped test.
 */
export function junit(results: readonly Result[]): string {
  const all = {
    checks: results.flatMap(({ checks }) => checks),
    durationMs: results.reduce((sum, { durationMs }) => sum + durationMs, 0),
  }
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts(all)}>`,
    ...results.flatMap((result) => [
      `  <testsuite name="edgeproof ${commandOf(result)}" ${counts(result)} timestamp="${result.startedAt.slice(0, 19)}">`,
      ...result.checks.map((check) => testCase(check, commandOf(result))),
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n')
}

function counts({ checks, durationMs }: Pick<Result, 'checks' | 'durationMs'>): string {
  const count = (verdict: Check['verdict']) => checks.filter((check) => check.verdict === verdict).length
  return `tests="${checks.length}" failures="${count('fail')}" errors="${count('inconclusive')}" skipped="${count('not-measured')}" time="${(durationMs / 1000).toFixed(3)}"`
}

function testCase(check: Check, command: string): string {
  const message = xml(`${valueText(check)}, limit ${limitText(check) || 'none'}`)
  const text = xml(check.detail ?? check.title)
  const outcome = {
    pass: '',
    fail: `<failure type="${check.id}" message="${message}">${text}</failure>`,
    inconclusive: `<error type="inconclusive" message="${message}">${text}</error>`,
    'not-measured': `<skipped message="${xml(check.title)}"/>`,
  }[check.verdict]
  return `    <testcase classname="edgeproof.${command}" name="${xml(check.id)}" time="0">${outcome}</testcase>`
}

/** Escapes text for element and attribute; drops what XML 1.0 cannot hold at all (2.2). */
function xml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/[&<>"']/g, (character) => entities[character] ?? '')
}
