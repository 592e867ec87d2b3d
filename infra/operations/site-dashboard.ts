import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'
import { Construct } from 'constructs'
import { alarmAction } from './alarm-action.ts'
import { denialsByReason, distributionMetric, replicaMetric } from './edge-metrics.ts'

export interface SiteDashboardProps {
  siteName: string
  distributionId: string
  functionName: string
  regions: readonly string[]
  /** The distribution publishes its additional, paid metrics. */
  additionalMetrics: boolean
  alarmEmail?: string
}

const width = 12

/** The distribution's alarm and one dashboard over all regions. CloudFront's own metrics are in us-east-1. */
export class SiteDashboard extends Construct {
  constructor(scope: Construct, id: string, props: SiteDashboardProps) {
    super(scope, id)
    const { siteName, distributionId, regions } = props
    const serverErrors = new cloudwatch.Alarm(this, 'ServerErrors', {
      alarmDescription: 'More than one viewer request in a hundred got a 5xx.',
      metric: distributionMetric(distributionId, '5xxErrorRate', 'Average'),
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 2,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    })
    alarmAction(this, 'Alarms', props.alarmEmail)(serverErrors)
    new cloudwatch.Dashboard(this, 'Dashboard', {
      dashboardName: siteName,
      widgets: [this.siteWidgets(props), ...regions.map((region) => regionWidgets(props, region))],
    })
  }

  private siteWidgets({ distributionId, additionalMetrics }: SiteDashboardProps): cloudwatch.IWidget[] {
    const widgets = [
      new cloudwatch.GraphWidget({
        title: 'Requests',
        width,
        left: [distributionMetric(distributionId, 'Requests', 'Sum')],
      }),
      new cloudwatch.GraphWidget({
        title: 'Errors, % of requests',
        width,
        left: [
          distributionMetric(distributionId, '4xxErrorRate', 'Average'),
          distributionMetric(distributionId, '5xxErrorRate', 'Average'),
        ],
      }),
    ]
    if (additionalMetrics) {
      widgets.push(
        new cloudwatch.GraphWidget({
          title: 'Cache hits, %',
          width,
          left: [distributionMetric(distributionId, 'CacheHitRate', 'Average')],
        }),
        new cloudwatch.GraphWidget({
          title: 'Origin latency, ms',
          width,
          left: [distributionMetric(distributionId, 'OriginLatency', 'p90')],
        }),
      )
    }
    return widgets
  }
}

function regionWidgets({ siteName, functionName }: SiteDashboardProps, region: string): cloudwatch.IWidget[] {
  return [
    new cloudwatch.GraphWidget({
      title: `Authorizer, ${region}`,
      width,
      region,
      left: [
        replicaMetric(functionName, 'Invocations', 'Sum', region),
        replicaMetric(functionName, 'Errors', 'Sum', region),
        replicaMetric(functionName, 'Throttles', 'Sum', region),
      ],
      right: [replicaMetric(functionName, 'Duration', 'p99', region)],
    }),
    new cloudwatch.GraphWidget({
      title: `Denials by reason, ${region}`,
      width,
      region,
      left: [denialsByReason(siteName, region)],
    }),
  ]
}
