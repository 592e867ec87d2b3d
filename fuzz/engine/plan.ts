/** Spreads a run over workers and merges what they found. */

import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { FuzzCase } from '../case.ts'
import type { Effort, Finding, Note } from '../finding.ts'
import type { HandlerUnderTest } from '../sandbox/handler-under-test.ts'
import { type CampaignOptions, type CampaignProgress, type CampaignReport, runCampaign } from './campaign.ts'
import { type StrategyName, strategies } from './strategy.ts'
import type { WorkerMessage, WorkerTask } from './worker-message.ts'

export interface Plan {
  tested: HandlerUnderTest
  strategy: StrategyName
  seed: string
  seconds?: number
  /** Over all workers. */
  cases?: number
  /** Found before: not looked for again. */
  known?: CampaignOptions['known']
  /** Each has its own handler processes. Default 1; at most the machine's cores. */
  workers?: number
  corpus?: readonly FuzzCase[]
  signal: AbortSignal
  onProgress?: (progress: CampaignProgress) => void
}

export async function runPlan(plan: Plan): Promise<CampaignReport> {
  const { tested, strategy, seed, seconds, cases, corpus = [], known = [], signal, onProgress } = plan
  const workers = Math.max(1, Math.min(plan.workers ?? 1, availableParallelism()))
  const limits = {
    ...(seconds === undefined ? {} : { seconds }),
    ...(cases === undefined ? {} : { cases: Math.ceil(cases / workers) }),
  }
  if (workers === 1) {
    return runCampaign({
      tested,
      strategy: strategies[strategy],
      seed,
      ...limits,
      corpus,
      known,
      signal,
      ...(onProgress ? { onProgress } : {}),
    })
  }
  const latest: CampaignProgress[] = []
  const reports = await Promise.all(
    Array.from({ length: workers }, (_, index) =>
      runWorker(
        { tested, strategy, seed: `${seed}/${index}`, ...limits, corpus: index === 0 ? corpus : [], known },
        signal,
        (progress) => {
          latest[index] = progress
          onProgress?.(sum(latest.filter((one) => one !== undefined)))
        },
      ),
    ),
  )
  return merge(reports)
}

function runWorker(
  task: WorkerTask,
  signal: AbortSignal,
  onProgress: (progress: CampaignProgress) => void,
): Promise<CampaignReport> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: task })
    const stop = () => worker.postMessage('stop')
    signal.addEventListener('abort', stop, { once: true })
    worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'progress') onProgress(message.progress)
      else resolve(message.report)
    })
    worker.on('error', reject)
    worker.on('exit', (code) => {
      signal.removeEventListener('abort', stop)
      reject(new Error(`a worker ended with code ${code}`))
    })
  })
}

function sum(all: readonly CampaignProgress[]): CampaignProgress {
  const total = (field: keyof CampaignProgress) => all.reduce((value, one) => value + one[field], 0)
  return {
    cases: total('cases'),
    requests: total('requests'),
    seconds: Math.max(...all.map(({ seconds }) => seconds)),
    cpuSeconds: total('cpuSeconds'),
    findings: total('findings'),
    notes: Math.max(...all.map(({ notes }) => notes)),
    fetches: total('fetches'),
    attacks: Math.max(...all.map(({ attacks }) => attacks)),
  }
}

/** One run after another, as one run. */
export function inSequence(earlier: CampaignReport, later: CampaignReport): CampaignReport {
  const shifted = (effort: Effort): Effort => ({
    cases: earlier.cases + effort.cases,
    seconds: earlier.seconds + effort.seconds,
    cpuSeconds: earlier.cpuSeconds + effort.cpuSeconds,
  })
  const found = later.found.map((finding) => ({ ...finding, after: shifted(finding.after) }))
  return {
    ...merge([earlier, { ...later, found }]),
    seconds: earlier.seconds + later.seconds,
    first: earlier.first ?? (later.first && shifted(later.first)),
    ...(later.stories === undefined ? {} : { stories: later.stories }),
  }
}

/** Two runs that have one finding between them: the smaller case, and a request before a story. */
export function merge(reports: readonly CampaignReport[]): CampaignReport {
  const findings = new Map<string, Finding>()
  for (const finding of reports.flatMap(({ found }) => found)) {
    const other = findings.get(finding.id)
    if (!other || sizeOf(finding.case) < sizeOf(other.case)) findings.set(finding.id, finding)
  }
  const found = [...findings.values()]
  const noted = mergeNotes(reports.flatMap((report) => report.noted))
  return {
    ...sum(reports),
    findings: found.length,
    notes: noted.length,
    found,
    noted,
    unconfirmed: mergeNotes(reports.flatMap((report) => report.unconfirmed)),
    first: reports.map(({ first }) => first).reduce((a, b) => (b && (!a || b.seconds < a.seconds) ? b : a), null),
  }
}

function sizeOf(fuzzCase: FuzzCase): number {
  return JSON.stringify(fuzzCase).length + (fuzzCase.story === undefined ? 0 : 1_000_000)
}

/** A long run must not keep every way in which a story can be told. */
const maxNotes = 500

function mergeNotes(notes: readonly Note[]): Note[] {
  const merged = new Map<string, Note>()
  for (const { rule, story, count } of notes) {
    const note = merged.get(`${rule} ${story}`) ?? { rule, story, count: 0 }
    note.count += count
    merged.set(`${rule} ${story}`, note)
  }
  return [...merged.values()].sort((a, b) => b.count - a.count).slice(0, maxNotes)
}
