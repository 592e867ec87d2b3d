import { expect, test } from 'vitest'
import { environment } from '../../result/environment.ts'
import { type Check, check, type Result } from '../../result/result.ts'
import { exampleResult } from '../example-report.ts'
import { compare } from './compare.ts'
import { comparisonMarkdown } from './comparison-text.ts'

const here = environment()

function figure(fields: Partial<Check>): Check {
  const plain = { id: 'x', title: 'x', value: 1, unit: 'ms', limit: 9, direction: 'lower' } as const
  return { ...check(plain), ...fields }
}

function outcomeOf(a: Check[], b: Check[], fields: Partial<Result> = {}) {
  return compare(
    { name: 'a', results: [exampleResult('load', a)] },
    { name: 'b', results: [exampleResult('load', b, fields)] },
  )
}

const interval = (low: number, high: number) => ({ low, high, level: 0.95 })

const cases: [what: string, a: Partial<Check>, b: Partial<Check>, outcome: string][] = [
  ['intervals apart, lower is better', { interval: interval(1, 2) }, { value: 4, interval: interval(3, 5) }, 'worse'],
  ['apart the other way', { value: 4, interval: interval(3, 5) }, { interval: interval(1, 2) }, 'better'],
  ['overlapping intervals', { interval: interval(1, 3) }, { value: 3, interval: interval(2, 4) }, 'within-noise'],
  ['a time without an interval', { value: 1 }, { value: 2 }, 'uncertain'],
  ['bytes', { value: 10, unit: 'B' }, { value: 11, unit: 'B' }, 'worse'],
  ['the same bytes', { value: 10, unit: 'B' }, { value: 10, unit: 'B' }, 'same'],
  ['texts', { value: 'some', unit: '' }, { value: 'none', unit: '' }, 'different'],
  ['another unit', { unit: 'ms' }, { unit: 's' }, 'not-comparable'],
  ['nothing measured', { value: 1 }, { value: null, verdict: 'not-measured' }, 'not-measured'],
]
test.each(cases)('%s', (_, a, b, outcome) => {
  expect(outcomeOf([figure(a)], [figure(b)]).checks).toMatchObject([{ outcome }])
})

test('a check that only one run has is said to be so', () => {
  const { checks } = outcomeOf([figure({ id: 'old' })], [figure({ id: 'new' })])
  expect(checks.map(({ id, outcome, change }) => [id, outcome, change])).toEqual([
    ['old', 'only-in-a', null],
    ['new', 'only-in-b', null],
  ])
})

test('another machine or other inputs are not compared, and the text says which', () => {
  const bytes = figure({ value: 5, unit: 'B' })
  const machine = outcomeOf([bytes], [bytes], { environment: { ...here, cores: here.cores + 2 } })
  expect(machine.checks).toMatchObject([{ outcome: 'not-comparable', change: null }])
  const inputs = outcomeOf([bytes], [bytes], { inputs: { rate: 1000, seed: 7, config: 'other.ts' } })
  expect(inputs.conditions).toEqual(['load: rate not given, then 1000'])
  expect(comparisonMarkdown(inputs)).toContain('- not comparable: load: rate not given, then 1000')
})

test('other software is what is compared: named, and no reason against it', () => {
  const bytes = figure({ value: 5, unit: 'B' })
  const { software, checks } = outcomeOf([bytes], [bytes], { environment: { ...here, node: '99.0.0' } })
  expect(software).toEqual([`node ${here.node}, then 99.0.0`])
  expect(checks).toMatchObject([{ outcome: 'same' }])
})

test("a program's size does not depend on the machine", () => {
  const sizes = (value: number, fields: Partial<Result> = {}) =>
    exampleResult('size', [figure({ value, unit: 'B' })], fields)
  const other = { environment: { ...here, cpu: 'another' } }
  const { checks } = compare({ name: 'a', results: [sizes(10)] }, { name: 'b', results: [sizes(8, other)] })
  expect(checks).toMatchObject([{ outcome: 'better', change: -0.2 }])
})
