import { Fn } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import type { SignIn } from '../authorizer/policy.ts'

/**
 * The right to read the one parameter or secret that the policy names, and nothing else. With AWS's own keys that is all: their key
 * policies let the account's roles in through the service (KMS Developer Guide, "AWS managed keys"). A key of one's own also has to
 * let the function decrypt, and then for this service only.
 */
export function secretStatements(secret: SignIn['secret'], keyArn: string | undefined): iam.PolicyStatement[] {
  const read = secret && reading(secret)
  if (!read) return []
  const statements = [new iam.PolicyStatement({ actions: [read.action], resources: [read.arn] })]
  if (keyArn !== undefined) {
    const region = Fn.select(3, Fn.split(':', read.arn))
    statements.push(
      new iam.PolicyStatement({
        actions: ['kms:Decrypt'],
        resources: [keyArn],
        conditions: { StringEquals: { 'kms:ViaService': `${read.service}.${region}.amazonaws.com` } },
      }),
    )
  }
  return statements
}

/** Secrets that stand in the policy itself stand in the function's code: nothing is read. */
function reading(secret: NonNullable<SignIn['secret']>): { service: string; action: string; arn: string } | undefined {
  if ('ssmParameter' in secret) return { service: 'ssm', action: 'ssm:GetParameter', arn: secret.ssmParameter }
  if ('secretsManager' in secret) {
    return { service: 'secretsmanager', action: 'secretsmanager:GetSecretValue', arn: secret.secretsManager }
  }
  return undefined
}
