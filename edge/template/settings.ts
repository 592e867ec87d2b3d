/**
 * Every property of a distribution, and what becomes of it here: none is passed over in silence. Names are those of
 * CloudFormation's AWS::CloudFront::Distribution (resource specification of 2025).
 */

/** `emulated`; `irrelevant`: nothing that a viewer of the local edge could see; else the sentence that says what is missing. */
type Coverage = 'emulated' | 'irrelevant' | string

const distributionSettings: Record<string, Coverage> = {
  Aliases: 'irrelevant',
  AnycastIpListId: 'irrelevant',
  CacheBehaviors: 'emulated',
  CNAMEs: 'irrelevant',
  Comment: 'irrelevant',
  // A guard: see access-guards.ts.
  ConnectionFunctionAssociation: 'emulated',
  ConnectionMode: 'irrelevant',
  ContinuousDeploymentPolicyId: 'no request goes to a staging distribution',
  CustomErrorResponses: 'emulated',
  DefaultCacheBehavior: 'emulated',
  DefaultRootObject: 'emulated',
  Enabled: 'emulated',
  HttpVersion: 'irrelevant',
  IPV6Enabled: 'irrelevant',
  Logging: 'irrelevant',
  OriginGroups: 'emulated',
  Origins: 'emulated',
  PriceClass: 'irrelevant',
  Restrictions: 'emulated',
  Staging: 'irrelevant',
  TenantConfig: 'parameters of distribution tenants are not filled in',
  ViewerCertificate: 'irrelevant',
  ViewerMtlsConfig: 'emulated',
  // A guard: see access-guards.ts.
  WebACLId: 'emulated',
}

const behaviorSettings: Record<string, Coverage> = {
  AllowedMethods: 'emulated',
  CachedMethods: 'emulated',
  CachePolicyId: 'emulated',
  Compress: 'emulated',
  DefaultTTL: 'emulated',
  FieldLevelEncryptionId: 'fields reach the origin as the viewer sent them',
  ForwardedValues: 'emulated',
  FunctionAssociations: 'emulated',
  GrpcConfig: 'gRPC is not served',
  LambdaFunctionAssociations: 'emulated',
  MaxTTL: 'emulated',
  MinTTL: 'emulated',
  OriginRequestPolicyId: 'emulated',
  PathPattern: 'emulated',
  RealtimeLogConfigArn: 'irrelevant',
  ResponseHeadersPolicyId: 'emulated',
  SmoothStreaming: 'Smooth Streaming is not served',
  TargetOriginId: 'emulated',
  TrustedKeyGroups: 'emulated',
  TrustedSigners: 'emulated',
  ViewerProtocolPolicy: 'emulated',
}

const originSettings: Record<string, Coverage> = {
  ConnectionAttempts: 'emulated',
  ConnectionTimeout: 'emulated',
  CustomOriginConfig: 'emulated',
  DomainName: 'emulated',
  Id: 'emulated',
  OriginAccessControlId: 'emulated',
  OriginCustomHeaders: 'emulated',
  OriginPath: 'emulated',
  OriginShield: 'irrelevant',
  OriginMtlsConfig: 'the origin sees no client certificate',
  ResponseCompletionTimeout: 'an answer may take as long as it goes on',
  S3OriginConfig: 'emulated',
  VpcOriginConfig: 'irrelevant',
}

const responseHeadersSettings: Record<string, Coverage> = {
  Comment: 'irrelevant',
  CorsConfig: 'emulated',
  CustomHeadersConfig: 'emulated',
  Name: 'irrelevant',
  RemoveHeadersConfig: 'emulated',
  SecurityHeadersConfig: 'emulated',
  ServerTimingHeadersConfig: 'no Server-Timing header is added',
}

/** The same for a response headers policy; `where` names it. */
export function responseHeadersNotEmulated(where: string, config: unknown): string[] {
  return lines(`${where}: `, record(config), responseHeadersSettings)
}

interface Settings {
  [property: string]: unknown
  Origins?: unknown
  CacheBehaviors?: unknown
  DefaultCacheBehavior?: unknown
}

/** A line for each setting that is not emulated, and for each that this list does not know. */
export function settingsNotEmulated(config: Settings): string[] {
  const behaviors = [...list(config.CacheBehaviors), { ...record(config.DefaultCacheBehavior), PathPattern: '*' }]
  return [
    ...lines('', config, distributionSettings),
    ...list(config.Origins).flatMap((origin) => lines(`origin ${origin.Id}: `, origin, originSettings)),
    ...behaviors.flatMap((behavior) => lines(`behavior ${behavior.PathPattern}: `, behavior, behaviorSettings)),
  ]
}

function lines(where: string, settings: Record<string, unknown>, table: Record<string, Coverage>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => {
    if (isUnset(value)) return []
    const coverage = table[name] ?? 'this property is not known here'
    if (coverage === 'emulated' || coverage === 'irrelevant') return []
    return [`${where}${name} is not emulated: ${coverage}`]
  })
}

/** `false`, an empty list or text, and `{ Enabled: false }` ask for nothing. */
function isUnset(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 'false' || value === '') return true
  if (Array.isArray(value)) return value.length === 0
  return record(value).Enabled === false || record(value).Enabled === 'false'
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function list(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map(record) : []
}
