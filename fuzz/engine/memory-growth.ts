/**
 * Watches a handler's memory over ever new requests (semantics.md, "Resources": bounded over any number of distinct
 * tokens). The heap after a collection, with what lies outside it, between rounds of requests that were never seen before.
 */
import { request } from '../attacks/request-step.ts'
import { unsigned } from '../attacks/tokens.ts'
import type { FuzzCase, Step, World } from '../case.ts'
import type { Observation } from '../invariants/observation.ts'
import { mint } from '../mint.ts'
import { createSandbox, SandboxGone } from '../target/sandbox.ts'
import type { Target } from '../target/target.ts'

interface Supply {
  what: string
  /** In each of the first rounds; what still grows after them gets larger ones. */
  roundRequests: number
  /** A cache of ten thousand entries is full by then; one that still grows is not bounded. */
  requests: number
  /** Growth for each request that only a memory of it explains. */
  growthBytes: number
  /** `count` requests that were not among the first `sent`. */
  round(world: World, sent: number, count: number): Step[]
}

/** Rounds in which compiled code and first fetches still take their place. */
const warmUpRounds = 2
const smallRounds = warmUpRounds + 4

/** What is refused costs no signature; what is allowed costs one each, so that there is less of it in a round. */
const supplies: readonly Supply[] = [
  { what: 'refused', roundRequests: 500, requests: 40_000, growthBytes: 100, round: refusedRequests },
  { what: 'good', roundRequests: 100, requests: 11_000, growthBytes: 300, round: goodTokens },
]

export interface Growth {
  observation: Observation
  /** One of the requests. */
  step: Step
}

/** Null where memory stops growing. */
export async function measureGrowth(
  target: Target,
  world: World,
  serve: FuzzCase['serve'],
  over: () => boolean,
): Promise<Growth | null> {
  for (const supply of supplies) {
    await using sandbox = createSandbox({ runtime: target.runtime })
    await sandbox.load(target.file, world.start, serve)
    try {
      const sizes: Size[] = []
      for (let sent = 0; sent < supply.requests && !over() && stillGrows(sizes, supply); ) {
        const count = supply.roundRequests * (sizes.length < smallRounds ? 1 : 4)
        await sandbox.run(supply.round(world, sent, count))
        sent += count
        const { heapBytes, externalBytes } = await sandbox.memory()
        sizes.push({ requests: sent, bytes: heapBytes + externalBytes })
      }
      const [step] = supply.round(world, supply.requests * 2, 1)
      const last = sizes.at(-1)
      const first = sizes[warmUpRounds]
      if (!step || !first || !last || last.requests < supply.requests || !stillGrows(sizes, supply)) continue
      const perRequest = Math.round((last.bytes - first.bytes) / (last.requests - first.requests))
      const story = `memory still grows by ${perRequest} bytes for each new ${supply.what} token after ${last.requests} of them`
      return { observation: { class: 'exhaustion', rule: 'resources/memory', story }, step }
    } catch (error) {
      // A target that dies of it is found by what it did not answer.
      if (!(error instanceof SandboxGone)) throw error
    }
  }
  return null
}

interface Size {
  /** All that were sent by then. */
  requests: number
  bytes: number
}

/** Over the last three rounds together, because one collection may leave behind what the next one takes. */
function stillGrows(sizes: readonly Size[], { growthBytes }: Supply): boolean {
  const last = sizes.at(-1)
  const earlier = sizes.at(-4)
  if (!last || !earlier || sizes.length < smallRounds) return true
  return last.bytes - earlier.bytes >= growthBytes * (last.requests - earlier.requests)
}

/** Each with a signature of its own, as long as a header of 8 kB allows: what remembers them cannot hide. */
function goodTokens(world: World, sent: number, count: number): Step[] {
  const [visitor] = world.visitors
  const [key] = visitor.issuer.keys
  return Array.from({ length: count }, (_, index) =>
    request(world, { uri: visitor.granted[0], token: mint(key, { ...visitor.claims, jti: `${sent + index}`, pad }) }),
  )
}

const pad = 'p'.repeat(1_000)

function refusedRequests(world: World, sent: number, count: number): Step[] {
  const [visitor] = world.visitors
  const [uri] = visitor.granted
  const [key] = visitor.issuer.keys
  const good = mint(key, visitor.claims)
  const [header = '', payload = '', signature = ''] = good.split('.')
  return Array.from({ length: count }, (_, index): Step => {
    const serial = `${sent + index}`
    const kind = index % 4
    if (kind === 0) return request(world, { uri: `${uri}/${serial}${'p'.repeat(500)}`, token: good })
    if (kind === 1) {
      const forged = Buffer.from(signature, 'base64url')
      forged.writeUInt32LE(sent + index, 8)
      return request(world, { uri, token: `${header}.${payload}.${forged.toString('base64url')}` })
    }
    const head = { alg: key.algorithm, kid: kind === 2 ? `${serial}${'k'.repeat(500)}` : key.kid }
    return request(world, { uri, token: unsigned(head, { ...visitor.claims, jti: serial }, signature) })
  })
}
