import { sandboxCpuMs } from '../sandbox/sandbox.ts'

/** CPU time of this thread and of every handler process that it has started, in seconds. */
export function cpuSeconds(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1e6 + sandboxCpuMs() / 1e3
}
