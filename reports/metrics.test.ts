import parsePrometheus from 'parse-prometheus-text-format'
import { expect, test } from 'vitest'
import { exampleReport } from './example-report.ts'
import { metrics } from './metrics.ts'

const text = metrics(exampleReport().results)

function sampleOf(name: string, labels: Record<string, string> = {}): string | undefined {
  const family = parsePrometheus(text).find((found) => found.name === name)
  return family?.metrics.find((sample) =>
    Object.entries(labels).every(([key, value]) => sample.labels?.[key] === value),
  )?.value
}

test('figures are in base units, under names that say so', () => {
  expect(sampleOf('edgeproof_size_gzip_bytes')).toBe('5100')
  expect(sampleOf('edgeproof_load_hit_ratio')).toBe('0.999')
  expect(sampleOf('edgeproof_load_allowed_p99_seconds')).toBe('0.0031')
  expect(sampleOf('edgeproof_load_rate_per_second')).toBe('400.5')
  expect(sampleOf('edgeproof_fuzz_findings')).toBe('1')
  expect(sampleOf('edgeproof_gate_cpu_warm_ratio', { command: 'gate', check: 'cpu.warm' })).toBe('1.08')
  expect(sampleOf('edgeproof_result_duration_seconds', { command: 'load' })).toBe('1.5')
})

test('every check has its verdict; what was not measured has no figure', () => {
  expect(sampleOf('edgeproof_check_verdict', { check: 'instructions', verdict: 'not-measured' })).toBe('1')
  expect(sampleOf('edgeproof_check_verdict', { check: 'cpu.warm', verdict: 'fail' })).toBe('1')
  expect(text).not.toMatch(/^edgeproof_gate_instructions/m)
})

test('each line is one of the three that the format knows, and each name has one type', () => {
  const name = '[a-zA-Z_][a-zA-Z0-9_]*'
  const label = `${name}="(?:[^"\\\\\\n]|\\\\["\\\\n])*"`
  const line = new RegExp(`^(?:# HELP ${name} .*|# TYPE ${name} gauge|${name}\\{${label}(?:,${label})*\\} [0-9.e+-]+)$`)
  const lines = text.split('\n')
  expect(lines.pop()).toBe('')
  for (const each of lines) expect(each).toMatch(line)
  const types = lines.filter((each) => each.startsWith('# TYPE '))
  expect(new Set(types).size).toBe(types.length)
})
