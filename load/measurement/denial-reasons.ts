/** Why the authorizer denied, from what it printed (authorizer/denial-log.ts): one line of JSON for one or more denials. */
import { readFileSync } from 'node:fs'

export interface DenialReason {
  reason: string
  count: number
}

/**
 * `total` denials by reason, the most frequent first. The authorizer writes so many lines of each reason in a while, and the
 * count of the others later: what it had not counted by the end is `unlogged`, as is every denial of a handler that prints nothing.
 */
export function denialReasons(logFile: string, total: number): DenialReason[] {
  const counts = new Map<string, number>()
  for (const line of read(logFile).split('\n')) {
    const { edgeproof, reason, count } = parsed(line)
    if (edgeproof !== 'denied' || typeof reason !== 'string' || typeof count !== 'number') continue
    counts.set(reason, (counts.get(reason) ?? 0) + count)
  }
  const logged = [...counts.values()].reduce((sum, count) => sum + count, 0)
  if (total > logged) counts.set('unlogged', total - logged)
  return [...counts].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count)
}

/** The file is made with the first line. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

function parsed(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
