/** The distribution's origins on loopback: a local bucket for each of S3, and the servers that the caller names. */
import { randomBytes } from 'node:crypto'
import { UsageError } from '../../config/usage-error.ts'
import { type Upstream, UpstreamFailure } from '../cache/upstream.ts'
import type { EdgeOptions } from '../edge.ts'
import type { Bucket, Distribution, Origin } from '../template/distribution.ts'
import { noServer } from '../template/origin-reader.ts'
import { type BucketServer, startBucket } from './bucket.ts'
import { demoObjects, type Objects, readObjects, type StoredObject } from './bucket-objects.ts'
import { type OriginCounters, originClient } from './origin-client.ts'
import type { OriginControls } from './origin-fault.ts'
import type { SigningIdentity } from './signature.ts'

export interface Origins {
  /** Asks an origin as it is described, which may be one that a function made up. */
  upstreamOf(origin: Origin): Upstream
  /** Of the first bucket. */
  objects: Objects
  counters: OriginCounters
  controls: OriginControls
}

/** Whether something answers for an origin: a bucket, or a URL that the caller gave for its id or its domain. */
export function isPlayed(
  { originUrl, origins = {} }: Pick<EdgeOptions, 'originUrl' | 'origins'>,
  origin: Origin,
): boolean {
  return originUrl !== undefined || origin.bucket !== null || urlOf(origins, origin) !== undefined
}

export async function startOrigins(
  options: EdgeOptions,
  distribution: Distribution,
  resources: AsyncDisposableStack,
): Promise<Origins> {
  checkNames(options, distribution)
  const counters: OriginCounters = { requests: 0, failures: 0, bytes: 0 }
  const identity: SigningIdentity = {
    accessKeyId: 'LOCALORIGINACCESS',
    secretAccessKey: randomBytes(20).toString('hex'),
  }
  const buckets = await startBuckets(options, distribution, identity, resources)
  const clients = new Map<string, Upstream>()
  const connect = (origin: Origin): Upstream => {
    const server = serverOf(origin, options, buckets)
    if (!server) {
      return () => Promise.reject(new UpstreamFailure(501, noServer(origin)))
    }
    const client = originClient({
      origin,
      ...server,
      identity: server.bucket && origin.signed ? identity : null,
      counters,
    })
    resources.defer(client.close)
    return client.upstream
  }
  const [first] = buckets.values()
  return {
    upstreamOf(origin) {
      // Functions may describe a new origin for each request; the same description is the same client.
      const description = JSON.stringify(origin)
      const known = clients.get(description) ?? connect(origin)
      clients.set(description, known)
      return known
    },
    objects: first?.objects ?? new Map(),
    counters,
    controls: {
      fault: (fault) => eachBucket(buckets, (bucket) => bucket.fault(fault)),
      restore: () => eachBucket(buckets, (bucket) => bucket.restore()),
    },
  }
}

type Buckets = Map<string, { server: BucketServer; objects: Objects }>

interface Server {
  protocol: 'http:' | 'https:'
  hostname: string
  port: number
  host: string
  bucket: boolean
}

async function startBuckets(
  options: EdgeOptions,
  distribution: Distribution,
  identity: SigningIdentity,
  resources: AsyncDisposableStack,
): Promise<Buckets> {
  const buckets: Buckets = new Map()
  if (options.originUrl !== undefined) return buckets
  for (const origin of distribution.origins.values()) {
    const { bucket } = origin
    if (!bucket || buckets.has(origin.domainName) || urlOf(options.origins ?? {}, origin) !== undefined) continue
    const directory = typeof options.objects === 'string' ? options.objects : options.objects?.[bucket.name]
    const objects = directory === undefined ? await ownObjects(bucket) : await readObjects(directory)
    const server = await startBucket({
      objects,
      cors: bucket.cors,
      identity,
      signed: origin.signed !== false,
      website: bucket.website,
      listable: bucket.listable,
      domainName: origin.domainName,
    })
    resources.defer(server.close)
    buckets.set(origin.domainName, { server, objects })
  }
  return buckets
}

/** What the assembly deploys into the bucket; nothing: a few generated objects. */
async function ownObjects({ contents }: Bucket): Promise<Objects> {
  if (contents.length === 0) return demoObjects()
  const all = new Map<string, StoredObject>()
  for (const { directory, prefix } of contents) {
    for (const [key, object] of await readObjects(directory)) all.set(prefix + key, object)
  }
  return all
}

function serverOf(origin: Origin, { originUrl, origins = {} }: EdgeOptions, buckets: Buckets): Server | null {
  const url = originUrl ?? urlOf(origins, origin)
  if (url !== undefined) {
    const { protocol, hostname, port, host } = new URL(url)
    const secure = protocol === 'https:'
    const number = Number(port || (secure ? 443 : 80))
    return {
      protocol: secure ? 'https:' : 'http:',
      hostname,
      port: number,
      host: secure ? host : `${hostname}:${number}`,
      bucket: false,
    }
  }
  const bucket = buckets.get(origin.domainName)
  if (!bucket) return null
  return { protocol: 'http:', hostname: '127.0.0.1', port: bucket.server.port, host: origin.domainName, bucket: true }
}

function urlOf(origins: Readonly<Record<string, string>>, { id, domainName }: Origin): string | undefined {
  return origins[id] ?? origins[domainName]
}

/** A name that the template does not have is a mistake, except for a domain that a function may send requests to. */
function checkNames({ origins = {}, objects }: EdgeOptions, distribution: Distribution): void {
  const known = [...distribution.origins.values()]
  for (const name of Object.keys(origins)) {
    if (name.includes('.') || known.some(({ id }) => id === name)) continue
    throw new UsageError(
      `--origin ${name}: there is no origin of that id; there are ${known.map(({ id }) => id).join(', ')}`,
    )
  }
  const names = known.flatMap(({ bucket }) => bucket?.name ?? [])
  for (const name of Object.keys(typeof objects === 'object' ? objects : {})) {
    if (!names.includes(name)) {
      throw new UsageError(
        `--objects ${name}: there is no bucket of that name; there are ${names.join(', ') || 'none'}`,
      )
    }
  }
}

function eachBucket(buckets: Buckets, work: (bucket: BucketServer) => void): void {
  if (buckets.size === 0) throw new UsageError('origin faults: the origin is not a local bucket')
  for (const { server } of buckets.values()) work(server)
}
