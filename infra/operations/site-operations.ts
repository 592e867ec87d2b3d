import { Stack, Stage, Token } from 'aws-cdk-lib'
import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront'
import { Construct } from 'constructs'
import type { OperationsConfig } from '../../config/site-schema.ts'
import { UsageError } from '../../config/usage-error.ts'
import type { AuthorizerFunction } from '../authorizer-function.ts'
import { acrossRegions } from '../cross-region.ts'
import { edgeRegion } from '../edge-scope.ts'
import { RegionalOperations } from './regional-operations.ts'
import { SiteDashboard } from './site-dashboard.ts'

export interface SiteOperationsProps extends OperationsConfig {
  /** What stacks, metrics and the dashboard are named after. */
  siteName: string
  /** One with a `functionName`, which alarms in every region are written with. */
  authorizer: AuthorizerFunction
  distribution: cloudfront.IDistribution
  /** The distribution publishes its additional, paid metrics. Default false. */
  additionalMetrics?: boolean
}

/**
 * Logs with retention, a metric of denials, and alarms in a stack for each region, which come before the function's; and a stack
 * with the dashboard and the alarm on 5xx, which comes after the distribution's.
 *
 * @example
 * const authorizer = new EdgeAuthorizer(stack, 'Authorizer', { policy, functionName: 'files-authorizer' })
 * authorizer.protect(distribution)
 * new SiteOperations(stack, 'Operations', { siteName: 'Files', authorizer, distribution, regions: ['eu-west-1'] })
 */
export class SiteOperations extends Construct {
  /** @throws UsageError where the function's name is left to CloudFormation, and for a construct outside of an app. */
  constructor(scope: Construct, id: string, props: SiteOperationsProps) {
    super(scope, id)
    const { siteName, authorizer, distribution } = props
    const { functionName, logGroupName } = authorizer
    if (Token.isUnresolved(functionName)) {
      throw new UsageError(
        `${this.node.path}: authorizer: has no functionName of its own, which alarms elsewhere have to know`,
      )
    }
    const { account } = Stack.of(this)
    const stage = Stage.of(this)
    if (!stage) throw new UsageError(`${this.node.path}: is in no app`)
    const email = props.alarmEmail === undefined ? {} : { alarmEmail: props.alarmEmail }
    const regions = [...new Set([edgeRegion, ...props.regions])]
    for (const region of regions) {
      const regional = new Stack(stage, `${siteName}-Operations-${region}`, {
        env: { account, region },
        description: `Logs, metrics and alarms of ${functionName} in ${region} (edgeproof)`,
      })
      new RegionalOperations(regional, 'Operations', {
        siteName,
        functionName,
        logGroupName,
        logRetentionDays: props.logRetentionDays ?? 30,
        ...email,
      })
      // The log groups come first: a replica that finds none makes one, and then the stack could not.
      authorizer.stack.node.addDependency(regional)
    }
    const dashboard = new Stack(stage, `${siteName}-Dashboard`, {
      env: { account, region: edgeRegion },
      description: `Dashboard of ${siteName} (edgeproof)`,
    })
    new SiteDashboard(dashboard, 'Dashboard', {
      siteName,
      distributionId: acrossRegions(dashboard, distribution.distributionId),
      functionName,
      regions,
      additionalMetrics: props.additionalMetrics === true,
      ...email,
    })
  }
}
