/** `edgeproof gate`: is head slower or larger than base? */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { type Stage, type StageContext, stageResult } from '../command/stage.ts'
import { UsageError } from '../config/usage-error.ts'
import { requireWritable } from '../config/write-file.ts'
import { type Check, check, type Result, worst } from '../result/result.ts'
import { calibrationFile, readCalibration } from './calibration-file.ts'
import { changedFiles } from './changed-files.ts'
import type { Compared, Part } from './comparison.ts'
import { cpuPart } from './cpu-checks.ts'
import { instructionPart } from './instruction-checks.ts'
import { type Counter, callgrind } from './measure/instructions.ts'
import { createWorkbench } from './measure/workbench.ts'
import { writeOutputs } from './outputs/write-outputs.ts'
import { policySuites } from './policy-suites.ts'
import { benchmarkRequests, type RequestSource } from './requests.ts'
import { decides, type GateOptions, resolveSettings, type Settings } from './settings.ts'
import { readBaseline, writeBaseline } from './sides/baseline-file.ts'
import { openRepository } from './sides/checkout.ts'
import { type Sameness, sameProgram } from './sides/same-program.ts'
import { buildSide, type Side } from './sides/side.ts'
import { sizeChecks } from './size-checks.ts'
import { workloadSuites } from './workload-suites.ts'

export const stage = gateStage(callgrind)

/** The stage with instructions from `counter`. */
export function gateStage(counter: Counter): Stage<GateOptions> {
  return async (context, options) => {
    const began = performance.now()
    const source = await requestSource(context)
    const settings = resolveSettings(context.config.gate, options, source.suites)
    if (options.writeBaseline !== undefined) requireWritable(dirname(options.writeBaseline), '--write-baseline')
    const result = await stageResult('gate', inputs(context, options, settings), async () => {
      const scratch = mkdtempSync(join(tmpdir(), 'edgeproof-gate-'))
      try {
        const sides = await buildSides(context, options, settings, source, scratch)
        const { checks, data } = await compare(sides, { counter, source, settings, context, began }, options, scratch)
        const deciding = checks.filter(({ id }) => decides(id, settings.failOn))
        return { checks, data, verdict: worst(deciding.map(({ verdict }) => verdict)) }
      } finally {
        rmSync(scratch, { recursive: true, force: true })
      }
    })
    writeOutputs(context.out, result)
    return result
  }
}

/** The gate's own for our authorizer; whoever has a bundler of their own has a policy, or a workload, of their own. */
async function requestSource({ config: { policy, gate = {} } }: StageContext): Promise<RequestSource> {
  if (gate.workload !== undefined) return await workloadSuites(gate.workload, openRepository().root)
  return gate.bundler === undefined ? benchmarkRequests : policySuites(policy)
}

function inputs({ configFile }: StageContext, options: GateOptions, settings: Settings) {
  return {
    config: configFile,
    base: options.baseline ?? options.base ?? null,
    head: options.head ?? 'HEAD',
    failOn: [...settings.failOn],
    methods: [...settings.methods],
    errorRate: settings.errorRate,
    budgetSeconds: settings.budgetSeconds,
  }
}

/** Both programs; the user's working tree is read for its node_modules and never written. */
async function buildSides(
  { progress, signal }: StageContext,
  options: GateOptions,
  { bundler }: Settings,
  { configurations }: RequestSource,
  scratch: string,
): Promise<{ base: Side; head: Side }> {
  const known = options.baseline === undefined ? null : readBaseline(options.baseline)
  if (!known && options.base === undefined && options.writeBaseline === undefined) {
    throw new UsageError('gate needs something to compare with: --base REF, --baseline FILE, or --calibrate')
  }
  const repository = openRepository()
  const headRef = options.head ?? 'HEAD'
  const refs = {
    base: options.base === undefined ? null : repository.commit('--base', options.base),
    head: repository.commit('--head', headRef),
  }
  if (options.head === undefined) repository.requireClean()
  const build = async (name: string, commit: string, place: string) => {
    progress.step(`building ${name}`)
    using checkout = repository.checkOut(commit, scratch, place)
    const { directory } = checkout
    return await buildSide(
      { name, commit, directory },
      { root: repository.root, bundler, configurations, scratch, signal },
    )
  }
  const head = await build(headRef, refs.head, 'head')
  if (options.writeBaseline !== undefined) writeBaseline(options.writeBaseline, head)
  if (known) return { base: known, head }
  // Only --write-baseline: head is the baseline of later runs and has nothing to differ from.
  if (options.base === undefined || refs.base === null) return { base: head, head }
  return { base: await build(options.base, refs.base, 'base'), head }
}

async function compare(
  { base, head }: { base: Side; head: Side },
  given: Pick<Part, 'counter' | 'source' | 'settings' | 'context' | 'began'>,
  options: GateOptions,
  scratch: string,
): Promise<{ checks: Check[]; data: NonNullable<Result['data']> }> {
  const { settings, source } = given
  const sides = { base: { name: base.name, commit: base.commit }, head: { name: head.name, commit: head.commit } }
  const size = settings.methods.includes('size') ? sizeChecks(base, head, settings.threshold) : []
  const same = sameProgram(base.deployables, head.deployables)
  if (same) {
    const compared = [...(same === 'names' ? size : []), { check: unmeasured(same, settings) }]
    return { checks: compared.map((one) => one.check), data: { sides, blame: [], growth: growthOf(compared) } }
  }
  const calibration = readCalibration(calibrationFile(options))
  const bench = await createWorkbench(scratch, source, settings.suites)
  const part = { ...given, base, head, bench, calibration }
  given.context.progress.log(durationText(settings))
  const instructions = settings.methods.includes('instructions') ? await instructionPart(part) : []
  const cpu = settings.methods.includes('cpu') ? await cpuPart(part) : { compared: [], data: null }
  const compared = [...size, ...instructions, ...cpu.compared]
  return {
    checks: compared.map((one) => one.check),
    data: { sides, blame: changedFiles(base, head), growth: growthOf(compared), cpu: z.json().parse(cpu.data) },
  }
}

function growthOf(compared: readonly Compared[]): Record<string, number> {
  return Object.fromEntries(
    compared.flatMap(({ check: { id }, growth }) => (growth === undefined ? [] : [[id, growth]])),
  )
}

/** A suite's count, on two cores of 2026 with nothing else to do. */
const secondsPerCount = 8

function durationText({ methods, suites, budgetSeconds, wholeSeconds }: Settings): string {
  // Both sides, two processes at a time; init and cold are one.
  const counts = methods.includes('instructions') ? suites.length * secondsPerCount : 0
  const most = Math.min(wholeSeconds, counts + (methods.includes('cpu') ? budgetSeconds : 0))
  const minutes = Math.max(1, Math.round(most / 60))
  return `gate: ${minutes} minute${minutes === 1 ? '' : 's'} or less on a machine that is not busy; --budget and --minutes make it shorter, --suites too`
}

/** Nothing that runs has changed, so that nothing can be slower; the one check stands for every part that may decide. */
function unmeasured(same: NonNullable<Sameness>, { failOn }: Settings): Check {
  const [id = 'size'] = failOn
  const title = {
    bytes: 'head and base are the same program, byte for byte: nothing to measure',
    names: 'head and base are the same program but for the names of its variables: nothing to measure',
  }[same]
  return check({ id, title, value: 1, unit: '1', limit: null, direction: 'none' })
}
