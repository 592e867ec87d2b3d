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
  roundRequests: number
  /** A cache of ten thousand entries is full by then; one that still grows is not bounded. */
  rounds: number
  /** Growth for each request that only a memory of it explains. */
  growthBytes: number
  /** So many requests that no earlier round held. */
  round(world: World, round: number, count: number): Step[]
}

/** Rounds in which compiled code and first fetches still take their place. */
const warmUpRounds = 2

/** What is refused costs no signature; what is allowed costs one each, so that there is less of it in a round. */
const supplies: readonly Supply[] = [
  { what: 'refused', roundRequests: 500, rounds: 80, growthBytes: 100, round: refusedRequests },
  { what: 'good', roundRequests: 100, rounds: 112, growthBytes: 300, round: goodTokens },
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
      const sizes: number[] = []
      for (let round = 0; round < supply.rounds && !over(); round++) {
        await sandbox.run(supply.round(world, round, supply.roundRequests))
        const { heapBytes, externalBytes } = await sandbox.memory()
        sizes.push(heapBytes + externalBytes)
        if (!stillGrows(sizes, supply)) break
      }
      if (sizes.length < supply.rounds || !stillGrows(sizes, supply)) continue
      const [step] = supply.round(world, supply.rounds, 1)
      if (step === undefined) continue
      const perRequest =
        (at(sizes, -1) - at(sizes, warmUpRounds)) / ((sizes.length - 1 - warmUpRounds) * supply.roundRequests)
      const story = `memory still grows by ${Math.round(perRequest)} bytes for each new ${supply.what} token after ${sizes.length * supply.roundRequests} of them`
      return { observation: { class: 'exhaustion', rule: 'resources/memory', story }, step }
    } catch (error) {
      // A target that dies of it is found by what it did not answer.
      if (!(error instanceof SandboxGone)) throw error
    }
  }
  return null
}

/** Over the last three rounds together, because one collection may leave behind what the next one takes. */
function stillGrows(sizes: readonly number[], { growthBytes, roundRequests }: Supply): boolean {
  const rounds = Math.min(3, sizes.length - 1 - warmUpRounds)
  if (rounds < 3 && sizes.length <= warmUpRounds + 3) return true
  return at(sizes, -1) - at(sizes, -1 - rounds) >= growthBytes * roundRequests * rounds
}

function at(sizes: readonly number[], index: number): number {
  return sizes.at(index) ?? Number.NaN
}

/** Each with a signature of its own, as long as a header of 8 kB allows: what remembers them cannot hide. */
function goodTokens(world: World, round: number, count: number): Step[] {
  const [visitor] = world.visitors
  const [key] = visitor.issuer.keys
  return Array.from({ length: count }, (_, index) =>
    request(world, { uri: visitor.granted[0], token: mint(key, { ...visitor.claims, jti: `${round}-${index}`, pad }) }),
  )
}

const pad = 'p'.repeat(1_000)

function refusedRequests(world: World, round: number, count: number): Step[] {
  const [visitor] = world.visitors
  const [uri] = visitor.granted
  const [key] = visitor.issuer.keys
  const good = mint(key, visitor.claims)
  const [header = '', payload = '', signature = ''] = good.split('.')
  return Array.from({ length: count }, (_, index): Step => {
    const serial = `${round}-${index}`
    const kind = index % 4
    if (kind === 0) return request(world, { uri: `${uri}/${serial}${'p'.repeat(500)}`, token: good })
    if (kind === 1) {
      const forged = Buffer.from(signature, 'base64url')
      forged.writeUInt32LE(round * count + index, 8)
      return request(world, { uri, token: `${header}.${payload}.${forged.toString('base64url')}` })
    }
    const head = { alg: key.algorithm, kid: kind === 2 ? `${serial}${'k'.repeat(500)}` : key.kid }
    return request(world, { uri, token: unsigned(head, { ...visitor.claims, jti: serial }, signature) })
  })
}
