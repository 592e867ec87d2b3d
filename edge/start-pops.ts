/** The points of presence, each with sandboxes and a cache of its own, and the regional cache behind several of them. */
import { UsageError } from '../config/usage-error.ts'
import type { Cache } from './cache/cache.ts'
import { cloudfrontRules } from './cache/cloudfront-rules.ts'
import { regionalCache } from './cache/regional-cache.ts'
import { rfc9111Rules } from './cache/rfc9111-rules.ts'
import type { EdgeOptions } from './edge.ts'
import type { IssuerRoute } from './function/network-guard.ts'
import type { SandboxOptions } from './function/sandbox-pool.ts'
import { SandboxPool } from './function/sandbox-pool.ts'
import type { Origins } from './origin/start-origins.ts'
import { PointOfPresence } from './point-of-presence.ts'
import type { Distribution } from './template/distribution.ts'

const defaultCacheBytes = 256 * 1024 * 1024
const defaultSandboxes: Required<SandboxOptions> = { limit: 32, waitMs: 50, idleMs: 300_000 }

export interface RunningPop {
  pop: PointOfPresence
  pools: Map<string, SandboxPool>
  caches: Cache[]
}

/** Names in CloudFront's form: the nearest airport, a number, and the rack. */
const popNames = ['IAD89-P1', 'FRA56-P2', 'NRT57-P3', 'GRU3-P4', 'SYD62-P1', 'DUB56-P1', 'BOM78-P5', 'SFO53-P6']

export function startPops(
  options: EdgeOptions,
  distribution: Distribution,
  origins: Origins,
  issuer: IssuerRoute,
  resources: AsyncDisposableStack,
): RunningPop[] {
  const count = options.pops ?? 1
  if (!Number.isInteger(count) || count < 1 || count > popNames.length) {
    throw new UsageError(`--pops ${count}: should be 1 to ${popNames.length}`)
  }
  const functions = new Map(
    distribution.behaviors.flatMap(({ viewerRequest }) =>
      viewerRequest ? [[viewerRequest.id, viewerRequest] as const] : [],
    ),
  )
  if (functions.size === 0)
    throw new UsageError(
      'template: no behavior has a viewer-request function of Lambda@Edge; there is nothing to authorize',
    )
  const profile = options.profile ?? 'cloudfront'
  const rules = profile === 'cloudfront' ? cloudfrontRules : rfc9111Rules
  const cacheBytes = options.cacheBytes ?? defaultCacheBytes
  const regional = count > 1 ? regionalCache(rules, origins.upstreams, cacheBytes) : null
  return popNames.slice(0, count).map((name) => {
    const pools = new Map(
      [...functions].map(([id, { code, handler, timeoutMs, memoryMb }]) => [
        id,
        new SandboxPool(
          {
            code,
            handler,
            functionName: `us-east-1.${id}`,
            timeoutMs,
            memoryMb,
            distribution: { distributionDomainName: distribution.domainName, distributionId: distribution.id },
            route: issuer,
            logFile: options.functionLog ?? null,
          },
          { ...defaultSandboxes, ...options.sandboxes },
        ),
      ]),
    )
    resources.defer(async () => void (await Promise.all([...pools.values()].map((pool) => pool.close()))))
    const upstreams = regional?.upstreams ?? origins.upstreams
    const pop = new PointOfPresence({ name, distribution, profile, rules, pools, upstreams, cacheBytes })
    return { pop, pools, caches: [...pop.caches, ...(regional?.caches ?? [])] }
  })
}
