import { decodeFromCompressedBase64 } from 'hdr-histogram-js'
import { expect, test } from 'vitest'
import { typedCommand } from '../../command/typed-command.ts'
import { type Check, check, commandOf, type Result } from '../../result/result.ts'
import { exampleReport, exampleResult } from '../example-report.ts'
import { readReport } from '../read-report.ts'
import type { Report } from '../report.ts'
import { exampleResults } from './example-results.ts'
import { reportPage } from './report-page.ts'
import { sections } from './sections.ts'

const measured: Report = { ...readReport(exampleResults), trends: exampleReport().trends }
const of = (results: Result[]): Report => ({ results, missing: [], trends: [] })
const title = (text: string) =>
  check({ id: 'fuzz.findings', title: text, value: 0, unit: 'count', limit: 0, direction: 'lower' })

test('what a result says is text in the page, never markup', () => {
  const page = reportPage(of([exampleResult('fuzz', [title('<script>alert(1)</script>')])]))
  expect(page).not.toContain('<script>alert')
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
})

test('what a run of attacks says nothing of stands before what it found', () => {
  const untested = 'good requests passed, of 2; /a/* was not tested: no good request passed there (0 of 1)'
  const fit = check({ id: 'fuzz.fit', title: untested, value: 1, unit: 'count', limit: null, direction: 'none' })
  const page = reportPage(of([exampleResult('fuzz', [title('findings'), fit])]))
  expect(page).toMatch(/\/a\/\* was not tested: no good request passed there \(0 of 1\)\. .{0,200}findings in/s)
})

test('a stage without a result is not measured, says why and how to measure it, and so is the whole', () => {
  const page = reportPage({
    ...of([exampleResult('fuzz', [title('findings')])]),
    missing: [{ command: 'load', reason: 'load.json: cut off' }],
  })
  expect(page).toContain('<title>Attacks: not measured</title>')
  const load = page.slice(page.indexOf('<details class="empty"'))
  expect(load.slice(0, load.indexOf('</details>'))).toMatch(
    /<summary>Not measured: .*Load.*load\.json: cut off.*edgeproof load --scenario steady/s,
  )
})

test('a failed check stands before the sections, the worst first', () => {
  const limit = { unit: 'B', limit: 1, direction: 'lower' } as const
  const page = reportPage(
    of([
      exampleResult('build', [check({ id: 'build.code', title: 'never weighed', value: null, ...limit })]),
      exampleResult('size', [
        check({ id: 'size.raw', title: 'too large', value: 2, ...limit }),
        check({ id: 'size.everything', title: 'of no limit', value: 2, unit: 'B', limit: null, direction: 'none' }),
      ]),
    ]),
  )
  expect(page).toContain('of 2 checks that have a limit')
  expect(page.indexOf('too large')).toBeLessThan(page.indexOf('never weighed'))
  expect(page.indexOf('never weighed')).toBeLessThan(page.indexOf('<section id="size"'))
})

test('a stage that only says that all is well opens in its line; a failed one, and a page of few, are shown whole', () => {
  const whole = ['fuzz', 'bench', 'load', 'plan'].map((command) => exampleResult(command, [title('held')]))
  const gate = (value: number) =>
    exampleResult('gate', [{ ...title('slower'), value, verdict: value > 0 ? 'fail' : 'pass' }])
  const folded = /<li id="gate"><details class="fold">.*slower.*<\/details><\/li>/s
  expect(reportPage(of([...whole, gate(0)]))).toMatch(folded)
  for (const page of [reportPage(of([...whole, gate(1)])), reportPage(of([gate(0)]))]) {
    expect(page).not.toMatch(folded)
    expect(page).toMatch(/<section id="gate".*slower/s)
  }
})

test('what is open of one stage stands under one command, which is said once', () => {
  const command = typedCommand('bench')
  const open = (text: string, detail: string) => ({
    ...title(text),
    value: null,
    verdict: 'not-measured' as const,
    detail,
  })
  const list = (...checks: Check[]) => {
    const page = reportPage(of([exampleResult('bench', checks)]))
    return page.slice(page.indexOf('<ol class="open">'), page.indexOf('</ol>'))
  }
  expect(list(open('one', 'too busy'), open('two', 'too short')).split(command)).toHaveLength(2)
  expect(list(open('one', `decided by ${command}`)).split(command)).toHaveLength(2)
})

