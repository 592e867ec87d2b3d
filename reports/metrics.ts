/**
 * The figures in Prometheus' text format 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/), for the
 * node exporter's textfile collector or a push gateway. Names after https://prometheus.io/docs/practices/naming/ (both read
 * 2026-11-22): base units in the plural at the end, shares from 0 to 1.
 */

import type { Check, Result } from '../result/result.ts'
import { commandOf } from '../result/result.ts'

interface Family {
  help: string
  samples: string[]
}

/** Factor to the base unit, and its name. */
const baseUnits: Readonly<Record<string, readonly [factor: number, suffix: string]>> = {
  us: [1e-6, 'seconds'],
  ms: [1e-3, 'seconds'],
  s: [1, 'seconds'],
  B: [1, 'bytes'],
  '%': [0.01, 'ratio'],
  '1': [1, 'ratio'],
  '1/s': [1, 'per_second'],
  '/s': [1, 'per_second'],
  count: [1, ''],
  '': [1, ''],
}

export function metrics(results: readonly Result[]): string {
  const families = new Map<string, Family>()
  const add = (name: string, help: string, labels: Readonly<Record<string, string>>, value: number) => {
    const family = families.get(name) ?? { help, samples: [] }
    family.samples.push(`${name}{${labelText(labels)}} ${value}`)
    families.set(name, family)
  }
  for (const result of results) {
    const command = commandOf(result)
    const { edgeproof, commit, node, cpu } = result.environment
    add(
      'edgeproof_environment_info',
      'Where the figures come from.',
      { command, version: edgeproof, commit: commit ?? '', node, cpu },
      1,
    )
    add(
      'edgeproof_result_timestamp_seconds',
      'When the command began, since the epoch.',
      { command },
      Date.parse(result.startedAt) / 1000,
    )
    add('edgeproof_result_duration_seconds', 'How long the command took.', { command }, result.durationMs / 1000)
    for (const check of result.checks) {
      const labels = { command, check: check.id }
      add(
        'edgeproof_check_verdict',
        'Whether each check held: 1 for its verdict.',
        { ...labels, verdict: check.verdict },
        1,
      )
      if (typeof check.value !== 'number' || check.verdict === 'not-measured') continue
      const [factor, name] = named(command, check)
      // 99.9 % is 0.999, whatever binary fractions make of it.
      add(name, check.title, labels, Number((check.value * factor).toPrecision(15)))
    }
  }
  return [...families].map(([name, family]) => familyText(name, family)).join('')
}

/** `load.hit-ratio` in `%` is `edgeproof_load_hit_ratio`; ids that begin with another word get their command before it. */
function named(command: string, { id, unit }: Check): readonly [factor: number, name: string] {
  const [factor, suffix] = baseUnits[unit] ?? [1, unit]
  const words = [...(id.startsWith(`${command}.`) ? [] : [command]), id].map(word).join('_')
  const name = suffix === '' || words.endsWith(`_${word(suffix)}`) ? words : `${words}_${word(suffix)}`
  return [factor, `edgeproof_${name}`]
}

function word(text: string): string {
  return text.replace(/[^a-zA-Z0-9]+/g, '_').replace(/^_|_$/g, '')
}

function familyText(name: string, { help, samples }: Family): string {
  const escaped = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
  return [`# HELP ${name} ${escaped}`, `# TYPE ${name} gauge`, ...samples, ''].join('\n')
}

function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(
      ([name, value]) => `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`,
    )
    .join(',')
}
