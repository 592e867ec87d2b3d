/** Puts the local distribution together: issuer, bucket, points of presence, listener. */
import { randomBytes } from 'node:crypto'
import type { Policy } from '../../authorizer/policy.ts'
import { UsageError } from '../../config/usage-error.ts'
import { type BucketServer, startBucket } from './bucket.ts'
import { demoObjects, type Objects, readObjects } from './bucket-objects.ts'
import type { Cache } from './cache.ts'
import { makeCertificate } from './certificate.ts'
import { cloudfrontRules } from './cloudfront-rules.ts'
import { AnswerCounters, prometheusText } from './counters.ts'
import type { Distribution, Origin } from './distribution.ts'
import type { Edge, EdgeMetrics, EdgeOptions, SandboxOptions } from './edge.ts'
import { type Exchange, listen } from './listener.ts'
import { type IssuerServer, startIssuer } from './local-issuer.ts'
import { type OriginCounters, originClient } from './origin-client.ts'
import { PointOfPresence } from './point-of-presence.ts'
import { regionalCache } from './regional-cache.ts'
import { RequestFeed } from './request-log.ts'
import { recordOf } from './request-record.ts'
import { rfc9111Rules } from './rfc9111-rules.ts'
import { SandboxPool } from './sandbox-pool.ts'
import type { SigningIdentity } from './signature.ts'
import { type LocalValues, readDistribution } from './template.ts'
import type { Upstream } from './upstream.ts'

const defaultCacheBytes = 256 * 1024 * 1024
const defaultSandboxes: Required<SandboxOptions> = { limit: 32, waitMs: 50, idleMs: 300_000 }
const localPool = 'us-east-1_EXAMPLE01'

export async function assembleEdge(options: EdgeOptions): Promise<Edge> {
  const { policy } = options.config
  const values = { userPoolId: localPool, clientId: policy.clientIds[0] ?? 'exampleclient' }
  const distribution = readDistribution(options.template, values)
  const closing: (() => Promise<void> | void)[] = []
  const close = once(async () => {
    for (const step of closing.reverse()) await step()
  })
  try {
    const edge = await start(options, distribution, issuerIdentity(policy, options.template, values), closing, close)
    options.signal?.addEventListener('abort', () => void close(), { once: true })
    if (options.signal?.aborted) await close()
    return edge
  } catch (error) {
    await close()
    throw error
  }
}

async function start(
  options: EdgeOptions,
  distribution: Distribution,
  identity: { url: string; jwksHosts: string[]; clientId: string },
  closing: (() => Promise<void> | void)[],
  close: () => Promise<void>,
): Promise<Edge> {
  const issuer = await startIssuer({ ...identity, algorithm: options.config.policy.algorithms?.[0] })
  closing.push(issuer.close)
  const origins = await startOrigins(options, distribution, closing)
  const pops = startPops(options, distribution, origins, identity.jwksHosts, issuer, closing)
  const counters = new AnswerCounters()
  const log = new RequestFeed()
  const metrics = () => collect(counters, pops, origins, issuer)
  const certificate = options.tlsPort === undefined ? null : await makeCertificate()
  const listener = await listen({
    port: options.port ?? 0,
    tls: certificate && { ...certificate, port: options.tlsPort ?? 0 },
    pops: pops.map(({ pop }) => pop),
    plainIsEncrypted: !options.enforceHttps,
    metricsText: () => prometheusText(metrics()),
    answered: (exchange: Exchange) => {
      counters.count(exchange.answer)
      if (log.heard) log.publish(recordOf(exchange, distribution.domainName))
    },
  })
  closing.push(listener.close)
  return {
    url: `http://127.0.0.1:${listener.port}`,
    ...(certificate && { tlsUrl: `https://localhost:${listener.tlsPort}`, certificate: certificate.certificate }),
    paths: [...origins.objects.keys()].map((key) => `/${key.split('/').map(encodeURIComponent).join('/')}`),
    metrics,
    log,
    issuer,
    origin: origins.controls,
    killSandbox: () => pops.some(({ pools }) => [...pools.values()].some((pool) => pool.kill())),
    invalidate: () => {
      for (const { caches } of pops) for (const cache of caches) cache.store.clear()
    },
    close,
  }
}

/** Whose tokens the template's function accepts: the pool's, where the template makes one, else the policy's first issuer. */
function issuerIdentity(policy: Policy, template: object, { userPoolId, clientId }: LocalValues) {
  const makesPool = JSON.stringify(template).includes('"AWS::Cognito::UserPool"')
  const pool = `https://cognito-idp.us-east-1.amazonaws.com/${userPoolId}`
  const url = makesPool ? pool : [policy.issuer].flat()[0]
  if (url === undefined) throw new UsageError('policy.issuer: is empty')
  const uris = [url, ...[policy.issuer].flat(), ...[policy.jwksUri ?? []].flat()]
  return { url, clientId, jwksHosts: [...new Set(uris.map((uri) => new URL(uri).hostname))] }
}

