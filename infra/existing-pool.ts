import type { Policy } from '../authorizer/policy.ts'

/**
 * A policy for the tokens of a user pool that exists: `https://cognito-idp.<region>.amazonaws.com/<pool id>` issues them
 * (Cognito Developer Guide, "Verifying JSON web tokens"). The ARN has been checked by the site's schema.
 */
export function policyOfPool({ jwksUri, ...policy }: Policy, arn: string): Policy {
  const [, , , region, , resource] = arn.split(':')
  return { ...policy, issuer: `https://cognito-idp.${region}.amazonaws.com/${resource?.slice('userpool/'.length)}` }
}
