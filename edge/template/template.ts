/** Reads a distribution out of a synthesized CloudFormation template, and nothing else. */
import { createHash } from 'node:crypto'
import * as z from 'zod'
import { UsageError } from '../../config/usage-error.ts'
import { guardsNotEmulated, leftOut, refusalOf } from './access-guards.ts'
import type { Behavior, CachePolicy, Distribution, EdgeFunction, Origin, OriginRequestPolicy } from './distribution.ts'
import { type Deployment, resolveIntrinsics, type TemplateResource } from './intrinsics.ts'
import { managedCachePolicies, managedOriginRequestPolicies } from './managed-policies.ts'
import {
  type behaviorSchema,
  bucketCorsSchema,
  cachePolicySchema,
  distributionSchema,
  functionSchema,
  originRequestPolicySchema,
  responseHeadersSchema,
} from './template-schema.ts'

const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).optional() }),
  ),
})

/** The values that a deployment would give to references in the template. */
export interface LocalValues {
  /** What `Ref` of the user pool gives, as in `us-east-1_EXAMPLE01`. */
  userPoolId: string
  /** What `Ref` of the user pool's client gives. */
  clientId: string
}

/**
 * The distribution of a template with every reference resolved. Throws a UsageError for a template without a
 * distribution, or whose distribution lacks what it refers to.
 */
export function readDistribution(template: object, values: LocalValues): Distribution {
  const parsed = templateSchema.safeParse(template)
  if (!parsed.success) throw new UsageError('template: has no Resources; pass a synthesized CloudFormation template')
  return new TemplateReader(parsed.data.Resources as Record<string, TemplateResource>, values).distribution()
}

class TemplateReader {
  readonly #resources: Record<string, TemplateResource>
  readonly #deployment: Deployment

  constructor(resources: Record<string, TemplateResource>, values: LocalValues) {
    this.#resources = resources
    this.#deployment = localDeployment(resources, values)
  }

  distribution(): Distribution {
    const found = Object.entries(this.#resources).find(([, { Type }]) => Type === 'AWS::CloudFront::Distribution')
    if (!found) throw new UsageError('template: has no AWS::CloudFront::Distribution; synthesize the site first')
    const [id] = found
    const { DistributionConfig: config } = this.#read(id, distributionSchema)
    const origins = new Map(config.Origins.map((origin) => [origin.Id, this.#origin(origin)]))
    const behaviors = [...config.CacheBehaviors, { ...config.DefaultCacheBehavior, PathPattern: '*' }].map((behavior) =>
      this.#behavior(behavior, origins, guardsNotEmulated(config, behavior)),
    )
    return {
      id,
      domainName: localDomain(id),
      behaviors,
      notEmulated: [...behaviors.flatMap(({ refusal }) => refusal ?? []), ...leftOut(config)],
      errorCachingMinTtl: new Map(
        config.CustomErrorResponses.flatMap(({ ErrorCode, ErrorCachingMinTTL }) =>
          ErrorCachingMinTTL === undefined ? [] : [[ErrorCode, ErrorCachingMinTTL] as const],
        ),
      ),
    }
  }

  #behavior(
    behavior: z.output<typeof behaviorSchema>,
    origins: ReadonlyMap<string, Origin>,
    guards: readonly string[],
  ): Behavior {
    const origin = origins.get(behavior.TargetOriginId)
    if (!origin)
      throw new UsageError(`template: behavior ${behavior.PathPattern}: no origin ${behavior.TargetOriginId}`)
    return {
      pathPattern: behavior.PathPattern,
      allowedMethods: new Set(behavior.AllowedMethods),
      cachedMethods: new Set(behavior.CachedMethods),
      viewerProtocolPolicy: behavior.ViewerProtocolPolicy,
      compress: behavior.Compress,
      cache: this.#cachePolicy(behavior.CachePolicyId),
      originRequest: this.#originRequestPolicy(behavior.OriginRequestPolicyId),
      responseHeaders: behavior.ResponseHeadersPolicyId
        ? this.#read(behavior.ResponseHeadersPolicyId, responseHeadersSchema)
        : null,
      origin,
      viewerRequest: this.#viewerRequest(behavior),
      refusal: guards.length > 0 ? refusalOf(behavior.PathPattern, guards) : null,
    }
  }

  #cachePolicy(id: string): CachePolicy {
    return managedCachePolicies[id] ?? this.#read(id, cachePolicySchema)
  }

  #originRequestPolicy(id: string | undefined): OriginRequestPolicy | null {
    if (id === undefined) return null
    return managedOriginRequestPolicies[id] ?? this.#read(id, originRequestPolicySchema)
  }

  #viewerRequest({ LambdaFunctionAssociations }: z.output<typeof behaviorSchema>): EdgeFunction | null {
    const association = LambdaFunctionAssociations.find(({ EventType }) => EventType === 'viewer-request')
    if (!association) return null
    const version = this.#read(association.LambdaFunctionARN, z.object({ FunctionName: z.string() }))
    const { Code, Handler, Timeout, MemorySize } = this.#read(version.FunctionName, functionSchema)
    return {
      id: version.FunctionName,
      code: Code.ZipFile,
      handler: Handler.replace(/^index\./, ''),
      timeoutMs: Timeout * 1000,
      memoryMb: MemorySize,
    }
  }