interface Origins {
  upstreams: Map<string, Upstream>
  objects: Objects
  counters: OriginCounters
  controls: Pick<BucketServer, 'fault' | 'restore'>
}

async function startOrigins(
  options: EdgeOptions,
  distribution: Distribution,
  closing: (() => Promise<void> | void)[],
): Promise<Origins> {
  const counters: OriginCounters = { requests: 0, failures: 0, bytes: 0 }
  const identity: SigningIdentity = {
    accessKeyId: 'LOCALORIGINACCESS',
    secretAccessKey: randomBytes(20).toString('hex'),
  }
  const connect = (origin: Origin, address: { hostname: string; port: number }, signed: boolean) => {
    const client = originClient({ ...address, host: origin.domainName, identity: signed ? identity : null, counters })
    closing.push(client.close)
    return client.upstream
  }
  const known = [...new Map(distribution.behaviors.map(({ origin }) => [origin.id, origin])).values()]
  if (options.originUrl !== undefined) {
    const { hostname, port } = new URL(options.originUrl)
    const address = { hostname, port: Number(port || 80) }
    const upstreams = new Map(
      known.map((origin) => [
        origin.id,
        connect({ ...origin, domainName: `${hostname}:${address.port}` }, address, false),
      ]),
    )
    const controls = { fault: noLocalBucket, restore: noLocalBucket }
    return { upstreams, objects: new Map(), counters, controls }
  }
  const objects = options.objects === undefined ? demoObjects() : await readObjects(options.objects)
  const bucketOrigin = known.find(({ bucket }) => bucket !== null)
  if (!bucketOrigin) throw new UsageError('template: no origin is a bucket of the template; name one with --origin URL')
  const bucket = await startBucket({ objects, cors: bucketOrigin.bucket?.cors ?? [], identity })
  closing.push(bucket.close)
  const address = { hostname: '127.0.0.1', port: bucket.port }
  return {
    upstreams: new Map(known.map((origin) => [origin.id, connect(origin, address, origin.signed)])),
    objects,
    counters,
    controls: bucket,
  }
}

function noLocalBucket(): never {
  throw new UsageError('origin faults: the origin is not the local bucket')
}

interface Pop {
  pop: PointOfPresence
  pools: Map<string, SandboxPool>
  caches: Cache[]
}

/** Names in CloudFront's form: the nearest airport, a number, and the rack. */
const popNames = ['IAD89-P1', 'FRA56-P2', 'NRT57-P3', 'GRU3-P4', 'SYD62-P1', 'DUB56-P1', 'BOM78-P5', 'SFO53-P6']

function startPops(
  options: EdgeOptions,
  distribution: Distribution,
  origins: Origins,
  jwksHosts: string[],
  issuer: IssuerServer,
  closing: (() => Promise<void> | void)[],
): Pop[] {
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
    throw new UsageError('template: no behavior has a viewer-request function; there is nothing to authorize')
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
            route: { hosts: jwksHosts, port: issuer.port },
            logFile: options.functionLog ?? null,
          },
          { ...defaultSandboxes, ...options.sandboxes },
        ),
      ]),
    )
    closing.push(async () => void (await Promise.all([...pools.values()].map((pool) => pool.close()))))
    const upstreams = regional?.upstreams ?? origins.upstreams
    const pop = new PointOfPresence({ name, distribution, profile, rules, pools, upstreams, cacheBytes })
    return { pop, pools, caches: [...pop.caches, ...(regional?.caches ?? [])] }
  })
}

function collect(counters: AnswerCounters, pops: Pop[], origins: Origins, issuer: IssuerServer): EdgeMetrics {
  const caches = [...new Set(pops.flatMap((each) => each.caches))]
  const pools = pops.flatMap((each) => [...each.pools.values()])
  const sum = <Item>(items: Item[], value: (item: Item) => number) =>
    items.reduce((total, item) => total + value(item), 0)
  return {
    requests: counters.requests,
    results: Object.fromEntries(counters.results),
    statuses: Object.fromEntries(counters.statuses),
    bodyBytes: counters.bodyBytes,
    hitBodyBytes: counters.hitBodyBytes,
    cache: {
      entries: sum(caches, ({ store }) => store.count),
      bytes: sum(caches, ({ store }) => store.bytes),
      evictions: sum(caches, ({ store }) => store.evictions),
      collapsed: sum(caches, ({ collapsed }) => collapsed),
    },
    origin: { ...origins.counters },
    sandboxes: {
      running: sum(pools, ({ running }) => running),
      started: sum(pools, (pool) => pool.counters.started),
      removed: sum(pools, (pool) => pool.counters.removed),
      failed: sum(pools, (pool) => pool.counters.failed),
      throttles: sum(pools, (pool) => pool.counters.throttles),
      invocations: sum(pools, (pool) => pool.counters.invocations),
      functionMs: sum(pools, (pool) => pool.counters.functionMs),
      refusedConnections: sum(pools, (pool) => pool.refusedConnections),
    },
    issuer: { ...issuer.counters },
  }
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  return () => (running ??= work())
}
