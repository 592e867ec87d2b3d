/** The distribution's origins on loopback: the local bucket, or another server that the caller names. */
import { randomBytes } from 'node:crypto'
import { UsageError } from '../../config/usage-error.ts'
import type { Upstream } from '../cache/upstream.ts'
import type { EdgeOptions } from '../edge.ts'
import type { Distribution, Origin } from '../template/distribution.ts'
import { type BucketServer, startBucket } from './bucket.ts'
import { demoObjects, type Objects, readObjects } from './bucket-objects.ts'
import { type OriginCounters, originClient } from './origin-client.ts'
import type { SigningIdentity } from './signature.ts'

export interface Origins {
  /** By the origin's id in the template. */
  upstreams: Map<string, Upstream>
  objects: Objects
  counters: OriginCounters
  controls: Pick<BucketServer, 'fault' | 'restore'>
}

export async function startOrigins(
  options: EdgeOptions,
  distribution: Distribution,
  resources: AsyncDisposableStack,
): Promise<Origins> {
  const counters: OriginCounters = { requests: 0, failures: 0, bytes: 0 }
  const identity: SigningIdentity = {
    accessKeyId: 'LOCALORIGINACCESS',
    secretAccessKey: randomBytes(20).toString('hex'),
  }
  const connect = (origin: Origin, address: { hostname: string; port: number }, signed: boolean) => {
    const client = originClient({ ...address, host: origin.domainName, identity: signed ? identity : null, counters })
    resources.defer(client.close)
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
  resources.defer(bucket.close)
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
