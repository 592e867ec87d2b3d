/**
 * AWS's default quotas, its list prices in US dollars, and what nobody publishes and has to be assumed: each row with where
 * and when it was read. AWS's own pages were read as stored copies, whose tables of prices are often empty, because the page
 * fills them in by script: "secondary" is somebody else's text, "recalled" was read nowhere this time. Check those before
 * you budget, and put your own figures into the configuration's `fleet` section or a `--quotas` file.
 */
import type { AssumptionName, FleetConfig, PriceName, QuotaName } from '../config/fleet-schema.ts'
import type { Estimate } from './estimate.ts'

export interface Row<Value = number> {
  value: Value
  unit: string
  page: string
  /** When it was read, and how sure that is. */
  read: string
}

const scaling =
  'Lambda Developer Guide, Lambda scaling behavior (docs.aws.amazon.com/lambda/latest/dg/scaling-behavior.html)'

export const quotas: Record<QuotaName, Row> = {
  /** In each region, over all functions of the account. New accounts have less. */
  concurrency: {
    value: 1000,
    unit: 'requests in service, each region',
    page: 'Lambda Developer Guide, Lambda quotas; CloudFront Developer Guide, Quotas on Lambda@Edge',
    read: 'November 2026, stored copies',
  },
  /** Requests per second for each unit of concurrency: 10,000 in a region by default, however short the function is. */
  requestsPerConcurrency: {
    value: 10,
    unit: 'requests/s for each unit of concurrency',
    page: 'CloudFront Developer Guide, Quotas on Lambda@Edge (10,000 requests per second in each region); re:Post, How does Lambda@Edge scaling work',
    read: 'November 2026, secondary and stored copies',
  },
  /** How far the rate of one function may rise at once in a region ... */
  scalingRequests: {
    value: 10_000,
    unit: 'requests/s (1,000 environments), each function in each region',
    page: scaling,
    read: 'November 2026, stored copy',
  },
  /** ... and in how many seconds as much is allowed again, little by little. */
  scalingSeconds: { value: 10, unit: 's', page: scaling, read: 'November 2026, stored copy' },
  distributionRequests: {
    value: 250_000,
    unit: 'requests/s, each distribution',
    page: 'CloudFront Developer Guide, Quotas, General quotas (docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html)',
    read: 'November 2026, stored copy',
  },
}

export const prices: Record<PriceName, Row> = {
  /** For one viewer request that starts the function. */
  edgeInvocation: {
    value: 0.6 / 1e6,
    unit: '$ each',
    page: 'AWS Lambda pricing, Lambda@Edge',
    read: 'May 2026, secondary',
  },
  /** Counted by the millisecond; INIT is billed since August 2025. */
  edgeGigabyteSecond: {
    value: 0.000_050_01,
    unit: '$/GB-s',
    page: 'AWS Lambda pricing, Lambda@Edge',
    read: 'May 2026, secondary',
  },
  /** United States. */
  httpsRequest: {
    value: 0.01 / 10_000,
    unit: '$ each',
    page: 'Amazon CloudFront pricing, HTTPS requests',
    read: 'June 2026, secondary',
  },
  /** A GET that the bucket answers, us-east-1. */
  originRequest: {
    value: 0.0004 / 1000,
    unit: '$ each',
    page: 'Amazon S3 pricing, GET requests, S3 Standard',
    read: 'recalled',
  },
  /** Log lines, us-east-1. */
  logGigabyte: { value: 0.5, unit: '$/GB', page: 'Amazon CloudWatch pricing, Logs', read: 'June 2026, secondary' },
  /** In a month; each value of a dimension is a metric of its own. */
  customMetric: { value: 0.3, unit: '$', page: 'Amazon CloudWatch pricing, Metrics', read: 'February 2026, secondary' },
  alarm: { value: 0.1, unit: '$', page: 'Amazon CloudWatch pricing, Alarms', read: 'recalled' },
  dashboard: { value: 3, unit: '$', page: 'Amazon CloudWatch pricing, Dashboards', read: 'June 2026, secondary' },
  /** How many metrics CloudFront's additional metrics are charged as. */
  additionalMetrics: {
    value: 8,
    unit: 'metrics',
    page: 'CloudFront Developer Guide, Additional metrics',
    read: 'recalled',
  },
}

export const assumptions: Record<AssumptionName, Row<Estimate>> = {
  /** How long an idle sandbox is kept. AWS publishes nothing; outsiders measured 5 minutes to an hour over the years. */
  idleSeconds: {
    value: { value: 600, low: 300, high: 3600 },
    unit: 's',
    page: 'M. Shilkov, AWS Lambda cold starts after 10 minutes (2019); Y. Cui, How long does AWS Lambda keep your idle functions around (2017)',
    read: 'November 2026',
  },
  /** How long a busy one is kept: "every few hours". */
  lifetimeSeconds: {
    value: { value: 7200, low: 3600, high: 14_400 },
    unit: 's',
    page: 'Lambda Developer Guide, Execution environment lifecycle, as quoted in re:Post, Lambda runtime refresh period limit',
    read: 'November 2026, secondary; the hours themselves are guessed',
  },
  /**
   * Of times measured here, on the way to a function of 128 MB: from none (short bursts run at full speed) to its share of a
   * core, which 1,769 MB have whole.
   */
  slowdown: {
    value: { value: 1, low: 1, high: 1769 / 128 },
    unit: 'x',
    page: 'Lambda Developer Guide, Configure Lambda function memory (1,769 MB are one vCPU)',
    read: 'recalled',
  },
  /** Exponent of the objects' popularity. */
  zipf: {
    value: { value: 0.8, low: 0.6, high: 1 },
    unit: '',
    page: 'Breslau et al., Web caching and Zipf-like distributions, INFOCOM 1999 (0.64 to 0.83)',
    read: 'recalled',
  },
  /** What is asked for beyond what is needed. */
  headroom: { value: { value: 1.25, low: 1.25, high: 1.25 }, unit: 'x', page: 'ours', read: '' },
}

/** The figures that a plan is made with. */
export interface FleetBook {
  quotas: Record<QuotaName, number>
  prices: Record<PriceName, number>
  assumptions: Record<AssumptionName, Estimate>
}

/** The rows above, each replaced by the last of the given sections that has it. */
export function fleetBook(...sections: readonly (FleetConfig | undefined)[]): FleetBook {
  const book: FleetBook = {
    quotas: valuesOf(quotas),
    prices: valuesOf(prices),
    assumptions: valuesOf(assumptions),
  }
  for (const section of sections) {
    Object.assign(book.quotas, section?.quotas)
    Object.assign(book.prices, section?.prices)
    for (const [name, given] of Object.entries(section?.assumptions ?? {})) {
      const range = typeof given === 'number' ? { value: given, low: given, high: given } : given
      book.assumptions[name as AssumptionName] = range
    }
  }
  return book
}

function valuesOf<Name extends string, Value>(rows: Record<Name, Row<Value>>): Record<Name, Value> {
  return Object.fromEntries(Object.entries<Row<Value>>(rows).map(([name, { value }]) => [name, value])) as Record<
    Name,
    Value
  >
}
