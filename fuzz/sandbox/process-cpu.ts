/** CPU time of another process, from Linux's /proc. */
import { readFileSync } from 'node:fs'

/** Linux counts in hundredths of a second for every architecture that Node runs on (USER_HZ, proc_pid_stat(5)). */
const tickMs = 10

/** Milliseconds of user and system time so far, all threads; null where there is no /proc, or no such process any more. */
export function processCpuMs(pid: number | undefined): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The second field is the command's name in parentheses, which may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) * tickMs
  } catch {
    return null
  }
}
