import { type GateConfig, type GateMethod, isGateCheck } from '../config/gate-schema.ts'
import { UsageError } from '../config/usage-error.ts'
import { benchmarkSuites, type Suite } from './suites.ts'

export interface GateOptions {
  base?: string
  head?: string
  baseline?: string
  writeBaseline?: string
  calibrate?: boolean
  calibration?: string
  failOn?: string
  budget?: string
  minutes?: string
  methods?: string
  suites?: string
}

export interface Settings {
  bundler: string
  minimumInstructions: number
  errorRate: number
  budgetSeconds: number
  /** Longest time for everything; the CPU-time part gets what is left. */
  wholeSeconds: number
  failOn: readonly string[]
  methods: readonly GateMethod[]
  suites: readonly Suite[]
  /** The growth that a check allows, as a fraction. */
  threshold(checkId: string): number
}

const allMethods: readonly GateMethod[] = ['size', 'instructions', 'cpu']
const defaultThresholds: Record<GateMethod, number> = { size: 0.02, instructions: 0.01, cpu: 0.02 }

/**
 * The configuration's `gate` section with its defaults, overridden by the command line; `suites` are all that there are.
 * Throws UsageError.
 */
export function resolveSettings(
  config: GateConfig = {},
  options: GateOptions = {},
  suites: readonly Suite[] = benchmarkSuites,
): Settings {
  requireKnown('gate.thresholds', Object.keys(config.thresholds ?? {}), suites)
  requireKnown('gate.failOn', config.failOn ?? [], suites)
  if (options.failOn !== undefined) requireKnown('--fail-on', options.failOn.split(','), suites)
  const thresholds: Record<string, number> = { ...defaultThresholds, ...config.thresholds }
  return {
    bundler: config.bundler ?? 'build/bundle.ts',
    minimumInstructions: config.minimumInstructions ?? 100,
    errorRate: config.errorRate ?? 0.01,
    budgetSeconds:
      options.budget === undefined ? (config.budgetSeconds ?? 240) : seconds('--budget', options.budget, 5),
    wholeSeconds:
      options.minutes === undefined ? Number.POSITIVE_INFINITY : 60 * seconds('--minutes', options.minutes, 0.1),
    failOn:
      options.failOn === undefined
        ? (config.failOn ?? allMethods)
        : list('--fail-on', options.failOn, 'size, instructions, cpu, or ids such as cpu.warm', isGateCheck),
    methods: allMethods.filter(
      (method) => options.methods === undefined || methodList(options.methods).includes(method),
    ),
    suites: suites.filter((suite) => options.suites === undefined || suiteList(options.suites, suites).includes(suite)),
    threshold: (checkId) => thresholds[checkId] ?? thresholds[checkId.replace(/\..*/, '')] ?? 0,
  }
}

function suiteList(text: string, suites: readonly Suite[]): string[] {
  return list('--suites', text, suites.join(', '), (name) => suites.some((suite) => suite === name))
}

function methodList(text: string): string[] {
  return list('--methods', text, 'size, instructions, cpu', (name) => allMethods.some((method) => method === name))
}

function list(option: string, text: string, allowed: string, known: (name: string) => boolean): string[] {
  const names = text.split(',').map((name) => name.trim())
  const stranger = names.find((name) => !known(name))
  if (stranger === undefined) return names
  throw new UsageError(`${option}: "${stranger}" is none of ${allowed}`)
}

/** Names such as `cpu.warm` have to be of a suite that is there. */
function requireKnown(place: string, names: readonly string[], suites: readonly Suite[]): void {
  for (const name of names.map((text) => text.trim())) {
    const [method, suite] = name.split('.')
    if (method === 'size' || suite === undefined || suites.includes(suite)) continue
    throw new UsageError(`${place}: "${name}": no such suite here; there are ${suites.join(', ')}`)
  }
}

/** A number of seconds from the command line. */
export function seconds(option: string, text: string, least: number): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= least && value <= 86_400) return value
  throw new UsageError(`${option}: "${text}" should be a number, ${least} or more`)
}

/** Whether a check's verdict decides the exit code. */
export function decides(checkId: string, failOn: readonly string[]): boolean {
  return failOn.some((name) => checkId === name || checkId.startsWith(`${name}.`))
}
