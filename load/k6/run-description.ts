import type { ArrivalExecutor } from './arrival-times.ts'

/** What the output of a k6 says of the run that it is of, so that nobody has to repeat it to those who read it. */
export interface RunDescription {
  /** A name from `scenarios/`. */
  scenario: string
  /** Length of the load, without its ramp. */
  seconds: number
  arrival: ArrivalExecutor
}
