/** How much of the machine others used during a run: times measured on a busy machine say nothing about the edge. */
import { readFileSync } from 'node:fs'

export interface MachineShare {
  /** Share of all CPU time, 0 to 1, that other programs used; null where the system does not tell. */
  foreign: number | null
  /** Share that the hypervisor gave to others; null where the system does not tell. */
  steal: number | null
  /** CPU seconds of this process and of the given ones. */
  ownSeconds: number
  k6Seconds: number
}

/** Starts counting; `sample` must be called while the k6 processes run, because an ended one has no figures any more. */
export function watchMachine(k6Ids: readonly number[]): { sample(): void; share(): MachineShare } {
  const before = { machine: machineTicks(), own: process.cpuUsage() }
  const k6 = new Map<number, number>()
  return {
    sample() {
      for (const id of k6Ids) {
        const ticks = processTicks(id)
        if (ticks !== null) k6.set(id, ticks)
      }
    },
    share() {
      const own = process.cpuUsage(before.own)
      const ownSeconds = (own.user + own.system) / 1e6
      const k6Seconds = [...k6.values()].reduce((sum, ticks) => sum + ticks, 0) / ticksPerSecond
      const now = machineTicks()
      if (!before.machine || !now) return { foreign: null, steal: null, ownSeconds, k6Seconds }
      const total = now.total - before.machine.total
      const busy = now.busy - before.machine.busy
      const foreign = (busy - (ownSeconds + k6Seconds) * ticksPerSecond) / total
      return { foreign: Math.max(0, foreign), steal: (now.steal - before.machine.steal) / total, ownSeconds, k6Seconds }
    },
  }
}

/** USER_HZ, which proc_stat(5) and proc_pid_stat(5) count in; 100 on every architecture that Node runs on. */
const ticksPerSecond = 100

function machineTicks(): { total: number; busy: number; steal: number } | null {
  const line = read('/proc/stat')?.split('\n', 1)[0]
  if (!line) return null
  // user nice system idle iowait irq softirq steal; guest time is in user already.
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = line
    .trim()
    .split(/\s+/)
    .slice(1, 9)
    .map(Number)
  const busy = user + nice + system + irq + softirq
  return { total: busy + idle + iowait + steal, busy, steal }
}

function processTicks(id: number): number | null {
  // The command's name is in parentheses and may hold spaces; utime and stime are fields 14 and 15.
  const fields = read(`/proc/${id}/stat`)?.split(') ').at(-1)?.split(' ')
  return fields ? Number(fields[11]) + Number(fields[12]) : null
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
