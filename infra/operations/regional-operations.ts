import { RemovalPolicy } from 'aws-cdk-lib'
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'
import * as logs from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { edgeFunction } from '../limits.ts'
import { alarmAction } from './alarm-action.ts'
import { denialMetric, denialMetricName, denialNamespace, replicaMetric } from './edge-metrics.ts'

export interface RegionalOperationsProps {
  siteName: string
  functionName: string
  logGroupName: string
  logRetentionDays: number
  alarmEmail?: string
}

/** What watches the function in one region: CloudWatch keeps logs and metrics where a replica ran, and alarms beside them. */
export class RegionalOperations extends Construct {
  constructor(scope: Construct, id: string, props: RegionalOperationsProps) {
    super(scope, id)
    this.logs(props)
    const act = alarmAction(this, 'Alarms', props.alarmEmail)
    for (const [name, { metric, threshold, periods, description }] of Object.entries(conditions(props))) {
      const alarm = new cloudwatch.Alarm(this, name, {
        alarmDescription: description,
        metric,
        threshold,
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluationPeriods: periods,
        // No request is no fault.
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      })
      act(alarm)
    }
  }

  /** The group exists before the first replica could make one that keeps its lines for ever. */
  private logs({ siteName, logGroupName, logRetentionDays }: RegionalOperationsProps): void {
    const logGroup = new logs.LogGroup(this, 'Logs', {
      logGroupName,
      retention: logRetentionDays as logs.RetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    new logs.MetricFilter(this, 'Denials', {
      logGroup,
      // A denial is one line of JSON on standard output, which Lambda's JSON log format leaves as it is.
      filterPattern: logs.FilterPattern.stringValue('$.edgeproof', '=', 'denied'),
      metricNamespace: denialNamespace(siteName),
      metricName: denialMetricName,
      metricValue: '$.count',
      dimensions: { Reason: '$.reason' },
    })
  }
}

/** The function answers every request itself, so an error is a crash or a timeout, and a fault is a denial it did not foresee. */
function conditions({ siteName, functionName }: RegionalOperationsProps) {
  const slow = edgeFunction.timeoutSeconds * 1000 * 0.5
  return {
    Errors: {
      metric: replicaMetric(functionName, 'Errors', 'Sum'),
      threshold: 1,
      periods: 1,
      description: 'The authorizer crashed or timed out: viewers got a 5xx.',
    },
    Throttles: {
      metric: replicaMetric(functionName, 'Throttles', 'Sum'),
      threshold: 1,
      periods: 1,
      description: "The region's Lambda concurrency is used up: viewers got a 5xx. Raise its quota.",
    },
    Duration: {
      metric: replicaMetric(functionName, 'Duration', 'p99'),
      threshold: slow,
      periods: 3,
      description: `One request in a hundred took half of the ${edgeFunction.timeoutSeconds} seconds it has: is the issuer slow?`,
    },
    Faults: {
      metric: denialMetric(siteName, 'fault'),
      threshold: 1,
      periods: 1,
      description: 'The authorizer met something it did not foresee, and denied it.',
    },
    NoKeys: {
      metric: denialMetric(siteName, 'no-keys'),
      threshold: 1,
      periods: 1,
      description: "The issuer's keys could not be had: valid tokens were refused with 503.",
    },
  }
}
