/** What has to be the same for two figures to be compared: the machine, and what the command was asked. */

import type { Result } from '../../result/result.ts'
import { commandOf } from '../../result/result.ts'

/** Of the program alone: no machine makes them other. */
const ofTheProgram = ['build', 'size']

/** Where something is, which part is wanted, how often it is sampled: none of them changes what a figure means. */
const withoutEffect = [
  'config',
  'out',
  'seed',
  'shard',
  'suites',
  'methods',
  'failOn',
  'base',
  'head',
  'processes',
  'errorRate',
  'budgetSeconds',
]

/**
 * Hardware and inputs by name. Versions of Node, OpenSSL and edgeproof are not among them: they are part of what is being
 * compared.
 */
export function conditionsOf(result: Result): Record<string, string> {
  const { cpu, cores, platform, arch } = result.environment
  const machine = ofTheProgram.includes(commandOf(result)) ? {} : { machine: `${cores} x ${cpu}, ${platform}/${arch}` }
  const inputs = Object.entries(result.inputs)
    .filter(([name]) => !withoutEffect.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)])
  return { ...machine, ...Object.fromEntries(inputs) }
}

/** One line. */
export function conditionsText(conditions: Readonly<Record<string, string>>): string {
  return Object.entries(conditions)
    .map(([name, value]) => (name === 'machine' ? value : `${name} ${value}`))
    .join(', ')
}
