/** Takes what the handler writes to its standard streams: its log, as CloudWatch would have it. */
import { createRequire, syncBuiltinESMExports } from 'node:module'

const require = createRequire(import.meta.url)

/** A handler that logs without end must not fill the suite's memory. */
const maxLines = 10_000
const maxLineLength = 64 * 1024

/** Returns the lines since the last call. A write is one entry per line feed, as a log agent splits them. */
export function captureOutput(): () => string[] {
  let lines: string[] = []
  const take = (chunk: unknown) => {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk as Uint8Array).toString()
    for (const line of text.replace(/\n$/, '').split('\n')) {
      if (lines.length < maxLines) lines.push(line.slice(0, maxLineLength))
    }
  }
  for (const stream of [process.stdout, process.stderr]) {
    stream.write = ((chunk: unknown, ...rest: unknown[]) => {
      take(chunk)
      const done = rest.at(-1)
      if (typeof done === 'function') process.nextTick(done as () => void)
      return true
    }) as typeof stream.write
  }
  // Loggers such as pino write to the descriptors themselves.
  const fs = require('node:fs') as Record<string, unknown>
  const { writeSync, write } = fs as {
    writeSync: (fd: number, chunk: unknown, ...rest: unknown[]) => number
    write: (fd: number, chunk: unknown, ...rest: unknown[]) => void
  }
  const isStandard = (fd: unknown) => fd === 1 || fd === 2
  fs.writeSync = (fd: number, chunk: unknown, ...rest: unknown[]) => {
    if (!isStandard(fd)) return writeSync(fd, chunk, ...rest)
    take(chunk)
    return Buffer.byteLength(chunk as string)
  }
  fs.write = (fd: number, chunk: unknown, ...rest: unknown[]) => {
    if (!isStandard(fd)) return write(fd, chunk, ...rest)
    take(chunk)
    const done = rest.at(-1)
    if (typeof done === 'function') process.nextTick(() => done(null, Buffer.byteLength(chunk as string), chunk))
  }
  syncBuiltinESMExports()
  return () => {
    const taken = lines
    lines = []
    return taken
  }
}
