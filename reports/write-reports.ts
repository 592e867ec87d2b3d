import { join } from 'node:path'
import { writeWholeFile } from '../config/write-file.ts'
import { badges } from './badges.ts'
import { junit } from './junit.ts'
import { metrics } from './metrics.ts'
import type { Report } from './report.ts'
import { sarif } from './sarif.ts'
import { summary } from './summary.ts'

/**
 * Writes every form of a report into a directory, and returns the page's path: `report.html`, `summary.md`, `junit.xml`,
 * `edgeproof.sarif`, `metrics.prom`, `badges/*.svg`.
 */
export async function writeReports(out: string, report: Report): Promise<string> {
  // The charts' library is large: only who asks for a report waits for it.
  const { reportPage } = await import('./html/report-page.ts')
  const files = {
    'summary.md': summary(report),
    'junit.xml': junit(report),
    'edgeproof.sarif': `${JSON.stringify(sarif(report.results), null, 2)}\n`,
    'metrics.prom': metrics(report.results),
    'report.html': reportPage(report),
    ...Object.fromEntries(Object.entries(badges(report)).map(([name, svg]) => [join('badges', name), svg])),
  }
  for (const [name, text] of Object.entries(files)) writeWholeFile(join(out, name), text)
  return join(out, 'report.html')
}
