/**
 * Measures what a request costs a handler (SEMANTICS.md, "Resources"): CPU time of the handler's own process, the least of
 * several repeats, against a plain request of equal size in the same process.
 */
import type { FuzzCase, Step } from '../case.ts'
import type { Observation } from '../invariants/observation.ts'
import type { HandlerUnderTest } from '../sandbox/handler-under-test.ts'
import { loadPlaced, SandboxGone, sandboxFor } from '../sandbox/sandbox.ts'
import type { Judged } from './trial.ts'

/** Real time that makes a request a suspect. */
const suspectMs = 30
/** As many repeats as fit, at least two: a request that takes a second is dear without a fifth look. */
const repeats = 5
const fewestRepeats = 2
const enoughMs = 1_000
/** A finding costs at least this much, and this many times what a plain request of its size costs. */
const costlyMs = 20
const costlyRatio = 10
/** Reading JSON of many small members takes 20 ns a byte; ten times that is no longer reading. */
const costlyMsPerByte = 0.0002

/** Waiting for the clock or for an answer is no work. */
export function isSuspect({ answer, step }: Judged, clockBefore: number): boolean {
  return (
    step.kind === 'request' && answer.realMs >= suspectMs && answer.clock === clockBefore && answer.fetches.length === 0
  )
}

/** Measures the case's last request in a fresh sandbox; null where it is no dearer than its size. */
export async function measureCost(
  tested: HandlerUnderTest,
  { start, serve, steps }: FuzzCase,
): Promise<Observation | null> {
  const last = steps.at(-1)
  if (last === undefined) return null
  await using sandbox = sandboxFor(tested)
  await loadPlaced(sandbox, tested, start, serve)
  try {
    const least = async (step: Step) => {
      const costs: number[] = []
      let spent = 0
      while (costs.length < (spent < enoughMs ? repeats : fewestRepeats)) {
        const [outcome] = await sandbox.run([step], { timed: true })
        costs.push(outcome?.cpuMs ?? 0)
        spent += outcome?.cpuMs ?? 0
      }
      return Math.min(...costs)
    }
    if (steps.length > 1) await sandbox.run(steps.slice(0, -1))
    const bytes = JSON.stringify(last).length
    const plain = await least(plainOfSize(bytes))
    const cost = await least(last)
    if (cost < Math.max(costlyMs, costlyRatio * plain, costlyMsPerByte * bytes)) return null
    return {
      class: 'exhaustion',
      rule: 'resources/cpu',
      story: `a request took ${cost.toFixed(0)} ms of CPU time, a plain one of its size ${plain.toFixed(1)} ms`,
    }
  } catch (error) {
    // One that ends or blocks the process is a crash, which is found elsewhere.
    if (error instanceof SandboxGone) return null
    throw error
  }
}

function plainOfSize(bytes: number): Step {
  const headers = {
    host: [{ key: 'Host', value: 'd111111abcdef8.cloudfront.net' }],
    'x-padding': [{ key: 'X-Padding', value: 'x'.repeat(bytes) }],
  }
  const plain = { clientIp: '203.0.113.178', method: 'GET', uri: '/', querystring: '', headers }
  return { kind: 'request', event: { Records: [{ cf: { config: { eventType: 'viewer-request' }, request: plain } }] } }
}
