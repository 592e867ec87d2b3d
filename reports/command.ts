import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { UsageError } from '../config/usage-error.ts'
import { exitCode, worst } from './result.ts'
import { readResult } from './result-file.ts'
import { terminalTable } from './terminal.ts'
import { writeReports } from './write-reports.ts'

export function registerReports(program: Command): void {
  program.addCommand(
    new Command('report')
      .description('the table, report.html, summary.md and junit.xml from a results directory')
      .option('--out <dir>', 'directory with result files, and for the report', 'results')
      .action(async ({ out }: { out: string }) => {
        const results = resultFiles(out).map((file) => readResult(join(out, file)))
        process.stdout.write(`${terminalTable(results)}\n${await writeReports(out, results)}\n`)
        process.exitCode = exitCode(worst(results.map(({ verdict }) => verdict)))
      }),
  )
}

/** The result documents of a directory, in the order in which a run makes them. */
function resultFiles(directory: string): string[] {
  const order = ['build.json', 'size.json', 'fuzz.json', 'bench.json', 'gate.json', 'load.json', 'capacity.json']
  let present: string[]
  try {
    present = readdirSync(directory)
  } catch {
    throw new UsageError(`${directory}: not found; pass --out with the directory of an earlier run`)
  }
  const files = order.filter((file) => present.includes(file))
  if (files.length === 0) throw new UsageError(`${directory}: holds no result files; run "edgeproof run" first`)
  return files
}
