import { spawn } from 'node:child_process'
import { certificateFile } from './jwks-server.ts'
import { notReadyCode } from './not-yet-loaded.ts'

/**
 * The young generation as Lambda's Node runtime sets it for a function of 128 MB: a tenth of the memory, half of that a
 * semi-space (the runtime's `bootstrap` script; read about in "Deep Dive into AWS Lambda (3)", dev.to, February 2026).
 * With Node's own default a measured process sees one or two collections, and whose turn they fall into is chance. Collected on
 * one thread, because such a function has a fraction of a processor.
 */
export const lambdaHeap: readonly string[] = ['--max-semi-space-size=6', '--single-threaded-gc']

export interface ProcessOptions {
  signal: AbortSignal
  /** Flags for Node. */
  flags?: readonly string[]
  /** A program, with its arguments, that runs Node: valgrind. */
  under?: readonly string[]
}

/** What a measured process left: its report, and what it wrote to standard error. */
export interface ProcessResult<Report> {
  report: Report
  errors: string
}

/** Processes in a row whose subject was not ready, before that is an error. */
const attempts = 3

/**
 * Runs one measured process to its end, and anew where its subject was not ready; otherwise as `runProcess`.
 */
export async function measureInProcess<Report>(
  program: string,
  job: object,
  options: ProcessOptions,
): Promise<ProcessResult<Report>> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await runProcess(program, job, options)
    } catch (error) {
      if (attempt === attempts || (error as { cause?: unknown }).cause !== notReadyCode) throw error
    }
  }
}

/**
 * Runs one measured process to its end; what it writes to descriptor 3 is its report, as JSON. Its standard output goes
 * to /dev/null: a log line costs its write. Rejects with the last lines of standard error where the process fails,
 * and with the signal's reason where that ended it.
 */
function runProcess<Report>(
  program: string,
  job: object,
  { signal, flags = [], under = [] }: ProcessOptions,
): Promise<ProcessResult<Report>> {
  const [command = process.execPath, ...rest] = [...under, process.execPath, ...flags, program, JSON.stringify(job)]
  return new Promise((resolve, reject) => {
    const child = spawn(command, rest, {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_EXTRA_CA_CERTS: certificateFile, NODE_OPTIONS: '' },
      signal,
    })
    const [, , errors, results] = child.stdio
    const text = { errors: '', results: '' }
    errors?.on('data', (chunk: Buffer) => {
      text.errors += chunk
    })
    results?.on('data', (chunk: Buffer) => {
      text.results += chunk
    })
    child.on('error', (error) => reject(signal.aborted ? signal.reason : error))
    child.on('close', (code, killed) => {
      if (code === 0) resolve({ report: JSON.parse(text.results) as Report, errors: text.errors })
      else reject(new Error(`${program} ended with ${killed ?? code}: ${lastLines(text.errors)}`, { cause: code }))
    })
  })
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-12).join('\n')
}
