/**
 * Runs under callgrind: `counted-start.cjs TASK.json`. Each read of `process.ppid` calls getppid(2), at which valgrind
 * closes a segment; the segments are: start of Node, module load, first request, the rest.
 * Imports nothing that a handler may import: loading it is part of what is counted.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import type { CountedReport, CountedTask } from './counted-task.ts'
import { answerCheck, eventSource, loadHandler, quietRuntime } from './subject.ts'

const task = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as CountedTask
const report: CountedReport = { verifications: 0, allocatedBytes: 0 }
const closeSegment = () => process.ppid

async function measure(): Promise<void> {
  const [text = ''] = eventSource(task.events, task.once)(1)
  const event: unknown = JSON.parse(text)
  quietRuntime()
  closeSegment()
  const handler = loadHandler(task.handler, task.exported)
  closeSegment()
  const answer = await handler(event)
  closeSegment()
  answerCheck(task)(answer, text)
}

measure()
  .catch((error: unknown) => {
    report.error = error instanceof Error ? error.message : String(error)
  })
  .finally(() => writeFileSync(task.report, JSON.stringify(report)))
