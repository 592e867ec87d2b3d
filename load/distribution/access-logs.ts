/**
 * CloudFront's standard logs (Developer Guide, "Configure standard logging", and the log file fields there): W3C
 * extended with tabs, or one JSON object on each line; gzipped or not.
 */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import { UsageError } from '../../config/usage-error.ts'
import type { Seen } from '../measurement/id-join.ts'

/** Calls back for each request of a log file. Throws a UsageError for a file that is no such log. */
export async function readAccessLog(file: string, seen: (request: Seen) => void): Promise<void> {
  let fields: string[] | null = null
  let number = 0
  for await (const line of linesOf(file)) {
    number += 1
    if (line === '' || line.startsWith('#Version')) continue
    if (line.startsWith('#Fields:')) {
      fields = line.slice('#Fields:'.length).trim().split(/\s+/)
      continue
    }
    const record = line.startsWith('{') ? jsonRecord(line) : fields && tabRecord(fields, line)
    const id = record?.['x-edge-request-id']
    if (!record || !id)
      throw new UsageError(`${file}:${number}: is no line of a CloudFront standard log with x-edge-request-id`)
    // The response's result type is what X-Cache said; the other one is settled when the viewer has read it all.
    const cache = record['x-edge-response-result-type'] ?? record['x-edge-result-type'] ?? ''
    seen({ id, cache, status: Number(record['sc-status']) })
  }
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const raw = createReadStream(file)
  const input = file.endsWith('.gz') ? raw.pipe(createGunzip()) : raw
  // pipe() hands no error on.
  raw.on('error', (error) => input.destroy(error))
  try {
    yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })
  } catch (error) {
    throw new UsageError(
      `${file}: cannot be read (${(error as NodeJS.ErrnoException).code ?? (error as Error).message})`,
    )
  }
}

function tabRecord(fields: readonly string[], line: string): Record<string, string> {
  const values = line.split('\t')
  return Object.fromEntries(fields.map((field, index) => [field, values[index] ?? '']))
}

function jsonRecord(line: string): Record<string, string> | null {
  try {
    return JSON.parse(line) as Record<string, string>
  } catch {
    return null
  }
}