test('a finding stands there once, the worst first, with how it is mended, its command and its request', () => {
  const finding = (severity: string, story: string) => ({
    ...{ severity, story, class: 'bypass', cwe: 'CWE-863', rule: 'paths/no-right', who: 'signed-in-user' },
    ...{ attack: 'Somebody asks.', mend: 'Compare whole segments.', replay: `again ${story}`, curl: `curl ${story}` },
  })
  const data = { findings: [finding('medium', 'second'), finding('critical', 'first')], notes: [] }
  const failed = { ...title('first'), id: 'fuzz.finding.first', value: 1, verdict: 'fail' as const }
  const inputs = { target: 'a.mjs', handler: 'src/a.mjs', config: 'policy.json' }
  const page = reportPage(of([exampleResult('fuzz', [failed], { data, inputs })]))
  const list = page.slice(page.indexOf('<ol class="findings">'))
  expect(list).toMatch(/critical.*bypass \(signed-in user\): first.*Compare.*again first.*curl first.*medium/s)
  expect(page).not.toContain('<ol class="open">')
  expect(page).toContain('fuzz --handler src/a.mjs --policy policy.json')
})

test('data of another shape costs a section its charts, never the page', () => {
  for (const data of [null, 1, [], {}, { cases: 1 }, { measured: { counts: {} } }]) {
    const page = reportPage(of(sections.map(({ document }) => exampleResult(document, [title('kept')], { data }))))
    expect(page.match(/kept/g)).toHaveLength(sections.length)
  }
})

test('the page is one small file that asks for nothing from anywhere', () => {
  const page = reportPage(measured)
  expect(page).not.toMatch(/(?:src|href)="(?!#)|@import|url\((?!#)/)
  expect(Buffer.byteLength(page)).toBeLessThan(1_000_000)
})

test('every number on the page is that of the result documents, to the digits shown', () => {
  const page = reportPage(measured)
  const documents = new Map(measured.results.map((result) => [commandOf(result), result]))
  const shown = [...page.matchAll(/<data class="quantity" value="([^"]*)" data-at="([^"]*)"[^>]*>([^<]*)<\/data>/g)]
  expect(shown.length).toBeGreaterThan(500)
  const unlike = shown.flatMap(([, exact = '', at = '', text = '']) => {
    const [document = '', pointer = ''] = unescaped(at).split('#')
    const value = valueAt(documents.get(document), pointer)
    const same = String(value) === unescaped(exact) && (typeof value === 'string' || reads(text, Number(value)))
    return same ? [] : [{ at, exact, text, value }]
  })
  expect(unlike).toEqual([])
  // Every check that was measured is there, and those with an interval with their ends.
  const pointers = new Set(shown.map(([, , at]) => at))
  for (const [name, { checks }] of documents) {
    for (const [index, { value }] of checks.entries()) {
      if (value !== null) expect(pointers).toContain(`${name}#/checks/${index}/value`)
    }
  }
})

/** The value that a JSON pointer (RFC 6901) leads to; `?p=99` reads a percentile in milliseconds from the histogram there. */
function valueAt(document: unknown, pointer: string): unknown {
  const [path = '', percentile] = pointer.split('?p=')
  const value = path
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((inner, name) => (inner as Record<string, unknown>)[name], document)
  if (percentile === undefined) return value
  return decodeFromCompressedBase64(String(value)).getValueAtPercentile(Number(percentile)) / 1000
}

/** Whether a text such as `1,234.5 ms` is the value, rounded to the digits that the text has. */
function reads(text: string, value: number): boolean {
  const number = /^-?[\d,]+(?:\.(\d+))?/.exec(text.replace('$', ''))
  if (!number) return false
  const unit = text.endsWith('million') ? 1e6 : 1
  // Two or three digits that count: "5,300 %".
  const zeros = /^\d[\d,]*?((?:,?0)+)(?![\d.])/.exec(text)?.[1]?.replaceAll(',', '').length ?? 0
  const digits = number[1] === undefined && text.includes('%') ? -zeros : (number[1]?.length ?? 0)
  const half = 0.5 * unit * 10 ** -digits
  return Math.abs(unit * Number(number[0].replaceAll(',', '')) - value) <= half * 1.000001
}

function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (entity) => entities[entity] ?? entity)
}
const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" }
