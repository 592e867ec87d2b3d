/** What happens to the target while a run goes on, timed from the first answer. */
import type { EdgeAction, Scenario } from './scenario.ts'

export class RunSchedule {
  readonly #events: NonNullable<Scenario['events']>
  readonly #seconds: number
  readonly #act: (action: EdgeAction) => Promise<void>
  readonly #log: (line: string) => void
  #timers: NodeJS.Timeout[] = []

  constructor(
    events: Scenario['events'],
    seconds: number,
    act: (action: EdgeAction) => Promise<void>,
    log: (line: string) => void,
  ) {
    this.#events = events ?? []
    this.#seconds = seconds
    this.#act = act
    this.#log = log
  }

  begin(): void {
    this.#timers = this.#events.map(({ at, action }) =>
      setTimeout(
        () => {
          this.#log(`load: ${action} after ${(at * this.#seconds).toFixed(1)} s`)
          this.#act(action).catch((error: unknown) => this.#log(`load: ${action} failed: ${String(error)}`))
        },
        at * this.#seconds * 1000,
      ),
    )
  }

  end(): void {
    for (const timer of this.#timers) clearTimeout(timer)
  }
}
