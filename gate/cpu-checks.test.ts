import { expect, test } from 'vitest'
import { exitCode, worst } from '../result/result.ts'
import { limits, suiteCheck } from './cpu-checks.ts'
import { familyOf } from './measure/compare-cpu.ts'
import { resolveSettings } from './settings.ts'
import { requestSuites, suiteTitles } from './suites.ts'
import { decide } from './verdict/decision.ts'

/** What a gate would print for 20 processes whose ratios scatter so much about 1. */
function checksAt(scatter: number) {
  const settings = resolveSettings()
  const allowed = limits(requestSuites, settings, null)
  const around = (phase: number) => Array.from({ length: 20 }, (_, index) => scatter * Math.sin(index * 2.4 + phase))
  const samples = {
    warm: around(0),
    hot: around(1),
    deny: around(2),
    routes: around(3),
    'warm-cookie': around(4),
    'hot-cookie': around(5),
  }
  const decisions = decide(familyOf(samples, { suites: requestSuites, limits: allowed }), settings.errorRate)
  const comparison = { samples, baseMicroseconds: samples }
  return decisions.map((decision) => suiteCheck(decision, comparison, allowed, suiteTitles, ''))
}

test('a machine too noisy to see 10 %: a line that says what to do, and exit code 3', () => {
  const checks = checksAt(0.5)
  for (const { title } of checks) expect(title).toMatch(/this machine is too noisy, close other work or raise --budget/)
  expect(exitCode(worst(checks.map(({ verdict }) => verdict)))).toBe(3)
})

test('a quiet machine decides, and complains of nothing', () => {
  const checks = checksAt(0.01)
  for (const { title } of checks) expect(title).not.toMatch(/noisy/)
  expect(exitCode(worst(checks.map(({ verdict }) => verdict)))).toBe(0)
})
