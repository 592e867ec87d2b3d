/** What happens to the target while a run goes on, timed from the first answer. */
import type { EdgeAction, Scenario } from './scenario.ts'

export interface ScheduledEvent {
  /** Seconds from the first answer. */
  at: number
  action: EdgeAction
}

export function eventsOf({ events = [], rampSeconds = 0 }: Scenario, seconds: number): ScheduledEvent[] {
  return events.map(({ at, action }) => ({ at: rampSeconds + at * seconds, action }))
}

export class RunSchedule {
  readonly #events: ScheduledEvent[]
  readonly #act: (action: EdgeAction) => Promise<void>
  readonly #log: (line: string) => void
  #timers: NodeJS.Timeout[] = []

  constructor(events: ScheduledEvent[], act: (action: EdgeAction) => Promise<void>, log: (line: string) => void) {
    this.#events = events
    this.#act = act
    this.#log = log
  }

  begin(): void {
    this.#timers = this.#events.map(({ at, action }) =>
      setTimeout(() => {
        this.#log(`load: ${action} after ${at.toFixed(1)} s`)
        this.#act(action).catch((error: unknown) => this.#log(`load: ${action} failed: ${String(error)}`))
      }, at * 1000),
    )
  }

  end(): void {
    for (const timer of this.#timers) clearTimeout(timer)
  }
}
