import * as cdk from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'

/** A rule of cdk-nag that is left open on purpose. */
interface Exception {
  rule: string
  /** The findings that are meant, where the rule tells several apart. Default: all. */
  findings?: readonly string[]
  reason: string
}

/**
 * Says to cdk-nag why a construct breaks a rule, in the form of its release 3 (the library's validations) and in that of release 2
 * (the resources' metadata). The library has the former since 2.240 or so; an older one has no use for it.
 */
export function acknowledge(construct: IConstruct, ...exceptions: readonly Exception[]): void {
  for (const { rule, findings, reason } of exceptions) {
    const ids = findings?.map((finding) => `${rule}[${finding}]`) ?? [rule]
    if ('Validations' in cdk) cdk.Validations.of(construct).acknowledge(...ids.map((id) => ({ id, reason })))
  }
  const rules = exceptions.map(({ rule: id, findings, reason }) => ({
    id,
    reason,
    ...(findings && { applies_to: [...findings] }),
  }))
  for (const resource of construct.node.findAll().filter(cdk.CfnResource.isCfnResource)) {
    const { rules_to_suppress = [] } = resource.getMetadata('cdk_nag') ?? {}
    resource.addMetadata('cdk_nag', { rules_to_suppress: [...rules_to_suppress, ...rules] })
  }
}

/**
 * Says the same to cfn-lint of a function whose dependency on its role the library writes out where a reference implies it (W3005):
 * both mean the same order.
 */
export function acknowledgeRoleDependency(handler: IConstruct): void {
  for (const resource of handler.node.findAll().filter(cdk.CfnResource.isCfnResource)) {
    if (resource.cfnResourceType !== 'AWS::Lambda::Function') continue
    resource.addMetadata('cfn-lint', { config: { ignore_checks: ['W3005'] } })
  }
}
