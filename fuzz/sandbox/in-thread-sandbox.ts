/**
 * The authorizer in the caller's own thread, in the place of a child process: for tools that change its source while it
 * is loaded (mutation testing). Its clock, network and log are the options of `createAuthorizer`, so nothing global is
 * replaced, and a run costs no process. What never ends hangs the caller: only ours goes in here.
 */

import type { Authorizer } from '../../authorizer/authorizer.ts'
import type { Policy } from '../../authorizer/policy.ts'
import { createAuthorizer } from '../../config/create-authorizer.ts'
import type { Fetch, Served, ServedUrls } from '../../oracle/served-urls.ts'
import type { Step } from '../case.ts'
import type { Effects, RawResult, StepOutcome } from './protocol.ts'
import type { Sandbox } from './sandbox.ts'
import { type TimerHandle, VirtualClock } from './virtual-clock.ts'

/** As the edge's own https client: what takes longer than this, in milliseconds, is no answer. */
const getTimeoutMs = 2000
/** Lambda ends a viewer-request function here at the latest. */
const functionTimeoutMs = 30_000
/** Turns of the event loop after which the authorizer only waits for the clock. */
const quietTurns = 3

interface Exchange {
  url: string
  /** When it fails at the latest, in milliseconds since the epoch. */
  limit: number
  timer: TimerHandle | undefined
  fail(): void
}

export function createInThreadSandbox(policy: Policy): Pick<Sandbox, 'load' | 'run'> {
  const clock = new VirtualClock()
  let served: ServedUrls = {}
  let fetches: Fetch[] = []
  const exchanges = new Set<Exchange>()
  let logs: string[] = []
  let authorizer: Authorizer | undefined

  function get(url: string): Promise<string> {
    fetches.push({ url, at: clock.now(), via: 'http/1.1' })
    let exchange: Exchange
    return new Promise<string>((resolve, reject) => {
      const fail = () => reject(new Error('no good answer'))
      exchange = { url, limit: clock.now() + getTimeoutMs, timer: answer(served[url], clock, resolve, fail), fail }
      exchanges.add(exchange)
    }).finally(() => exchanges.delete(exchange))
  }

  async function take(step: Step): Promise<StepOutcome> {
    if (step.kind === 'request') {
      const result = await invoke(step.event)
      return { effects: effects(), result, realMs: 0 }
    }
    if (step.kind === 'serve') Object.assign(served, step.urls)
    else if (step.kind === 'freeze') return freeze(step)
    else {
      const end = clock.now() + step.ms
      for (let due = clock.nextDue(); due !== undefined && due <= end; due = clock.nextDue()) {
        clock.advanceTo(due)
        await untilStill()
      }
      clock.advanceTo(end)
      await untilStill()
    }
    return { effects: effects(), realMs: 0 }
  }

  async function freeze({ ms, cuts }: Extract<Step, { kind: 'freeze' }>): Promise<StepOutcome> {
    if (cuts) await untilStill()
    const cut = [...exchanges]
    clock.jump(clock.now() + ms)
    if (cuts) {
      exchanges.clear()
      for (const { limit, timer, fail } of cut) {
        timer?.cancel()
        if (cuts === 'reset') fail()
        else clock.schedule(limit - clock.now(), false, fail)
      }
      await untilStill()
    }
    return { effects: { ...effects(), underWay: cut.map(({ url }) => url) }, realMs: 0 }
  }

  async function invoke(event: unknown): Promise<RawResult> {
    if (!authorizer) throw new Error('no authorizer is loaded')
    let result: RawResult | undefined
    authorizer.handler(JSON.parse(JSON.stringify(event))).then(
      (value) => {
        result = { kind: 'value', json: JSON.stringify(value) }
      },
      (error) => {
        result = { kind: 'threw', error: String(error) }
      },
    )
    const end = clock.now() + functionTimeoutMs
    for (;;) {
      await untilStill()
      if (result) return result
      const due = clock.nextDue()
      if (due === undefined || due > end) return { kind: 'timeout' }
      clock.advanceTo(due)
    }
  }

  function effects(): Effects {
    const underWay = [...exchanges].map(({ url }) => url)
    const taken = { fetches, underWay, logs, clock: clock.now(), polluted: [] }
    fetches = []
    logs = []
    return taken
  }

  return {
    async load(_file, start, serve) {
      clock.reset(start)
      served = { ...serve }
      exchanges.clear()
      authorizer = createAuthorizer(policy, { get, now: () => clock.now(), log: (line) => void logs.push(line) })
      await untilStill()
      return effects()
    },
    async run(steps) {
      const outcomes: StepOutcome[] = []
      for (const step of steps) outcomes.push(await take(step))
      return outcomes
    },
  }
}

/** The text of a 200 in time, or a rejection, as `AuthorizerOptions.get` promises; the timer of what comes later. */
function answer(
  from: Served | undefined,
  clock: VirtualClock,
  resolve: (text: string) => void,
  fail: () => void,
): TimerHandle | undefined {
  const isCut = from?.kind === 'body' && from.halfway === 'reset'
  const isSilent = from?.kind === 'never' || (from?.kind === 'body' && from.halfway !== undefined)
  if (isSilent && !isCut) return clock.schedule(getTimeoutMs, false, fail)
  if (from?.kind !== 'body' || isCut || (from.status ?? 200) !== 200) fail()
  else if ((from.delayMs ?? 0) >= getTimeoutMs) return clock.schedule(getTimeoutMs, false, fail)
  else if (from.delayMs) return clock.schedule(from.delayMs, false, () => resolve(from.body))
  else resolve(from.body)
  return undefined
}

async function untilStill(): Promise<void> {
  for (let turn = 0; turn < quietTurns; turn++) await new Promise((resolve) => setImmediate(resolve))
}
