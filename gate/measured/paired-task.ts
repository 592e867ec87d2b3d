/** What a process that compares two programs is told, and what it tells. */
import type { Schedule, Suite } from '../suites.ts'

export interface PairedTask {
  /** The function that the files export. */
  exported: string
  suites: {
    suite: Suite
    /** Deployable files. */
    base: string
    head: string
    events: string
    once: boolean
    expect: 'allow' | 'deny' | 'answer'
    answers?: string
    /** For each copy. */
    schedule: Schedule
    /** How many instances of both are loaded, one pair after the other. */
    copies: number
  }[]
  /** Which side is loaded first and begins the first block; the next copy and the next block turn it round. */
  startsWithBase: boolean
}

export interface PairedReport {
  /** Natural logarithm of head/base CPU time: the mean over copies of the median over blocks. */
  logRatios: Partial<Record<Suite, number>>
  /** CPU time of base per operation, in microseconds: the median over this process's blocks. */
  baseMicroseconds: Partial<Record<Suite, number>>
  /** Which side failed on what. */
  error?: string
}
