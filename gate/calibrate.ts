/** `edgeproof gate --calibrate`: how often is the gate itself wrong on this machine? */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Stage, type StageContext, stageResult } from '../command/stage.ts'
import { UsageError } from '../config/usage-error.ts'
import { environment } from '../result/environment.ts'
import { calibrateCpu } from './calibrating/calibrate-cpu.ts'
import { calibrateInstructions } from './calibrating/calibrate-instructions.ts'
import type { Calibrating } from './calibrating/calibrating.ts'
import { calibrationChecks } from './calibrating/calibration-checks.ts'
import type { BuildWith } from './calibrating/edits.ts'
import { type Calibration, calibrationFile, readCalibration, writeCalibration } from './calibration-file.ts'
import { createWorkbench } from './measure/workbench.ts'
import { benchmarkRequests } from './requests.ts'
import { type GateOptions, resolveSettings, type Settings, seconds } from './settings.ts'
import { openRepository } from './sides/checkout.ts'
import { buildSide, digest, type Side } from './sides/side.ts'

export const stage: Stage<GateOptions> = async (context, options) => {
  const settings = resolveSettings(context.config.gate, options)
  const minutes = seconds('--minutes', options.minutes ?? '10', 0.1)
  const file = calibrationFile(options)
  return stageResult(
    'calibration',
    { config: context.configFile, minutes, file, head: options.head ?? 'HEAD' },
    async () => {
      const scratch = mkdtempSync(join(tmpdir(), 'edgeproof-gate-'))
      try {
        const calibration = await calibrate(context, options, settings, {
          scratch,
          file,
          milliseconds: minutes * 60_000,
        })
        return { checks: calibrationChecks(calibration, settings) }
      } finally {
        rmSync(scratch, { recursive: true, force: true })
      }
    },
  )
}

async function calibrate(
  context: StageContext,
  options: GateOptions,
  settings: Settings,
  { scratch, file, milliseconds }: { scratch: string; file: string; milliseconds: number },
): Promise<Calibration> {
  const { signal, progress } = context
  const repository = openRepository()
  const name = options.head ?? 'HEAD'
  const commit = repository.commit('--head', name)
  using checkout = repository.checkOut(commit, scratch, 'subject')
  const { directory } = checkout
  const { configurations } = benchmarkRequests
  const buildOptions = { root: repository.root, bundler: settings.bundler, configurations, scratch, signal }
  progress.step(`building ${name}`)
  const side = await buildSide({ name, commit, directory }, buildOptions)
  if (Object.keys(side.sources).length === 0) {
    throw new UsageError(
      `${settings.bundler}: returned no metafile, so that --calibrate does not know which files to edit`,
    )
  }
  const known = readCalibration(file)
  // Figures of another program or another Node would be quoted for this one.
  const calibration =
    known?.program === digest(side.program) && known.environment.node === process.versions.node ? known : fresh(side)
  const began = Date.now()
  const calibrating: Calibrating = {
    side,
    directory,
    build: buildWith(directory, (changed) => buildSide({ name: changed, commit, directory }, buildOptions)),
    bench: await createWorkbench(scratch, benchmarkRequests),
    settings,
    calibration,
    save: () => writeCalibration(file, calibration),
    over: (share = 1) => Date.now() - began >= share * milliseconds || signal.aborted,
    context,
  }
  if (settings.methods.includes('cpu')) await calibrateCpu(calibrating)
  if (settings.methods.includes('instructions')) await calibrateInstructions(calibrating)
  calibrating.save()
  return calibration
}

function fresh(side: Side): Calibration {
  return {
    schema: 'edgeproof/gate-calibration@1',
    environment: environment(),
    updatedAt: new Date().toISOString(),
    program: digest(side.program),
    same: [],
    slowed: [],
    neutral: [],
    mutants: [],
  }
}

/** Edits files of the temporary checkout, builds, and puts them back; one build after the other, since they share it. */
function buildWith(directory: string, build: (name: string) => Promise<Side>): BuildWith {
  let last: Promise<unknown> = Promise.resolve()
  const one = async (changes: Record<string, string>) => {
    const before = Object.keys(changes).map((file) => [file, readFileSync(join(directory, file), 'utf8')] as const)
    try {
      for (const [file, text] of Object.entries(changes)) writeFileSync(join(directory, file), text)
      return await build(Object.keys(changes).join(' '))
    } finally {
      for (const [file, text] of before) writeFileSync(join(directory, file), text)
    }
  }
  return (changes) => {
    const built = last.then(() => one(changes))
    last = built.catch(() => undefined)
    return built
  }
}
