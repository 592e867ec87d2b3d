/** The points of presence, each with sandboxes and a cache of its own, and the regional cache behind several of them. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UsageError } from '../config/usage-error.ts'
import type { Cache } from './cache/cache.ts'
import { cloudfrontRules } from './cache/cloudfront-rules.ts'
import { regionalCache } from './cache/regional-cache.ts'
import { rfc9111Rules } from './cache/rfc9111-rules.ts'
import type { Upstream } from './cache/upstream.ts'
import type { EdgeOptions } from './edge.ts'
import type { NetworkRoute } from './function/network-guard.ts'
import { withOriginFunctions } from './function/origin-functions.ts'
import { prepareProgram } from './function/prepare-program.ts'
import type { SandboxOptions } from './function/sandbox-pool.ts'
import { SandboxPool } from './function/sandbox-pool.ts'
import type { SandboxProgram } from './function/sandbox-protocol.ts'
import { type ViewerFunction, viewerFunction } from './function/viewer-functions.ts'
import { withFailover } from './origin/origin-group.ts'
import type { Origins } from './origin/start-origins.ts'
import { PointOfPresence } from './point-of-presence.ts'
import type { Behavior, CloudFrontFunction, Distribution, EdgeFunction, EventType } from './template/distribution.ts'

const defaultCacheBytes = 256 * 1024 * 1024
const defaultSandboxes: Required<SandboxOptions> = { limit: 32, waitMs: 50, idleMs: 300_000 }
/** CloudFront Functions have milliseconds; a machine that does other work needs room (inferred). */
const cloudFrontLimits = { timeoutMs: 1000, memoryMb: 64 }

export interface RunningPop {
  pop: PointOfPresence
  pools: SandboxPool[]
  caches: Cache[]
}

export interface PopContext {
  options: EdgeOptions
  distribution: Distribution
  origins: Origins
  route: NetworkRoute
  tlsPort(): number | null
}

/** Names in CloudFront's form: the nearest airport, a number, and the rack. */
const popNames = ['IAD89-P1', 'FRA56-P2', 'NRT57-P3', 'GRU3-P4', 'SYD62-P1', 'DUB56-P1', 'BOM78-P5', 'SFO53-P6']

export async function startPops(context: PopContext, resources: AsyncDisposableStack): Promise<RunningPop[]> {
  const { options, distribution } = context
  const count = options.pops ?? 1
  if (!Number.isInteger(count) || count < 1 || count > popNames.length) {
    throw new UsageError(`--pops ${count}: should be 1 to ${popNames.length}`)
  }
  const programs = await preparePrograms(distribution, resources)
  const pools = new PoolMaker(context, programs, resources)
  const profile = options.profile ?? 'cloudfront'
  const rules = profile === 'cloudfront' ? cloudfrontRules : rfc9111Rules
  const cacheBytes = options.cacheBytes ?? defaultCacheBytes
  // Functions of the origin's side run where the regional cache is, once for all points of presence.
  const shared: SandboxPool[] = []
  const upstreams = distribution.behaviors.map((behavior) => upstreamOf(behavior, context, pools.group(shared)))
  const regional = count > 1 ? regionalCache(rules, upstreams, cacheBytes) : null
  return popNames.slice(0, count).map((name, index) => {
    const own: SandboxPool[] = []
    const poolOf = pools.group(own)
    const at = (behavior: Behavior, event: 'viewer-request' | 'viewer-response'): ViewerFunction | null => {
      const edgeFunction = behavior.functions[event]
      return edgeFunction && viewerFunction(edgeFunction, poolOf(edgeFunction, event))
    }
    const pop = new PointOfPresence({
      name,
      distribution,
      profile,
      rules,
      functions: distribution.behaviors.map((behavior) => ({
        request: at(behavior, 'viewer-request'),
        response: at(behavior, 'viewer-response'),
      })),
      upstreams: regional?.upstreams ?? upstreams,
      cacheBytes,
      geo: options.geo ?? {},
      plainErrors: options.plainErrors ?? false,
      functionFailed: options.functionFailed ?? (() => {}),
      tlsPort: context.tlsPort,
    })
    // Shared pools are counted once, with the first.
    return { pop, pools: index === 0 ? [...own, ...shared] : own, caches: [...pop.caches, ...(regional?.caches ?? [])] }
  })
}

