import { Annotations } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'
import type { Policy } from '../authorizer/policy.ts'
import { policyWarnings, warningText } from '../config/policy-warnings.ts'

/** What is dangerous in the policy is a warning of the construct, with the field. */
export function addPolicyWarnings(construct: IConstruct, policy: Policy): void {
  for (const warning of policyWarnings(policy)) {
    Annotations.of(construct).addWarningV2(`edgeproof:${warning.id}`, `policy.${warningText(warning)}`)
  }
}
