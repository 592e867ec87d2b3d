import { join } from 'node:path'
import { writeWholeFile } from '../config/write-file.ts'
import { junit } from './junit.ts'
import type { Result } from './result.ts'
import { summary } from './summary.ts'

/** Writes `summary.md`, `junit.xml` and `report.html` into a directory, and returns the page's path. */
export async function writeReports(out: string, results: readonly Result[]): Promise<string> {
  // The charts' library is large: only who asks for a report waits for it.
  const { reportPage } = await import('./html/report-page.ts')
  const page = join(out, 'report.html')
  writeWholeFile(join(out, 'summary.md'), summary(results))
  writeWholeFile(join(out, 'junit.xml'), junit(results))
  writeWholeFile(page, reportPage(results))
  return page
}
