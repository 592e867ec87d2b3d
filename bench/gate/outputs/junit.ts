import type { Check, Result } from '../../../reports/result.ts'
import { limitText, valueText } from '../../../reports/terminal.ts'

/**
 * JUnit XML as CI servers read it: a failed check is a failure, one that could not be decided an error, one that was not
 * measured a skipped test.
 */
export function junit(result: Result): string {
  const { checks } = result
  const count = (verdict: Check['verdict']) => checks.filter((check) => check.verdict === verdict).length
  const counts = `tests="${checks.length}" failures="${count('fail')}" errors="${count('inconclusive')}" skipped="${count('not-measured')}"`
  const time = (result.durationMs / 1000).toFixed(3)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts} time="${time}">`,
    `  <testsuite name="edgeproof gate" ${counts} time="${time}" timestamp="${result.startedAt.slice(0, 19)}">`,
    ...checks.map(testCase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function testCase(check: Check): string {
  const message = xml(`${valueText(check)}, limit ${limitText(check) || 'none'}`)
  const text = xml(check.detail ?? check.title)
  const outcome = {
    pass: '',
    fail: `<failure type="${check.id}" message="${message}">${text}</failure>`,
    inconclusive: `<error type="inconclusive" message="${message}">${text}</error>`,
    'not-measured': `<skipped message="${xml(check.title)}"/>`,
  }[check.verdict]
  return `    <testcase classname="edgeproof.gate" name="${xml(check.id)}" time="0">${outcome}</testcase>`
}

/** Escapes text for element and attribute; drops what XML 1.0 cannot hold at all (2.2). */
function xml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/[&<>"']/g, (character) => entities[character] ?? '')
}
