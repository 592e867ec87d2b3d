/** An origin as its template describes it, and whether it is a bucket. */
import { statSync } from 'node:fs'
import type * as z from 'zod'
import type { Stack } from './assembly.ts'
import type { Bucket, Origin } from './distribution.ts'
import type { ResourceReader } from './resource-reader.ts'
import { accessControlSchema, bucketCorsSchema, type originSchema, websiteSchema } from './template-schema.ts'

/** Whether something answers for the origin. */
export type OriginChoice = (origin: Origin) => boolean

/** Why a request to it fails here. */
export function noServer({ id, domainName }: Pick<Origin, 'id' | 'domainName'>): string {
  return `origin ${id} (${domainName}) has no server here; pass --origin ${id}=URL`
}

export function readOrigin(origin: z.output<typeof originSchema>, stack: Stack, reader: ResourceReader): Origin {
  const custom = origin.CustomOriginConfig
  const readSeconds = custom?.OriginReadTimeout ?? origin.VpcOriginConfig?.OriginReadTimeout ?? 30
  return {
    id: origin.Id,
    domainName: origin.DomainName,
    path: origin.OriginPath === '/' ? '' : origin.OriginPath,
    signed: isSigned(origin, stack, reader),
    bucket: bucketOf(origin, stack, reader),
    customHeaders: origin.OriginCustomHeaders.map(({ HeaderName, HeaderValue }) => ({
      name: HeaderName,
      value: HeaderValue,
    })),
    connectionAttempts: origin.ConnectionAttempts,
    connectionTimeoutMs: origin.ConnectionTimeout * 1000,
    readTimeoutMs: readSeconds * 1000,
    custom: custom
      ? {
          httpPort: custom.HTTPPort,
          httpsPort: custom.HTTPSPort,
          protocolPolicy: custom.OriginProtocolPolicy,
          keepaliveSeconds: custom.OriginKeepaliveTimeout,
          ssl: custom.OriginSSLProtocols,
        }
      : null,
  }
}

/** An origin access identity signs as well. */
function isSigned(origin: z.output<typeof originSchema>, stack: Stack, reader: ResourceReader): Origin['signed'] {
  const id = origin.OriginAccessControlId
  if (id === undefined || id === '') return (origin.S3OriginConfig?.OriginAccessIdentity ?? '') !== ''
  // One that is not in the template signs, as most do.
  if (!stack.assembly.find(id)) return true
  const behavior = reader.read(id, accessControlSchema)?.OriginAccessControlConfig.SigningBehavior
  return behavior === 'no-override' ? behavior : behavior !== 'never'
}

/** `name.s3.region.amazonaws.com` in its forms, and the website endpoints (Amazon S3 User Guide, "Virtual hosting" and "Website endpoints"). */
const restEndpoint = /^(.+?)\.s3(?:\.dualstack)?(?:[.-][a-z]{2}(?:-[a-z]+)+-\d)?\.amazonaws\.com(?:\.cn)?$/
const websiteEndpoint = /^(.+?)\.s3-website[.-][a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/

function bucketOf(origin: z.output<typeof originSchema>, stack: Stack, reader: ResourceReader): Bucket | null {
  const rest = restEndpoint.exec(origin.DomainName)?.[1]
  const website = websiteEndpoint.exec(origin.DomainName)?.[1]
  const name = rest ?? website ?? (isBucket(stack, origin.DomainName) ? origin.DomainName : undefined)
  if (name === undefined) return null
  const id = bucketId(stack, name)
  const documents =
    id !== null && website !== undefined ? reader.read(id, websiteSchema)?.WebsiteConfiguration : undefined
  return {
    name,
    listable: isListable(stack, name),
    contents: contentsOf(stack, name),
    cors: id === null ? [] : (reader.read(id, bucketCorsSchema) ?? []),
    website:
      website === undefined
        ? null
        : { index: documents?.IndexDocument ?? 'index.html', error: documents?.ErrorDocument ?? null },
  }
}

/** A statement of its policy allows s3:ListBucket (Amazon S3 API Reference, GetObject, "Permissions": 404 instead of 403). */
function isListable(stack: Stack, bucket: string): boolean {
  return stack.assembly.all('AWS::S3::BucketPolicy').some(({ stack: own, resource }) => {
    const { Bucket, PolicyDocument } = own.resolve(resource.Properties ?? {}) as {
      Bucket?: unknown
      PolicyDocument?: { Statement?: { Effect?: string; Action?: string | string[] }[] }
    }
    if (Bucket !== bucket) return false
    return [PolicyDocument?.Statement ?? []].flat().some(({ Effect, Action }) => {
      return Effect === 'Allow' && [Action ?? []].flat().some((action) => /^s3:(\*|List(Bucket|\*))$/.test(action))
    })
  })
}

/** What CDK's BucketDeployment copies, where its asset is a directory of this assembly. */
function contentsOf(stack: Stack, bucket: string): Bucket['contents'] {
  return stack.assembly.all('Custom::CDKBucketDeployment').flatMap(({ stack: own, resource }) => {
    const { DestinationBucketName, DestinationBucketKeyPrefix = '', SourceObjectKeys } = resource.Properties ?? {}
    if (own.resolve(DestinationBucketName) !== bucket) return []
    const keys = own.resolve(SourceObjectKeys)
    const prefix = String(own.resolve(DestinationBucketKeyPrefix)).replace(/^\/+|\/+$/g, '')
    return (Array.isArray(keys) ? keys : []).flatMap((key) => {
      const directory = own.source.assets.get(String(key))
      const isThere = directory !== undefined && statSync(directory, { throwIfNoEntry: false })?.isDirectory()
      return isThere ? [{ directory, prefix: prefix === '' ? '' : `${prefix}/` }] : []
    })
  })
}

/** Some custom resources give a bucket's own name. */
function isBucket(stack: Stack, name: string): boolean {
  return stack.assembly.find(name)?.resource.Type === 'AWS::S3::Bucket'
}

function bucketId(stack: Stack, name: string): string | null {
  const found = stack.assembly
    .all('AWS::S3::Bucket')
    .find((bucket) => bucket.id === name || String(bucket.stack.ref(bucket.logicalId)) === name)
  return found?.id ?? null
}
