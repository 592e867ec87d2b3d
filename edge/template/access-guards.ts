/** What guards access in a template and is not emulated here: it must not fail open in silence. */
import type * as z from 'zod'
import type { behaviorSchema, distributionSchema } from './template-schema.ts'

type BehaviorConfig = Omit<z.output<typeof behaviorSchema>, 'PathPattern'>
type DistributionConfig = z.output<typeof distributionSchema>['DistributionConfig']

/** Properties, in CloudFormation's words, that decide who is served and that the local edge does not emulate. */
export function guardsNotEmulated(distribution: DistributionConfig, behavior: BehaviorConfig): string[] {
  const { ViewerMtlsConfig, ConnectionFunctionAssociation, Restrictions } = distribution
  const { TrustedKeyGroups, TrustedSigners } = behavior
  return [
    ...(Restrictions && Restrictions.GeoRestriction.RestrictionType !== 'none' ? ['GeoRestriction'] : []),
    ...(ViewerMtlsConfig ? ['ViewerMtlsConfig'] : []),
    ...(ConnectionFunctionAssociation ? ['ConnectionFunctionAssociation'] : []),
    ...(TrustedKeyGroups.length > 0 ? ['TrustedKeyGroups'] : []),
    ...(TrustedSigners.length > 0 ? ['TrustedSigners'] : []),
    ...functionsNotRun(behavior, 'request'),
  ]
}

/** Why a behavior answers 501: in its answers, and at the start. */
export function refusalOf(pathPattern: string, guards: readonly string[]): string {
  return `behavior ${pathPattern} answers 501, because what guards it is not emulated: ${guards.join(', ')}`
}

/**
 * What is left out and does not keep anything from being served: a web ACL, which blocks some requests of those that the
 * behaviors let through, and functions of responses.
 */
export function leftOut({ WebACLId, DefaultCacheBehavior, CacheBehaviors }: DistributionConfig): string[] {
  const behaviors = [...CacheBehaviors, { ...DefaultCacheBehavior, PathPattern: '*' }]
  return [
    ...(WebACLId === undefined ? [] : ['WebACLId is not emulated: what the web ACL blocks is served']),
    ...behaviors.flatMap((behavior) =>
      functionsNotRun(behavior, 'response').map(
        (name) => `behavior ${behavior.PathPattern}: ${name} is not emulated: answers are served without it`,
      ),
    ),
  ]
}

/** Functions of requests decide who is served, those of responses what the answer looks like. */
function functionsNotRun(
  { FunctionAssociations, LambdaFunctionAssociations }: BehaviorConfig,
  kind: 'request' | 'response',
): string[] {
  const names = [
    ...FunctionAssociations.map(({ EventType }) => `FunctionAssociations (${EventType})`),
    ...LambdaFunctionAssociations.filter(({ EventType }) => EventType !== 'viewer-request').map(
      ({ EventType }) => `LambdaFunctionAssociations (${EventType})`,
    ),
  ]
  return names.filter((name) => name.endsWith('-response)') === (kind === 'response'))
}
