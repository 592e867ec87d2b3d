import { expect, test } from 'vitest'
import { parseConfig } from '../config/config.ts'
import demo from '../edgeproof.config.ts'
import { decides, resolveSettings } from './settings.ts'

test('a check has its own threshold, else its part has, else the default', () => {
  const { threshold } = resolveSettings({ thresholds: { cpu: 0.03, 'cpu.hot': 0.05 } })
  expect([threshold('cpu.hot'), threshold('cpu.warm'), threshold('instructions.hot'), threshold('size.gzip')]).toEqual([
    0.05, 0.03, 0.01, 0.02,
  ])
})

test('the command line outranks the configuration', () => {
  const settings = resolveSettings(
    { budgetSeconds: 60, failOn: ['size'] },
    { budget: '120', failOn: 'cpu.hot,instructions' },
  )
  expect(settings).toMatchObject({ budgetSeconds: 120, failOn: ['cpu.hot', 'instructions'] })
  expect(['cpu.hot', 'cpu.warm', 'instructions.deny', 'size.raw'].filter((id) => decides(id, settings.failOn))).toEqual(
    ['cpu.hot', 'instructions.deny'],
  )
})

test.each([
  [{ thresholds: { speed: 0.1 } }, /gate\.thresholds.*/],
  [{ errorRate: 1e-9 }, /gate\.errorRate: should be at least 0\.001/],
  [{ budgetSeconds: 1 }, /gate\.budgetSeconds: should be at least 5 seconds/],
  [{ failOn: [] }, /gate\.failOn: should name at least one check/],
])('a mistake in the configuration is named with its field: %o', (gate, message) => {
  expect(() => parseConfig({ ...demo, gate }, 'edgeproof.config.ts')).toThrow(message)
})
