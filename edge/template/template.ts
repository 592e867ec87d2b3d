/** Reads a distribution out of CloudFormation templates: everything that it refers to, and every problem at once. */
import type * as z from 'zod'
import { UsageError } from '../../config/usage-error.ts'
import { guardsNotEmulated, refusalOf } from './access-guards.ts'
import { Assembly, type FoundResource, type LocalValues } from './assembly.ts'
import type {
  Behavior,
  CachePolicy,
  Distribution,
  Origin,
  OriginGroup,
  OriginRequestPolicy,
  ResponseHeadersPolicy,
} from './distribution.ts'
import { FunctionReader, type Handlers } from './function-reader.ts'
import { localDomain } from './local-domain.ts'
import {
  managedCachePolicies,
  managedOriginRequestPolicies,
  managedResponseHeadersPolicies,
} from './managed-policies.ts'
import { noServer, type OriginChoice, readOrigin } from './origin-reader.ts'
import type { StackSource } from './read-stacks.ts'
import { type ResourceReader, resourceReader } from './resource-reader.ts'
import { responseHeadersNotEmulated, settingsNotEmulated } from './settings.ts'
import {
  type behaviorSchema,
  cachePolicySchema,
  distributionSchema,
  keyGroupSchema,
  legacyCachePolicy,
  originRequestPolicySchema,
  publicKeySchema,
  responseHeadersSchema,
} from './template-schema.ts'

export interface ReadOptions {
  values: LocalValues
  /** Name of the stack, where several have a distribution. */
  stack?: string
  /** Logical id of the distribution, where there are several. */
  distribution?: string
  /** Function's logical id → file in its place; '' stands for the only function. */
  handlers?: Handlers
  /** Which custom origins have a server. */
  origins?: OriginChoice
  /** Country code of all viewers. */
  country?: string
  /** What a web ACL would block is served. Default false: nothing is. */
  withoutWebAcl?: boolean
}

/**
 * The distribution of a template with every reference resolved. Throws one UsageError with a line for each problem: a
 * template without a distribution, or whose distribution lacks what it refers to.
 */
export function readDistribution(source: object | readonly StackSource[], options: ReadOptions): Distribution {
  const sources = Array.isArray(source) ? (source as StackSource[]) : [ownTemplate(source)]
  const assembly = new Assembly(sources, options.values)
  const found = chosenDistribution(assembly, options)
  const reader = resourceReader(assembly)
  const distribution = new DistributionReader(assembly, reader, options).read(found)
  reader.throwProblems()
  return distribution
}

/** A template that is no file: what it refers to is in it. */
function ownTemplate(template: object): StackSource {
  return {
    name: 'edgeproof-local',
    file: 'template',
    template: template as Record<string, unknown>,
    directory: '.',
    assets: new Map(),
  }
}

function chosenDistribution(assembly: Assembly, { stack, distribution }: ReadOptions): FoundResource & { id: string } {
  const all = assembly.all('AWS::CloudFront::Distribution').filter((each) => each.stack.makes(each.logicalId))
  const names = assembly.stacks.map(({ name }) => name)
  if (stack !== undefined && !names.includes(stack)) {
    throw new UsageError(`--stack ${stack}: there is none of that name; choose one of ${names.join(', ')}`)
  }
  const inStack = all.filter((each) => stack === undefined || each.stack.name === stack)
  const found = inStack.filter(({ logicalId }) => distribution === undefined || logicalId === distribution)
  const listed = inStack.map((each) => `${each.logicalId} (stack ${each.stack.name})`).join(', ')
  if (inStack.length === 0) {
    throw new UsageError(
      `${assembly.stacks[0]?.source.file ?? 'template'}: has no AWS::CloudFront::Distribution${stack === undefined ? '' : ` in stack ${stack}`}; pass the template of a site`,
    )
  }
  const [first] = found
  if (!first)
    throw new UsageError(`--distribution ${distribution}: there is none of that name; choose one of ${listed}`)
  if (found.length > 1) {
    throw new UsageError(
      `there are ${found.length} distributions; choose one with --distribution, or --stack: ${listed}`,
    )
  }
  return first
}

