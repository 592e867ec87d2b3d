/** Wall-clock latencies of single requests, by tinybench, in one fresh process. */
import { writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Bench } from 'tinybench'
import type { Handler } from '../../handlers/timed/deployment.ts'
import { exitOnFailure } from '../not-yet-loaded.ts'
import { buildCase } from '../rounds/cases.ts'
import { prime } from '../rounds/rounds.ts'
import { loadWorkload } from '../workload.ts'

export interface LatencyJob {
  /** A case of the in-process suites. */
  case: string
  subjects: { id: string; file: string; share: number }[]
  warmup: number
  iterations: number
}

/** Milliseconds of single requests, by subject. */
export type LatencyReport = Record<string, number[]>

exitOnFailure()
const require = createRequire(import.meta.url)
const job = JSON.parse(process.argv[2] ?? '') as LatencyJob
const entry = buildCase(job.case, loadWorkload())
const report: LatencyReport = {}
for (const { id, file, share } of job.subjects) {
  const { handler } = require(file) as { handler: Handler }
  await prime(id, handler, entry)
  report[id] = await latencies(handler, Math.round(job.warmup * share), Math.round(job.iterations * share))
}
writeSync(3, JSON.stringify(report))
process.exit(0)

async function latencies(handler: Handler, warmupIterations: number, iterations: number): Promise<number[]> {
  let next = 0
  let event: Parameters<Handler>[0]
  const bench = new Bench({ warmupIterations, iterations, warmupTime: 0, time: 0, retainSamples: true, throws: true })
  bench.add(
    'request',
    async () => {
      const result = await handler(event)
      if ('uri' in result !== (entry.expected === 'allowed')) throw new Error(`a wrong answer to ${entry.id}`)
    },
    {
      beforeEach() {
        const text = entry.events[next % entry.events.length]
        if (text === undefined || (next >= entry.events.length && !entry.repeatable))
          throw new Error('no fresh request left')
        next++
        event = JSON.parse(text)
      },
    },
  )
  const [task] = await bench.run()
  if (task?.result.state !== 'completed') throw new Error('the run was not completed')
  return [...(task.result.latency.samples ?? [])]
}
