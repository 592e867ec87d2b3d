/**
 * Watches a handler's memory over ever new requests (SEMANTICS.md, "Resources": bounded over any number of distinct
 * tokens). The heap after a collection, with what lies outside it, between rounds of requests that were never seen before.
 */

import { mint } from '../../testing/mint.ts'
import { credentialHeader, request } from '../attacks/request-step.ts'
import { typeHeader, unsigned } from '../attacks/tokens.ts'
import type { FuzzCase, Step } from '../case.ts'
import type { Who } from '../finding.ts'
import type { AssessedObservation } from '../invariants/observation.ts'
import type { HandlerUnderTest } from '../sandbox/handler-under-test.ts'
import { loadPlaced, SandboxGone, sandboxFor } from '../sandbox/sandbox.ts'
import { groupChanges, groupsOf } from '../world/provider-claims.ts'
import type { Visitor, World } from '../world/world.ts'

interface Supply {
  what: string
  /** Who can come by so many of them. */
  who: Who
  /** In each of the first rounds; what still grows after them gets larger ones. */
  roundRequests: number
  /** A cache of ten thousand entries is full by then; one that still grows is not bounded. */
  requests: number
  /** Growth for each request that only a memory of it explains. */
  growthBytes: number
  /** Growth that is too much even where it ends, because the tokens that a memory counts can be this large. */
  mostBytes?: number
  /** `count` requests that were not among the first `sent`. */
  round(world: World, sent: number, count: number): Step[]
}

/** Rounds in which compiled code and first fetches still take their place. */
const warmUpRounds = 2
const smallRounds = warmUpRounds + 4

/**
 * Of the 128 MB of a viewer-request function Node has some 45 before a handler is loaded and V8's young generation up to 18, and
 * what is held may be there twice before V8 collects the old.
 */
const roomBytes = 32 * 2 ** 20
/** Enough for a memory of two thousand; what grows too slowly to fill the room with them is not followed so far. */
const largeRequests = 2_500

/** What is refused costs no signature; what is allowed costs one each, so that there is less of it in a round. */
const supplies: readonly Supply[] = [
  { what: 'refused', who: 'anyone', roundRequests: 500, requests: 40_000, growthBytes: 100, round: refusedRequests },
  ...[fullOfObjects, fullOfGroups].map((fill) => ({
    what: 'large good',
    // Nobody writes kilobytes into the claims of his own account; a provider with as many groups does.
    who: 'issuer' as const,
    roundRequests: 50,
    requests: largeRequests,
    growthBytes: roomBytes / largeRequests,
    mostBytes: roomBytes,
    round: (world: World, sent: number, count: number) => largeTokens(world, sent, count, fill),
  })),
  { what: 'good', who: 'signed-in-user', roundRequests: 100, requests: 11_000, growthBytes: 300, round: goodTokens },
]

export interface Growth {
  observation: AssessedObservation
  /** One of the requests. */
  step: Step
}

/** Null where memory stops growing. */
export async function measureGrowth(
  tested: HandlerUnderTest,
  world: World,
  serve: FuzzCase['serve'],
  over: () => boolean,
): Promise<Growth | null> {
  for (const supply of supplies) {
    const { what, who, mostBytes = Number.POSITIVE_INFINITY } = supply
    await using sandbox = sandboxFor(tested)
    await loadPlaced(sandbox, tested, world.start, serve)
    try {
      const sizes: Size[] = []
      for (let sent = 0; sent < supply.requests && !over() && stillGrows(sizes, supply); ) {
        const count = supply.roundRequests * (sizes.length < smallRounds ? 1 : 4)
        await sandbox.run(supply.round(world, sent, count))
        sent += count
        const { heapBytes, externalBytes } = await sandbox.memory()
        sizes.push({ requests: sent, bytes: heapBytes + externalBytes })
        if (grownBytes(sizes) > mostBytes) break
      }
      const [step] = supply.round(world, supply.requests * 2, 1)
      const last = sizes.at(-1)
      const first = sizes[warmUpRounds]
      if (!step || !first || !last) continue
      const isTooMuch = grownBytes(sizes) > mostBytes
      const isEndless = mostBytes === Number.POSITIVE_INFINITY && last.requests >= supply.requests
      if (!isTooMuch && !(isEndless && stillGrows(sizes, supply))) continue
      const perRequest = Math.round(grownBytes(sizes) / (last.requests - first.requests))
      const grows = isTooMuch ? `grew by ${Math.round(grownBytes(sizes) / 2 ** 20)} MiB,` : 'still grows by'
      const story = `memory ${grows} ${perRequest} bytes for each new ${what} token after ${last.requests} of them`
      return { observation: { class: 'exhaustion', rule: 'resources/memory', story, cause: what, who }, step }
    } catch (error) {
      // A handler that dies of it is found by what it did not answer.
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

function grownBytes(sizes: readonly Size[]): number {
  return (sizes.at(-1)?.bytes ?? 0) - (sizes[warmUpRounds]?.bytes ?? Number.POSITIVE_INFINITY)
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
  const type = typeHeader(world, visitor.claims)
  return Array.from({ length: count }, (_, index) =>
    request(world, {
      uri: visitor.granted[0],
      token: mint(key, { ...visitor.claims, jti: `${sent + index}`, pad }, type),
    }),
  )
}

const pad = 'p'.repeat(1_000)

/** As long as a credential is looked at, and what CloudFront takes of all headers. */
const credentialLength = 16_300
const cookieLength = 18_000

/** Claims over a visitor's, of so many characters in JSON, and not the same ones for another serial number. */
type Fill = (serial: number, visitor: Visitor, length: number) => Record<string, unknown>

/** What takes most memory for its length. */
function fullOfObjects(serial: number, _visitor: Visitor, length: number): Record<string, unknown> {
  return { jti: `${serial}`, all: Array.from({ length: length / '{},'.length }, () => ({})) }
}

/** What a handler has to keep, and to digest for hashed routes. */
function fullOfGroups(serial: number, visitor: Visitor, length: number): Record<string, unknown> {
  const count = Math.floor(length / '"0000",'.length)
  const names = Array.from({ length: count }, (_, at) => (serial * count + at).toString(36).padStart(4, '0').slice(-4))
  return { jti: `${serial}`, ...groupChanges(visitor, [...groupsOf(visitor), ...names]) }
}

/**
 * Each as large as it may be, on a route that asks for digests where there is one, and in a cookie header with all the others that
 * fit.
 */
function largeTokens(world: World, sent: number, count: number, fill: Fill): Step[] {
  const { policy, visitors } = world
  const visitor = visitors.find(({ route }) => policy.routes[route]?.hash) ?? visitors[0]
  const { claims, granted, issuer } = visitor
  const [key] = issuer.keys
  const tokenOf = (serial: number, length: number) =>
    mint(key, { ...claims, ...fill(serial, visitor, length) }, typeHeader(world, claims))
  const length = ((credentialLength - tokenOf(sent, 0).length) * 3) / 4
  return Array.from({ length: count }, (_, index) => {
    const token = tokenOf(sent + index, length)
    const { cookie } = credentialHeader(policy, token)
    const headers = cookie ? { cookie: `${cookie}; others=`.padEnd(cookieLength, 'o') } : {}
    return request(world, { uri: granted[0], token, headers })
  })
}

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
