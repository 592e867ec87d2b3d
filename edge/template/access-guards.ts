/** What guards access in a template and is not emulated here: it must not fail open in silence. */
import type * as z from 'zod'
import type { behaviorSchema, distributionSchema } from './template-schema.ts'

type BehaviorConfig = Omit<z.output<typeof behaviorSchema>, 'PathPattern'>
type DistributionConfig = z.output<typeof distributionSchema>['DistributionConfig']

/** Properties, in CloudFormation's words, that decide who is served and that the local edge does not emulate. */
export function guardsNotEmulated(
  distribution: DistributionConfig,
  behavior: BehaviorConfig,
  { country, withoutWebAcl = false }: { country?: string; withoutWebAcl?: boolean },
): string[] {
  const { ViewerMtlsConfig, ConnectionFunctionAssociation, Restrictions, WebACLId } = distribution
  const restricted = (Restrictions?.GeoRestriction.RestrictionType ?? 'none') !== 'none'
  return [
    ...(restricted && country === undefined ? ['GeoRestriction (pass --geo COUNTRY, the country of all viewers)'] : []),
    ...(WebACLId && !withoutWebAcl ? ['WebACLId (pass --without-web-acl to serve what it would block)'] : []),
    ...(ViewerMtlsConfig ? ['ViewerMtlsConfig'] : []),
    ...(ConnectionFunctionAssociation ? ['ConnectionFunctionAssociation'] : []),
    ...(behavior.TrustedSigners.length > 0 ? ['TrustedSigners'] : []),
  ]
}

/** Why a behavior answers 501: in its answers, and at the start. */
export function refusalOf(pathPattern: string, guards: readonly string[], missing: readonly string[]): string | null {
  const reasons = [...(guards.length > 0 ? [`what guards it is not emulated: ${guards.join(', ')}`] : []), ...missing]
  return reasons.length === 0 ? null : `behavior ${pathPattern} answers 501, because ${reasons.join('; ')}`
}
