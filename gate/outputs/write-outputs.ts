import { join } from 'node:path'
import { writeWholeFile } from '../../config/write-file.ts'
import { junit } from '../../reports/junit.ts'
import { sarif } from '../../reports/sarif.ts'
import type { Result } from '../../result/result.ts'
import { bencherMetricFormat, benchmarkActionEntries } from './benchmark-json.ts'
import { markdownSummary } from './markdown.ts'

/** Writes every other form of a gate's result beside its `gate.json`. */
export function writeOutputs(out: string, result: Result): void {
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`
  const files = {
    'gate.md': markdownSummary(result),
    'gate.junit.xml': junit({ results: [result], missing: [] }),
    'gate.sarif': json(sarif([result])),
    'gate.benchmark-action.json': json(benchmarkActionEntries(result)),
    'gate.bencher.json': json(bencherMetricFormat(result)),
  }
  for (const [name, text] of Object.entries(files)) writeWholeFile(join(out, name), text)
}
