import { Command } from 'commander'
import type { CompareOptions } from './comparison/compare-command.ts'
import type { ReportOptions } from './report-command.ts'

export function registerReports(program: Command): void {
  program.addCommand(
    new Command('report')
      .description('the report of a results directory, its history, or two runs compared')
      .option('--out <dir>', 'directory with result files, and for the report', 'results')
      .option('--history <dir>', 'keep this run there, and show the trends of all that are kept')
      .option('--compare <runs...>', 'two results directories, kept runs (files), or ids of --history')
      .option('--screenshots', 'also pictures of the page, narrow and wide, light and dark (needs a Chromium)')
      .option('--json', 'print one document on standard output and nothing else there')
      .addHelpText('after', files)
      .action(async (options: ReportOptions & Partial<CompareOptions>) => {
        if (options.compare) {
          const { compareCommand } = await import('./comparison/compare-command.ts')
          compareCommand({ ...options, compare: options.compare })
        } else {
          const { reportCommand } = await import('./report-command.ts')
          await reportCommand(options)
        }
      }),
  )
}

const files = `
Writes into --out:
  report.html       the page, for people
  summary.md        the same figures as Markdown; also appended to $GITHUB_STEP_SUMMARY where that is set
  junit.xml         every check as a test
  edgeproof.sarif   every failed check, SARIF 2.1.0
  metrics.prom      every figure, Prometheus text format
  badges/*.svg      verdict, bundle size, warm ratio, hit ratio
  screenshots/*.png with --screenshots
With --compare instead: comparison.md and comparison.json.

A stage without a result that can be read is not measured (exit code 3), with the reason; the others are reported.`
