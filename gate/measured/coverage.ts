/** Counts how often each planted place is reached per operation: `coverage.cjs TASK.json REPORT.json`. */
import { readFileSync, writeFileSync } from 'node:fs'
import type { PairedTask } from './paired-task.ts'
import { eventSource, loadHandler, quietRuntime } from './subject.ts'

/** Set by the planted statements: hits by place. */
declare global {
  var edgeproofHits: number[] | undefined
}

/** Suite → hits per operation by place. */
export type Coverage = Record<string, number[]>

const [taskFile = '', reportFile = ''] = process.argv.slice(2)
const { suites, exported } = JSON.parse(readFileSync(taskFile, 'utf8')) as PairedTask
const operations = 256
const clock = quietRuntime()
const coverage: Coverage = {}

async function main(): Promise<void> {
  for (const { suite, head, events, once } of suites) {
    const handler = loadHandler(head, exported)
    const next = eventSource(events, once)
    const run = async (count: number) => {
      for (const text of next(count)) {
        clock.tick()
        await handler(JSON.parse(text))
      }
    }
    await run(512)
    globalThis.edgeproofHits = []
    await run(operations)
    coverage[suite] = Array.from(globalThis.edgeproofHits, (hits) => (hits ?? 0) / operations)
  }
}

main().then(() => writeFileSync(reportFile, JSON.stringify(coverage)))
