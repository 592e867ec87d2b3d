import type * as cognito from 'aws-cdk-lib/aws-cognito'
import * as waf from 'aws-cdk-lib/aws-wafv2'
import type { Construct } from 'constructs'
import type { RateLimit } from '../config/rate-limit-schema.ts'

/** A web ACL for a distribution; the scope's stack has to be in us-east-1. */
export function distributionAcl(scope: Construct, id: string, limit: RateLimit): string {
  return rateLimitingAcl(scope, id, 'CLOUDFRONT', limit).attrArn
}

/** Puts a web ACL before a user pool: its login pages and its API. */
export function rateLimitedPool(scope: Construct, pool: cognito.IUserPool, limit: RateLimit): void {
  new waf.CfnWebACLAssociation(scope, 'WebAclAssociation', {
    resourceArn: pool.userPoolArn,
    webAclArn: rateLimitingAcl(scope, 'WebAcl', 'REGIONAL', limit).attrArn,
  })
}

function rateLimitingAcl(
  scope: Construct,
  id: string,
  kind: 'CLOUDFRONT' | 'REGIONAL',
  limit: RateLimit,
): waf.CfnWebACL {
  const visible = { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true }
  return new waf.CfnWebACL(scope, id, {
    scope: kind,
    defaultAction: { allow: {} },
    visibilityConfig: { ...visible, metricName: 'edgeproof' },
    rules: [
      {
        name: 'rate',
        priority: 0,
        action: { block: {} },
        statement: { rateBasedStatement: { limit: limit.rateLimit, aggregateKeyType: 'IP', evaluationWindowSec: 300 } },
        visibilityConfig: { ...visible, metricName: 'rate' },
      },
    ],
    description: `Blocks an address beyond ${limit.rateLimit} requests in five minutes`,
  })
}