type BehaviorConfig = z.output<typeof behaviorSchema>

class DistributionReader {
  readonly #assembly: Assembly
  readonly #reader: ResourceReader
  readonly #options: ReadOptions
  readonly #functions: FunctionReader
  readonly #notes = new Set<string>()

  constructor(assembly: Assembly, reader: ResourceReader, options: ReadOptions) {
    this.#assembly = assembly
    this.#reader = reader
    this.#options = options
    this.#functions = new FunctionReader(assembly, reader, options.handlers ?? {})
  }

  read({ id, stack, resource }: FoundResource & { id: string }): Distribution {
    const parsed = this.#reader.read(id, distributionSchema)
    if (!parsed) return this.#reader.throwProblems()
    const { DistributionConfig: config } = parsed
    const origins = new Map(config.Origins.map((origin) => [origin.Id, readOrigin(origin, stack, this.#reader)]))
    const groups = new Map((config.OriginGroups?.Items ?? []).flatMap((group) => this.#group(id, group, origins)))
    const behaviors = [...config.CacheBehaviors, { ...config.DefaultCacheBehavior, PathPattern: '*' }].map((behavior) =>
      this.#behavior(id, behavior, {
        origins,
        groups,
        guards: guardsNotEmulated(config, behavior, this.#options),
      }),
    )
    this.#functions.checkHandlers()
    const settings = stack.resolve(resource.Properties?.DistributionConfig) as Record<string, unknown>
    const restriction = config.Restrictions?.GeoRestriction
    return {
      id,
      domainName: localDomain(id),
      behaviors: behaviors.filter((behavior) => behavior !== null),
      origins,
      notEmulated: [
        ...behaviors.flatMap((behavior) => behavior?.refusal ?? []),
        ...this.#notes,
        ...this.#functions.notes,
        ...(config.Enabled ? [] : ['Enabled is false: CloudFront would serve nothing, and the local edge does']),
        ...(config.WebACLId && this.#options.withoutWebAcl
          ? ['WebACLId is not emulated: what the web ACL blocks is served']
          : []),
        ...settingsNotEmulated(settings),
      ],
      errorCachingMinTtl: new Map(
        config.CustomErrorResponses.flatMap(({ ErrorCode, ErrorCachingMinTTL }) =>
          ErrorCachingMinTTL === undefined ? [] : [[ErrorCode, ErrorCachingMinTTL] as const],
        ),
      ),
      errorPages: new Map(
        config.CustomErrorResponses.flatMap(({ ErrorCode, ResponseCode, ResponsePagePath }) =>
          ResponsePagePath
            ? [[ErrorCode, { path: ResponsePagePath, responseCode: ResponseCode ?? ErrorCode }] as const]
            : [],
        ),
      ),
      defaultRootObject: config.DefaultRootObject.replace(/^\//, '') || null,
      geoRestriction:
        restriction && restriction.RestrictionType !== 'none'
          ? { type: restriction.RestrictionType, locations: new Set(restriction.Locations) }
          : null,
    }
  }

  #group(
    id: string,
    {
      Id,
      Members,
      FailoverCriteria,
    }: {
      Id: string
      Members: { Items: { OriginId: string }[] }
      FailoverCriteria: { StatusCodes: { Items: number[] } }
    },
    origins: ReadonlyMap<string, Origin>,
  ): [string, OriginGroup][] {
    const [primary, secondary] = Members.Items.map(({ OriginId }) => origins.get(OriginId))
    if (primary && secondary) {
      const failoverStatuses = new Set(FailoverCriteria.StatusCodes.Items)
      return [[Id, { id: Id, members: [primary, secondary], failoverStatuses }]]
    }
    this.#reader.problem(id, `DistributionConfig.OriginGroups: ${Id} names an origin that is not there`)
    return []
  }

  #behavior(
    id: string,
    behavior: BehaviorConfig,
    {
      origins,
      groups,
      guards,
    }: { origins: ReadonlyMap<string, Origin>; groups: ReadonlyMap<string, OriginGroup>; guards: readonly string[] },
  ): Behavior | null {
    const origin = origins.get(behavior.TargetOriginId) ?? groups.get(behavior.TargetOriginId)
    if (!origin) {
      this.#reader.problem(id, `behavior ${behavior.PathPattern}: no origin ${behavior.TargetOriginId}`)
      return null
    }
    const { functions, missing } = this.#functions.functionsOf(behavior)
    const { trustedKeys, unknown } = this.#trustedKeys(behavior.TrustedKeyGroups)
    const cache = this.#cachePolicy(behavior)
    const members = 'members' in origin ? origin.members : [origin]
    const isPlayed = this.#options.origins ?? (() => true)
    const absent = members.flatMap((member) => (isPlayed(member) ? [] : noServer(member)))
    // A function before the cache may answer everything itself: it is what goes to the origin that fails then.
    const asks = functions['viewer-request'] === null && functions['origin-request'] === null
    if (!asks) for (const line of absent) this.#notes.add(`what goes to it answers 501: ${line}`)
    return {
      pathPattern: behavior.PathPattern,
      allowedMethods: new Set(behavior.AllowedMethods),
      cachedMethods: new Set(behavior.CachedMethods),
      viewerProtocolPolicy: behavior.ViewerProtocolPolicy,
      compress: behavior.Compress,
      cache,
      originRequest: this.#originRequestPolicy(behavior.OriginRequestPolicyId),
      responseHeaders: this.#responseHeaders(behavior.ResponseHeadersPolicyId),
      origin,
      functions,
      trustedKeys,
      refusal: refusalOf(behavior.PathPattern, guards, [...unknown, ...missing, ...(asks ? absent : [])]),
    }
  }

  #cachePolicy(behavior: BehaviorConfig): CachePolicy {
    const id = behavior.CachePolicyId
    if (id === undefined) return legacyCachePolicy(behavior)
    return managedCachePolicies[id] ?? this.#reader.read(id, cachePolicySchema) ?? legacyCachePolicy(behavior)
  }

  #originRequestPolicy(id: string | undefined): OriginRequestPolicy | null {
    if (id === undefined) return null
    return managedOriginRequestPolicies[id] ?? this.#reader.read(id, originRequestPolicySchema)
  }

  #responseHeaders(id: string | undefined): ResponseHeadersPolicy | null {
    if (id === undefined) return null
    const found = this.#assembly.find(id)
    const config = found?.stack.resolve(found.resource.Properties?.ResponseHeadersPolicyConfig)
    for (const line of responseHeadersNotEmulated(`response headers policy ${id}`, config)) this.#notes.add(line)
    return managedResponseHeadersPolicies[id] ?? this.#reader.read(id, responseHeadersSchema)
  }

  /** A key that is not in the template cannot be verified with. */
  #trustedKeys(groups: readonly string[]): { trustedKeys: Behavior['trustedKeys']; unknown: string[] } {
    if (groups.length === 0) return { trustedKeys: null, unknown: [] }
    const trustedKeys = new Map<string, string>()
    const unknown: string[] = []
    for (const group of groups) {
      const items = this.#assembly.find(group) && this.#reader.read(group, keyGroupSchema)?.KeyGroupConfig.Items
      if (!items) unknown.push(`TrustedKeyGroups: key group ${group} is not in the template`)
      for (const key of items ?? []) {
        const read = this.#assembly.find(key) && this.#reader.read(key, publicKeySchema)
        if (read) trustedKeys.set(key, read.PublicKeyConfig.EncodedKey)
        else unknown.push(`TrustedKeyGroups: public key ${key} is not in the template`)
      }
    }
    return { trustedKeys, unknown }
  }
}
