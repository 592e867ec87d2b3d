/** `edgeproof report`: everything that is made of a results directory. */
import { join } from 'node:path'
import { colourVerdict, terminalTable } from '../command/terminal.ts'
import { requireWritable } from '../config/write-file.ts'
import { exitCode } from '../result/result.ts'
import { keptTrends } from './history/kept-trends.ts'
import { readReport } from './read-report.ts'
import { type Report, type ReportDocument, verdictOf } from './report.ts'
import { appendStepSummary } from './step-summary.ts'
import { summary } from './summary.ts'
import { writeReports } from './write-reports.ts'

export interface ReportOptions {
  out: string
  history?: string
  json?: boolean
  /** Pictures of the page in `<out>/screenshots`. */
  screenshots?: boolean
}

export async function reportCommand({ out, history, json, screenshots }: ReportOptions): Promise<void> {
  const { results, missing } = readReport(out)
  requireWritable(out)
  const report: Report = { results, missing, trends: history === undefined ? [] : keptTrends(history, results) }
  const page = await writeReports(out, report)
  if (screenshots) await (await import('./html/screenshots.ts')).writeScreenshots(page, join(out, 'screenshots'))
  appendStepSummary(summary(report))
  const verdict = verdictOf(report)
  const text = json
    ? JSON.stringify({ schema: 'edgeproof/report@1', verdict, ...report } satisfies ReportDocument, null, 2)
    : [
        terminalTable(results),
        ...missing.map(({ command, reason }) => `${command}: not measured (${reason})`),
        `${colourVerdict(verdict)}  ${page}`,
      ].join('\n')
  process.stdout.write(`${text}\n`)
  process.exitCode = exitCode(verdict)
}
