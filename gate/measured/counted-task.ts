/** What a process under callgrind is told, and what it tells. */
import type { Schedule } from '../suites.ts'

export interface CountedTask {
  /** The deployable file. */
  handler: string
  /** The function that it exports. */
  exported: string
  events: string
  once: boolean
  expect: 'allow' | 'deny' | 'answer'
  answers?: string
  schedule: Schedule
  /** For the bare verification: the issuer's key as PEM, and a token that it signed. */
  publicKey: string
  token: string
  /** Where to write the report. */
  report: string
}

export interface CountedReport {
  /** RSA verifications by the handler in one batch; 0 where it does them in a way that cannot be seen. */
  verifications: number
  /** Growth of V8's heap over one batch, in bytes; 0 where a collection fell into every batch. */
  allocatedBytes: number
  /** Why nothing was measured. */
  error?: string
}
