/** How far a child is in a batch, told through a file: a process that spins cannot send a message any more. */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The child's descriptor of it: after the standard streams and the channel. */
const progressDescriptor = 4

export interface StepProgress {
  /** For the child's `stdio`. */
  descriptor: number
  /** Index of the step that the child last began. */
  read(): number
  close(): void
}

/** A file without a name: nothing is left behind, however the processes end. */
export function createStepProgress(): StepProgress {
  const directory = mkdtempSync(join(tmpdir(), 'edgeproof-progress-'))
  const descriptor = openSync(join(directory, 'step'), 'w+')
  rmSync(directory, { recursive: true })
  const bytes = Buffer.alloc(4)
  return {
    descriptor,
    read: () => (readSync(descriptor, bytes, 0, 4, 0) === 4 ? bytes.readUInt32LE() : 0),
    close: () => closeSync(descriptor),
  }
}

/** The child's end; taken before a handler can replace what it stands on. */
export function stepReporter(): (step: number) => void {
  const write = writeSync
  const bytes = Buffer.alloc(4)
  return (step) => {
    bytes.writeUInt32LE(step)
    write(progressDescriptor, bytes, 0, 4, 0)
  }
}
