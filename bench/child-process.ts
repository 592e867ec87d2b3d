import { spawn } from 'node:child_process'
import { certificateFile } from './jwks-server.ts'

/**
 * Runs one measured process to its end and returns what it wrote to descriptor 3, as JSON. Its standard output goes to
 * /dev/null: a log line costs its write. Rejects with the last lines of standard error where the process fails.
 */
export function measureInProcess<Report>(program: string, job: object, signal: AbortSignal): Promise<Report> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--expose-gc', program, JSON.stringify(job)], {
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
    child.on('error', reject)
    child.on('close', (code, killed) => {
      if (code === 0) resolve(JSON.parse(text.results) as Report)
      else
        reject(
          new Error(`${program} ended with ${killed ?? code}: ${text.errors.trim().split('\n').slice(-12).join('\n')}`),
        )
    })
  })
}
