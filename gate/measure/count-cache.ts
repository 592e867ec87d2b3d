/** Counts that are known already: of base, when the gate runs again, or of both sides when nothing but a test changed. */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Deployment } from '../requests.ts'
import type { Suite } from '../suites.ts'
import type { Count } from './instructions.ts'
import type { Workbench } from './workbench.ts'

export type Counts = Partial<Record<Suite, Count>>

/**
 * What a count depends on: the program, Node, valgrind, the processor's instruction set (OpenSSL and V8 choose by it), the
 * requests and the measuring scripts.
 */
export function countKey(
  bench: Workbench,
  deployables: Record<Deployment, string>,
  valgrind: string,
  cpu: string,
): string {
  const hash = createHash('sha256').update([process.version, process.arch, valgrind, cpu].join('\n'))
  const { 'counted-start': start, 'counted-requests': requests } = bench.scripts
  for (const file of [start, requests]) hash.update(readFileSync(file))
  for (const { events } of Object.values(bench.requests)) hash.update(readFileSync(events))
  hash.update(bench.exported)
  for (const text of Object.values(deployables)) hash.update(text)
  return hash.digest('hex').slice(0, 32)
}

export function readCounts(key: string): Counts | null {
  try {
    return JSON.parse(readFileSync(cacheFile(key), 'utf8')) as Counts
  } catch {
    // Absent or unreadable: it is counted again.
    return null
  }
}

export function writeCounts(key: string, counts: Counts): void {
  const file = cacheFile(key)
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(`${file}.${process.pid}`, JSON.stringify(counts))
    renameSync(`${file}.${process.pid}`, file)
  } catch {
    // A cache that cannot be written costs time, not correctness.
  }
}

function cacheFile(key: string): string {
  const root = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  return join(root, 'edgeproof', 'counts', `${key}.json`)
}
