/** Runs k6 processes on a plan and hands on what they report. */
import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plan, PlannedRequest } from '../population/request-plan.ts'
import type { RunDescription } from './run-description.ts'

/** What k6 runs. */
export const script = fileURLToPath(new URL('../scenarios/script.ts', import.meta.url))

export interface PlanSettings {
  target: string
  /** Where the script asks for newer tokens, and how often; null: the planned ones outlast the run. */
  renewal: { url: string; everySeconds: number } | null
  /** The headers of every OPTIONS. */
  preflight: Readonly<Record<string, string>> | null
  /** Of the load, in milliseconds, and what its output says of it. */
  lengthMs: number
  about: RunDescription
}

/** Writes the plan's files as the script reads them; they hold tokens, so only the user may read them. */
export function writePlan(directory: string, plan: Plan, settings: PlanSettings, options: object): void {
  for (const [name, content] of Object.entries(planFiles(plan, settings, options))) {
    writeFileSync(join(directory, name), content, { mode: 0o600 })
  }
}

/** The plan's files by name. What an iteration reads has few members, because k6 freezes each of them each time. */
export function planFiles(plan: Plan, settings: PlanSettings, options: object): Record<string, string> {
  let start = 0
  const windows = plan.windows.map(({ from, sequence }) => {
    const window = { from, start, length: sequence.length }
    start += sequence.length
    return window
  })
  return {
    'settings.json': JSON.stringify({ ...settings, windows, options }),
    'requests.json': JSON.stringify(plan.requests.map((request) => [requestLine(request)])),
    'credentials.json': JSON.stringify(plan.credentials.map(({ name, value }) => [name, value])),
    'sequence.json': JSON.stringify(plan.windows.flatMap(({ sequence }) => sequence)),
  }
}

/** No field can hold a tab: paths and patterns have no control characters. */
function requestLine(request: PlannedRequest): string {
  const { class: kind, route, method, path, statuses, md5, credential } = request
  return [kind, route, method, path, statuses.join(','), md5 ?? '', credential < 0 ? '' : credential].join('\t')
}

export interface K6Run {
  binary: string
  /** What k6 runs. Default: our own script. */
  script?: string
  /** Environment variables of the script. */
  environment: Readonly<Record<string, string>>
  /** k6's own flags. */
  flags: readonly string[]
  /** Outputs of k6's beside the one that is read here, as its `--out` takes them. Default none. */
  outputs?: readonly string[]
  /** How many processes share the load, each an execution segment. Default 1. */
  segments?: number
  /** Takes what the k6 of a segment writes: its JSON output, chunk by chunk. */
  reader: (segment: number) => (chunk: Buffer) => void
  signal: AbortSignal
}

export interface K6End {
  /** Null where a signal ended the process. */
  code: number | null
  signal: NodeJS.Signals | null
  /** The last lines that k6 said. */
  said: string
}

/** Resolves when every process has ended and all they reported was handed on; an abort ends them. */
export function runK6(run: K6Run): { ended: Promise<K6End[]>; processIds: readonly number[] } {
  const children = segmentsOf(run.segments ?? 1).map((segment, index) => start(run, segment, index))
  return {
    ended: Promise.all(children.map(({ ended }) => ended)),
    processIds: children.map(({ child }) => child.pid).filter((pid) => pid !== undefined),
  }
}

/** k6's flags for one part of N: https://grafana.com/docs/k6/latest/using-k6/k6-options/reference/#execution-segment */
function segmentsOf(count: number): string[][] {
  if (count === 1) return [[]]
  const edges = Array.from({ length: count + 1 }, (_, index) =>
    index === count ? '1' : index === 0 ? '0' : `${index}/${count}`,
  )
  const sequence = edges.join(',')
  return edges
    .slice(1)
    .map((edge, index) => ['--execution-segment', `${edges[index]}:${edge}`, '--execution-segment-sequence', sequence])
}

function start(run: K6Run, segment: readonly string[], index: number): { child: ChildProcess; ended: Promise<K6End> } {
  const shared = ['--quiet', '--no-color', '--no-usage-report', '--summary-mode=disabled', '--address', '']
  const outputs = ['json', ...(run.outputs ?? [])].flatMap((output) => ['--out', output])
  const child = spawn(run.binary, ['run', ...segment, ...shared, ...run.flags, ...outputs, run.script ?? script], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...memorySettings(run.segments ?? 1), ...process.env, ...run.environment },
    // Its own process group: a Ctrl-C in the terminal reaches us alone, and we end k6.
    detached: true,
  })
  return { child, ended: end(child, run, index) }
}

/**
 * Go's settings for k6 (https://pkg.go.dev/runtime, "Environment Variables"); the user's own win. k6 makes some 30 kB of
 * garbage for each request, and a collection walks every virtual user's JavaScript heap: at Go's own setting one of half a
 * second begins every other second, and takes the cores that the edge needs.
 */
function memorySettings(segments: number): { GOGC: string; GOMEMLIMIT: string } {
  return { GOGC: '800', GOMEMLIMIT: `${Math.floor(totalmem() / 4 / segments / 2 ** 20)}MiB` }
}

/** After SIGINT k6 finishes its running iterations; one that does not within this time is killed. */
const graceMs = 3000

function end(child: ChildProcess, run: K6Run, index: number): Promise<K6End> {
  child.stdout?.on('data', run.reader(index))
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4000)
  })
  let killer: NodeJS.Timeout | undefined
  const stop = () => {
    child.kill('SIGINT')
    killer = setTimeout(() => child.kill('SIGKILL'), graceMs)
  }
  const orphaned = () => child.kill('SIGKILL')
  process.once('exit', orphaned)
  if (run.signal.aborted) stop()
  else run.signal.addEventListener('abort', stop, { once: true })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal, said: said.trim() }))
  }).finally(() => {
    clearTimeout(killer)
    process.off('exit', orphaned)
    run.signal.removeEventListener('abort', stop)
  }) as Promise<K6End>
}
