/**
 * Measures what a request costs a handler (semantics.md, "Resources"). CPU time of the target's own process, the least of
 * several repeats, against a plain request of equal size in the same process; memory after many distinct requests.
 */
import { request } from '../attacks/request-step.ts'
import { unsigned } from '../attacks/tokens.ts'
import type { FuzzCase, Step, World } from '../case.ts'
import type { Observation } from '../invariants/observation.ts'
import { mint } from '../mint.ts'
import { createSandbox, SandboxGone } from '../target/sandbox.ts'
import type { Target } from '../target/target.ts'
import { stepWatchdogMs } from './replay.ts'
import type { Judged } from './trial.ts'

/** Real time that makes a request a suspect. */
const suspectMs = 30
const repeats = 5
/** A finding costs at least this much, and this many times what a plain request of its size costs. */
const costlyMs = 20
const costlyRatio = 10

/** Waiting for the clock or for an answer is no work. */
export function isSuspect({ answer, step }: Judged, clockBefore: number): boolean {
  return (
    step.kind === 'request' && answer.realMs >= suspectMs && answer.clock === clockBefore && answer.fetches.length === 0
  )
}

/** Measures the case's last request in a fresh sandbox; null where it is no dearer than its size. */
export async function measureCost(target: Target, { start, serve, steps }: FuzzCase): Promise<Observation | null> {
  const last = steps.at(-1)
  if (last === undefined) return null
  await using sandbox = createSandbox({ runtime: target.runtime })
  await sandbox.load(target.file, start, serve)
  try {
    const least = async (step: Step) => {
      const costs: number[] = []
      for (let repeat = 0; repeat < repeats; repeat++) {
        const [outcome] = await sandbox.run([structuredClone(step)], { timed: true, watchdogMs: stepWatchdogMs })
        costs.push(outcome?.cpuMs ?? 0)
      }
      return Math.min(...costs)
    }
    for (const step of steps.slice(0, -1)) await sandbox.run([step], { watchdogMs: stepWatchdogMs })
    const plain = await least(plainOfSize(JSON.stringify(last).length))
    const cost = await least(last)
    if (cost < costlyMs || cost < costlyRatio * plain) return null
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

const roundRequests = 1_500
/** A bounded cache is full by then; one that still grows is not bounded. */
const maxRounds = 16
/** Growth for each request that only a memory of it explains. */
const growthBytes = 400

/** Sends ever new tokens, kids and paths, and watches the heap after collections. */
export async function measureGrowth(
  target: Target,
  world: World,
  serve: FuzzCase['serve'],
): Promise<{ observation: Observation; step: Step } | null> {
  await using sandbox = createSandbox({ runtime: target.runtime })
  await sandbox.load(target.file, world.start, serve)
  let previous = 0
  let growing = 0
  let perRequest = 0
  for (let round = 0; round < maxRounds; round++) {
    try {
      await sandbox.run(distinctRequests(world, round), { watchdogMs: 20_000 })
    } catch (error) {
      if (error instanceof SandboxGone) return null
      throw error
    }
    const { heapBytes, externalBytes } = await sandbox.memory()
    const bytes = heapBytes + externalBytes
    perRequest = (bytes - previous) / roundRequests
    growing = round > 0 && perRequest >= growthBytes ? growing + 1 : 0
    previous = bytes
    // Two rounds without growth: whatever is remembered is bounded.
    if (round >= 2 && growing === 0) return null
  }
  const [step] = distinctRequests(world, maxRounds)
  if (step === undefined || growing < maxRounds / 2) return null
  const story = `memory still grows by ${Math.round(perRequest)} bytes for each new request after ${maxRounds * roundRequests}`
  return { observation: { class: 'exhaustion', rule: 'resources/memory', story }, step }
}

function distinctRequests(world: World, round: number): Step[] {
  const [visitor] = world.visitors
  const [uri] = visitor.granted
  const [key] = visitor.issuer.keys
  const good = mint(key, visitor.claims)
  const [header = '', payload = '', signature = ''] = good.split('.')
  return Array.from({ length: roundRequests }, (_, index): Step => {
    const serial = `${round}-${index}`
    const kind = index % 4
    if (kind === 0) return request(world, { uri: `${uri}/${serial}${'p'.repeat(500)}`, token: good })
    if (kind === 1) {
      const forged = Buffer.from(signature, 'base64url')
      forged.writeUInt32LE(round * roundRequests + index, 8)
      return request(world, { uri, token: `${header}.${payload}.${forged.toString('base64url')}` })
    }
    const head = { alg: key.algorithm, kid: kind === 2 ? `${serial}${'k'.repeat(500)}` : key.kid }
    return request(world, { uri, token: unsigned(head, { ...visitor.claims, jti: serial }, signature) })
  })
}