  #origin(origin: z.output<typeof distributionSchema>['DistributionConfig']['Origins'][number]): Origin {
    const bucketId = origin.DomainName.endsWith(bucketDomain) ? origin.DomainName.slice(0, -bucketDomain.length) : null
    const bucket = bucketId !== null && this.#resources[bucketId]?.Type === 'AWS::S3::Bucket' ? bucketId : null
    return {
      id: origin.Id,
      domainName: origin.DomainName,
      path: origin.OriginPath,
      signed: origin.OriginAccessControlId !== undefined,
      bucket: bucket === null ? null : { cors: this.#read(bucket, bucketCorsSchema) },
      customHeaders: origin.OriginCustomHeaders.map(({ HeaderName, HeaderValue }) => ({
        name: HeaderName,
        value: HeaderValue,
      })),
    }
  }

  /** The resource that a resolved reference names: local references resolve to logical ids. */
  #read<Output>(id: string, schema: z.ZodType<Output>): Output {
    const resource = this.#resources[id]
    if (!resource) throw new UsageError(`template: refers to ${id}, which is not in it`)
    let properties: unknown
    try {
      properties = resolveIntrinsics(resource.Properties ?? {}, this.#deployment)
    } catch (error) {
      throw new UsageError(`template: ${id}: ${(error as Error).message}`)
    }
    const parsed = schema.safeParse(properties)
    if (parsed.success) return parsed.data
    const [issue] = parsed.error.issues
    throw new UsageError(`template: ${id}.${issue?.path.join('.')}: ${issue?.message}`)
  }
}

const bucketDomain = '.s3.us-east-1.amazonaws.com'
const pseudoParameters: Record<string, string> = {
  'AWS::Region': 'us-east-1',
  'AWS::AccountId': '111122223333',
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': 'edgeproof-local',
}

/** References resolve to logical ids, so that one resource can be followed to the next; the user pool's are real ids. */
function localDeployment(
  resources: Record<string, TemplateResource>,
  { userPoolId, clientId }: LocalValues,
): Deployment {
  return {
    ref(id) {
      const type = resources[id]?.Type
      if (type === 'AWS::Cognito::UserPool') return userPoolId
      if (type === 'AWS::Cognito::UserPoolClient') return clientId
      return pseudoParameters[id] ?? (type === undefined ? undefined : id)
    },
    attribute(id, name) {
      const type = resources[id]?.Type
      if (type === undefined) return undefined
      if (type === 'AWS::S3::Bucket' && name.endsWith('DomainName')) return `${id}${bucketDomain}`
      if (type === 'AWS::CloudFront::Distribution' && name === 'DomainName') return localDomain(id)
      if (type === 'AWS::Cognito::UserPool' && name === 'UserPoolId') return userPoolId
      if (name === 'Arn' && type === 'AWS::Cognito::UserPool') {
        return `arn:aws:cognito-idp:us-east-1:111122223333:userpool/${userPoolId}`
      }
      return id
    },
  }
}

function localDomain(id: string): string {
  return `d${createHash('sha256').update(id).digest('hex').slice(0, 13)}.cloudfront.net`
}