/** Copies are made once for all sandboxes, in a directory that goes when the edge does. */
async function preparePrograms(distribution: Distribution, resources: AsyncDisposableStack) {
  const functions = distribution.behaviors.flatMap(({ functions: byEvent }) =>
    Object.values(byEvent).filter((edgeFunction) => edgeFunction !== null),
  )
  const programs = new Map<string, SandboxProgram>()
  const onDisk = functions.some((each) => each.kind === 'lambda' && !('inline' in each.code))
  const directory = onDisk ? await mkdtemp(join(tmpdir(), 'edgeproof-functions-')) : ''
  if (onDisk) resources.defer(() => rm(directory, { recursive: true, force: true }))
  for (const each of functions) {
    if (!programs.has(each.id)) programs.set(each.id, await prepareProgram(each, directory))
  }
  return programs
}

type PoolOf = (edgeFunction: EdgeFunction | CloudFrontFunction, event: EventType) => SandboxPool

class PoolMaker {
  readonly #context: PopContext
  readonly #programs: ReadonlyMap<string, SandboxProgram>
  readonly #resources: AsyncDisposableStack

  constructor(context: PopContext, programs: ReadonlyMap<string, SandboxProgram>, resources: AsyncDisposableStack) {
    this.#context = context
    this.#programs = programs
    this.#resources = resources
  }

  /** Pools that behaviors share, one for each function and event; each new one is put into `all`. */
  group(all: SandboxPool[]): PoolOf {
    const known = new Map<string, SandboxPool>()
    return (edgeFunction, event) => {
      const name = `${edgeFunction.id} ${event}`
      const pool = known.get(name) ?? this.#make(edgeFunction, event)
      if (!known.has(name)) all.push(pool)
      known.set(name, pool)
      return pool
    }
  }

  #make(edgeFunction: EdgeFunction | CloudFrontFunction, eventType: EventType): SandboxPool {
    const { options, distribution, route } = this.#context
    const { timeoutMs, memoryMb } = edgeFunction.kind === 'lambda' ? edgeFunction : cloudFrontLimits
    const pool = new SandboxPool(
      {
        program: this.#programs.get(edgeFunction.id) as SandboxProgram,
        eventType,
        functionName: `us-east-1.${edgeFunction.id}`,
        timeoutMs,
        memoryMb,
        distribution: { distributionDomainName: distribution.domainName, distributionId: distribution.id },
        route,
        clockAhead: options.clockAhead ?? null,
        logFile: options.functionLog ?? null,
      },
      { ...defaultSandboxes, ...options.sandboxes },
    )
    this.#resources.defer(() => pool.close())
    return pool
  }
}

/** What a behavior's cache asks: its origin or its group, with the functions around each. */
function upstreamOf(behavior: Behavior, { distribution, origins }: PopContext, poolOf: PoolOf): Upstream {
  const { functions, origin } = behavior
  const placed = (event: 'origin-request' | 'origin-response') => {
    const edgeFunction = functions[event]
    return edgeFunction && { edgeFunction, pool: poolOf(edgeFunction, event) }
  }
  const members = 'members' in origin ? origin.members : [origin]
  const upstreams = members.map((member) =>
    withOriginFunctions({
      origin: member,
      origins: [...distribution.origins.values()],
      upstreamOf: origins.upstreamOf,
      request: placed('origin-request'),
      response: placed('origin-response'),
    }),
  )
  const [first, second] = upstreams
  return 'members' in origin && second
    ? withFailover([first as Upstream, second], origin.failoverStatuses)
    : (first as Upstream)
}
