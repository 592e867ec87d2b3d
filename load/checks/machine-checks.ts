/** What the machine was busy with, and whether memory stayed flat. */
import type { Objectives } from '../../config/objectives-schema.ts'
import { type Check, check } from '../../result/result.ts'
import { growth } from '../../statistics/growth.ts'
import type { LoadRun } from '../load-run.ts'
import type { MachineShare } from '../measurement/foreign-load.ts'
import { detailOf, percent, share } from './share.ts'

/** Why times say nothing; null where they do. */
export function noiseReason({ foreign, steal }: MachineShare, limits: Required<Objectives>): string | null {
  const percentText = (each: number) => `${Math.round(each * 100)} %`
  if (foreign !== null && foreign > limits.foreignLoad)
    return `other programs used ${percentText(foreign)} of the CPU time: end them and run again, or raise objectives.foreignLoad (${limits.foreignLoad})`
  if (steal !== null && steal > limits.cpuSteal)
    return `the hypervisor took ${percentText(steal)} of the CPU time: run again on a quieter host, or raise objectives.cpuSteal (${limits.cpuSteal})`
  return null
}

export function machineChecks({ foreign, steal }: MachineShare, limits: Required<Objectives>): Check[] {
  const used = (id: string, title: string, value: number | null, limit: number): Check => ({
    ...share(`load.${id}`, title, value, null),
    detail: `times count up to ${limit * 100} %`,
  })
  return [
    used('foreign-load', 'CPU time used by other programs', foreign, limits.foreignLoad),
    used('cpu-steal', 'CPU time taken by the hypervisor', steal, limits.cpuSteal),
  ].filter(({ value }) => value !== null)
}

/** In %, over the last three quarters of a run: more is a leak until shown otherwise. */
const mostGrowth = 3

export function memoryChecks({ memory }: LoadRun, noise: string | null): Check[] {
  const grown = (id: string, title: string, samples: readonly number[]): Check => {
    const found = growth(samples)
    const { low = 0, high = 0 } = found ?? {}
    const judged = check({
      id: `load.memory.${id}`,
      title,
      value: percent(found?.growth ?? null),
      unit: '%',
      limit: mostGrowth,
      direction: 'lower',
      ...(found && { interval: { low: low * 100, high: high * 100, level: 0.95 } }),
      ...detailOf(found === null ? 'too few readings, or a system without /proc: run longer, on Linux' : (noise ?? '')),
    })
    const straddles = found !== null && low * 100 <= mostGrowth && high * 100 > mostGrowth
    return straddles
      ? { ...judged, verdict: 'inconclusive', detail: 'the interval holds the limit: run longer' }
      : judged
  }
  return [
    grown(
      'edge',
      'growth of what the edge holds after a collection, over the last three quarters of the run',
      memory.held,
    ),
    grown('k6', 'growth of the memory of k6, over the last three quarters of the run', memory.k6),
  ]
}
