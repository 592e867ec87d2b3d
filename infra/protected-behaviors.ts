import { Annotations, CfnResource, Lazy, Stack } from 'aws-cdk-lib'
import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront'
import type * as lambda from 'aws-cdk-lib/aws-lambda'
import type { IConstruct } from 'constructs'
import type { Policy } from '../authorizer/policy.ts'
import { UsageError } from '../config/usage-error.ts'
import { rootFault } from './default-root-object.ts'

export interface ProtectOptions {
  /** Path patterns whose behaviors everybody may use, where all others are protected. Default none. */
  except?: Iterable<string>
}

type Authorizer = IConstruct & { readonly version: lambda.IVersion }

/** CloudFront's name of the default behavior. */
const defaultPattern = '*'

type Behavior = cloudfront.CfnDistribution.CacheBehaviorProperty

/** A distribution's configuration as its resource takes it, without tokens in what is looked at here. */
interface DistributionConfig {
  defaultCacheBehavior: Omit<Behavior, 'pathPattern'>
  cacheBehaviors?: Behavior[]
  customErrorResponses?: cloudfront.CfnDistribution.CustomErrorResponseProperty[]
  defaultRootObject?: string
}

/**
 * Adds the authorizer to the behaviors of a distribution where its configuration is rendered, so that one that is added later is
 * protected as well.
 *
 * @throws UsageError: `AuthorizerFunction.protect`.
 */
export function protectBehaviors(
  authorizer: Authorizer,
  distribution: cloudfront.IDistribution,
  pattern: string | undefined,
  { except = [], policy }: ProtectOptions & { policy: Policy },
): void {
  const refusal = (fault: string) =>
    new UsageError(`${authorizer.node.path}: protect: ${distribution.node.path} ${fault}`)
  const resource = distributionResource(distribution)
  if (!resource) {
    throw refusal(
      'is imported, and CloudFormation changes only what a stack of this app makes; protect it where it is made',
    )
  }
  const stack = Stack.of(resource)
  const configured = (config: unknown) => stack.resolve(config) as DistributionConfig
  const present = configured(resource.distributionConfig)
  if (pattern !== undefined && !patternsOf(present).includes(pattern)) {
    throw refusal(`has no behavior "${pattern}", but ${patternsOf(present).join(', ')}; add the behavior first`)
  }
  const excepted = new Set(except)
  const isMeant = (of: string) => (pattern === undefined ? !excepted.has(of) : of === pattern)
  const withAuthorizer = <Fields extends Omit<Behavior, 'pathPattern'>>(behavior: Fields, of: string): Fields => {
    if (!isMeant(of)) return behavior
    const fault = occupied(behavior)
    if (fault) throw refusal(`behavior "${of}" ${fault}`)
    return { ...behavior, lambdaFunctionAssociations: [...associations(behavior), ours] }
  }
  const ours = { eventType: 'viewer-request', lambdaFunctionArn: authorizer.version.edgeArn }
  const render = (config: DistributionConfig): DistributionConfig => ({
    ...config,
    defaultCacheBehavior: withAuthorizer(config.defaultCacheBehavior, defaultPattern),
    ...(config.cacheBehaviors && {
      cacheBehaviors: config.cacheBehaviors.map((behavior) => withAuthorizer(behavior, behavior.pathPattern)),
    }),
  })
  // What is wrong now is said now, and not when the app is synthesized.
  render(present)
  warn(authorizer, present, policy, isMeant)
  const before = resource.distributionConfig
  resource.distributionConfig = Lazy.any({ produce: () => render(configured(before)) })
}

function distributionResource({ node }: cloudfront.IDistribution): cloudfront.CfnDistribution | undefined {
  const resource = node.defaultChild
  const isOne = CfnResource.isCfnResource(resource) && resource.cfnResourceType === 'AWS::CloudFront::Distribution'
  return isOne ? (resource as cloudfront.CfnDistribution) : undefined
}

function patternsOf({ cacheBehaviors = [] }: DistributionConfig): string[] {
  return [defaultPattern, ...cacheBehaviors.map(({ pathPattern }) => pathPattern)]
}

function associations({ lambdaFunctionAssociations = [] }: Omit<Behavior, 'pathPattern'>) {
  return lambdaFunctionAssociations as cloudfront.CfnDistribution.LambdaFunctionAssociationProperty[]
}

/**
 * CloudFront Developer Guide, "Restrictions on edge functions": one function for an event, and no CloudFront function beside a
 * Lambda@Edge function of viewer events.
 */
function occupied(behavior: Omit<Behavior, 'pathPattern'>): string | undefined {
  if (associations(behavior).some(({ eventType }) => eventType === 'viewer-request')) {
    return 'runs another Lambda@Edge function on viewer request, and CloudFront runs one; remove it'
  }
  const functions = (behavior.functionAssociations ?? []) as object[]
  return functions.length > 0
    ? 'runs a CloudFront function, and CloudFront runs none beside a Lambda@Edge function of viewers; remove it'
    : undefined
}

/** What lets a viewer past the function, or the function's answer past its use. */
function warn(
  authorizer: Authorizer,
  { defaultCacheBehavior, cacheBehaviors = [], customErrorResponses = [], defaultRootObject }: DistributionConfig,
  policy: Policy,
  isMeant: (pattern: string) => boolean,
): void {
  const say = (id: string, message: string) =>
    Annotations.of(authorizer).addWarningV2(`edgeproof:${id}`, `protect: ${message}`)
  for (const { errorCode, responsePagePath } of customErrorResponses) {
    if (responsePagePath === undefined) continue
    say(
      'error-page',
      `${responsePagePath} is what everybody gets for ${errorCode}: CloudFront serves it without asking the function`,
    )
  }
  const behaviors = [{ ...defaultCacheBehavior, pathPattern: defaultPattern }, ...cacheBehaviors]
  for (const { pathPattern, viewerProtocolPolicy, allowedMethods = [] } of behaviors) {
    if (!isMeant(pathPattern)) continue
    if (viewerProtocolPolicy === 'allow-all')
      say('http', `"${pathPattern}" takes http, which shows tokens to the network`)
    if (policy.corsPreflight === true && !allowedMethods.includes('OPTIONS')) {
      say('preflight', `"${pathPattern}" does not allow OPTIONS: no preflight that the policy lets pass gets there`)
    }
  }
  const fault = defaultRootObject !== undefined && isMeant(defaultPattern) ? rootFault(policy) : undefined
  if (fault) say('root', `policy.${fault.field}: ${fault.message}`)
}
