/** The metrics that alarms and dashboard ask for. */
import { Duration } from 'aws-cdk-lib'
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'

const period = Duration.minutes(5)

/**
 * A metric of the function's replicas in a region. Replicas carry their home region before the function's name, in every
 * region (CloudFront Developer Guide, "Edge function logs", says so of log groups; the metric's dimension is taken to be
 * the same name).
 */
export function replicaMetric(
  functionName: string,
  metricName: 'Invocations' | 'Errors' | 'Throttles' | 'Duration',
  statistic: string,
  region?: string,
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/Lambda',
    metricName,
    dimensionsMap: { FunctionName: `us-east-1.${functionName}` },
    statistic,
    period,
    ...(region !== undefined && { region, label: `${metricName} ${region}` }),
  })
}

/**
 * A metric of the distribution, in us-east-1. The library's own methods leave out the dimension `Region`, and CloudWatch
 * then finds nothing (CloudFront Developer Guide, "Types of metrics for CloudFront": its value is always `Global`).
 */
export function distributionMetric(
  distributionId: string,
  metricName: 'Requests' | '4xxErrorRate' | '5xxErrorRate' | 'CacheHitRate' | 'OriginLatency',
  statistic: 'Sum' | 'Average' | 'p90',
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/CloudFront',
    metricName,
    dimensionsMap: { DistributionId: distributionId, Region: 'Global' },
    statistic,
    period,
  })
}

/** Denials of one site by reason: sampled entries count for all that they stand for. */
export function denialMetric(stackName: string, reason: string): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: denialNamespace(stackName),
    metricName: denialMetricName,
    dimensionsMap: { Reason: reason },
    statistic: 'Sum',
    period,
  })
}

/** All reasons seen in a region; which they are is known only to CloudWatch. */
export function denialsByReason(stackName: string, region: string): cloudwatch.MathExpression {
  return new cloudwatch.MathExpression({
    expression: `SEARCH('{${denialNamespace(stackName)},Reason} MetricName="${denialMetricName}"', 'Sum', ${period.toSeconds()})`,
    label: '',
    period,
    searchRegion: region,
  })
}

export const denialMetricName = 'Denials'

export function denialNamespace(stackName: string): string {
  return `Edgeproof/${stackName}`
}
