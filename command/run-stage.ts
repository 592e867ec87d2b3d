import { Command } from 'commander'
import { loadConfig, type PolicyCompletion } from '../config/load-config.ts'
import { UsageError } from '../config/usage-error.ts'
import { requireWritable } from '../config/write-file.ts'
import { exitCode, type Result, type Verdict } from '../result/result.ts'
import { writeResult } from '../result/result-file.ts'
import { Interrupted } from './interrupted.ts'
import { missingPackage } from './missing-package.ts'
import { createProgress } from './progress.ts'
import type { Stage } from './stage.ts'
import { colourVerdict, terminalTable } from './terminal.ts'

/** The options that every command takes. */
export interface SharedOptions {
  config?: string
  policy?: string
  out: string
  json?: boolean
}

/** A command with the options that all of them take. */
export function stageCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('--config <file>', 'configuration (default: edgeproof.config.ts, .mjs, .js or .json here, else the demo)')
    .option('--policy <file>', "a policy as JSON, instead of the configuration's own")
    .option('--out <dir>', 'directory for result files', 'results')
    .option('--json', 'print one result document on standard output and nothing else there')
}

interface Presentation {
  /** What is printed without `--json`; default a table of the checks. */
  present?: (result: Result) => string
  /** It says where the results are; else a last line has the verdict and the file. Default false. */
  isWhole?: boolean
  /** The exit code; default as result.ts says. */
  exit?: (verdict: Verdict) => number
  /** What becomes of the policy between being read and being checked; default nothing. */
  complete?: PolicyCompletion
}

/** Runs one stage for a user: configuration, Ctrl-C, result file, table or JSON, exit code. */
export async function runStage<Options>(
  options: SharedOptions & Options,
  load: () => Promise<Stage<SharedOptions & Options>>,
  { present = (result) => terminalTable([result]), isWhole = false, exit = exitCode, complete }: Presentation = {},
): Promise<void> {
  const { config, file } = await loadConfig(options, complete)
  // Found out now, and not when a long measurement is over.
  requireWritable(options.out)
  const progress = createProgress()
  const interruption = interruptible()
  let result: Result
  try {
    const stage = await load()
    result = await stage({ config, configFile: file, out: options.out, progress, signal: interruption.signal }, options)
  } finally {
    progress.clear()
    interruption.release()
  }
  // Printed before it is written: on a full disk the figures are not lost.
  process.stdout.write(`${options.json ? JSON.stringify(result, null, 2) : present(result)}\n`)
  const written = writeResult(options.out, result)
  if (!options.json && !isWhole) process.stdout.write(`${colourVerdict(result.verdict)}  ${written}\n`)
  process.exitCode = interruption.signal.aborted ? 130 : exit(result.verdict)
}

/** The first Ctrl-C (or TERM) asks the stage to stop, the second ends the process. */
function interruptible(): { signal: AbortSignal; release(): void } {
  const controller = new AbortController()
  const stop = () => {
    if (controller.signal.aborted) process.exit(130)
    controller.abort(new Interrupted())
  }
  process.on('SIGINT', stop).on('SIGTERM', stop)
  return {
    signal: controller.signal,
    release: () => void process.off('SIGINT', stop).off('SIGTERM', stop),
  }
}

/** Prints what ended a command early: a line for each mistake of the user's, a stack for a fault of ours. */
export function reportFailure(fault: unknown): void {
  const error = missingPackage(fault) ?? fault
  if (error instanceof Interrupted) {
    process.stderr.write('interrupted\n')
    process.exitCode = 130
  } else if (error instanceof UsageError) {
    process.stderr.write(`edgeproof: ${error.message.replaceAll('\n', '\nedgeproof: ')}\n`)
    process.exitCode = 2
  } else {
    process.stderr.write(`edgeproof: internal fault: ${error instanceof Error ? error.stack : String(error)}\n`)
    process.exitCode = 2
  }
}
