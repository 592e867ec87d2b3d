/** Live progress on standard error: a bar that redraws itself on a terminal, plain lines elsewhere. */
import { styleText } from 'node:util'

export interface Progress {
  /** A line that stays. */
  log(line: string): void
  /**
   * How far the current step is: done and total in any unit; without a total only the label is shown. `status` is what is
   * known so far, and no new step when it changes.
   */
  step(label: string, done?: number, total?: number, status?: string): void
  /** Ends the current step's bar. */
  clear(): void
}

const barWidth = 24
/** Off a terminal, at most one line per step and this many milliseconds, so that CI logs stay readable. */
const plainEveryMs = 10_000

export function createProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  return stream.isTTY ? barProgress(stream) : plainProgress(stream)
}

/** For `--json` in scripts and for tests. */
export const silentProgress: Progress = { log() {}, step() {}, clear() {} }

function barProgress(stream: NodeJS.WriteStream): Progress {
  const clear = () => stream.write('\r\u001b[2K')
  return {
    log(line) {
      clear()
      stream.write(`${line}\n`)
    },
    step(label, done, total, status) {
      const bar = done === undefined || !total ? '' : `${draw(stream, done / total)} `
      clear()
      stream.write(
        `${bar}${stepText(label, done, total, status)}`.slice(
          0,
          Math.max(20, stream.columns - 1 + bar.length - barWidth),
        ),
      )
    },
    clear,
  }
}

function draw(stream: NodeJS.WriteStream, share: number): string {
  const filled = Math.round(barWidth * Math.min(1, Math.max(0, share)))
  // styleText keeps NO_COLOR and what the stream can show.
  return styleText('cyan', '█'.repeat(filled), { stream }) + styleText('dim', '░'.repeat(barWidth - filled), { stream })
}

function stepText(label: string, done?: number, total?: number, status?: string): string {
  const count = done === undefined ? '' : total ? ` ${done}/${total}` : ` ${done}`
  return `${label}${count}${status === undefined ? '' : `: ${status}`}`
}

function plainProgress(stream: NodeJS.WriteStream): Progress {
  let shown = ''
  let at = 0
  return {
    log: (line) => void stream.write(`${line}\n`),
    step(label, done, total, status) {
      const now = Date.now()
      if (label === shown && now - at < plainEveryMs) return
      shown = label
      at = now
      stream.write(`${stepText(label, done, total, status)}\n`)
    },
    clear() {},
  }
}
