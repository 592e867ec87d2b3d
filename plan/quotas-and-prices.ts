/**
 * AWS's default quotas, its list prices in US dollars, and what nobody publishes and has to be assumed: each row with where
 * and when it was read, and how sure it is. Check what is not `stored` before you budget, and put your own figures into the
 * configuration's `fleet` section or a `--quotas` file.
 */
import type { AssumptionName, FleetConfig, PriceName, QuotaName } from '../config/fleet-schema.ts'
import type { Estimate } from './estimate.ts'

/** Those with a default. */
type KnownQuota = Exclude<QuotaName, 'jwksRequests'>

export interface Row<Value = number> {
  value: Value
  unit: string
  page: string
  /** When it was read; empty: not. */
  date: string
  sure: Certainty
}

/**
 * `stored`: a page of AWS's own, or the paper that is named, read as a stored copy. Their tables of prices are often empty there,
 * because the page fills them in by script. `secondary`: somebody else's text about it. `recalled`: read nowhere this time.
 * `guessed`: published nowhere. `ours`: a choice.
 */
type Certainty = 'stored' | 'secondary' | 'recalled' | 'guessed' | 'ours'

const scaling =
  'Lambda Developer Guide, Lambda scaling behavior (docs.aws.amazon.com/lambda/latest/dg/scaling-behavior.html)'

export const quotas: Record<KnownQuota, Row> = {
  /** In each region, over all functions of the account. New accounts have less. */
  concurrency: {
    value: 1000,
    unit: 'requests in service, each region',
    page: 'Lambda Developer Guide, Lambda quotas; CloudFront Developer Guide, Quotas on Lambda@Edge',
    date: 'November 2026',
    sure: 'stored',
  },
  /** Requests per second for each unit of concurrency: 10,000 in a region by default, however short the function is. */
  requestsPerConcurrency: {
    value: 10,
    unit: 'requests/s for each unit of concurrency',
    page: 'CloudFront Developer Guide, Quotas on Lambda@Edge (10,000 requests per second in each region); re:Post, How does Lambda@Edge scaling work',
    date: 'November 2026',
    sure: 'secondary',
  },
  /** How far the rate of one function may rise at once in a region ... */
  scalingRequests: {
    value: 10_000,
    unit: 'requests/s (1,000 environments), each function in each region',
    page: scaling,
    date: 'November 2026',
    sure: 'stored',
  },
  /** ... and in how many seconds as much is allowed again, little by little. */
  scalingSeconds: { value: 10, unit: 's', page: scaling, date: 'November 2026', sure: 'stored' },
  /** Not for a distribution in a flat-rate plan, says the same page. */
  distributionRequests: {
    value: 250_000,
    unit: 'requests/s, each distribution',
    page: 'CloudFront Developer Guide, Quotas, General quotas (docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html)',
    date: 'November 2026',
    sure: 'stored',
  },
}

/**
 * A quota whose value is yours to give (`quotas.jwksRequests`): requests per second for the key sets of an account's user pools in
 * a region. It is said to be there since October 2025. No page with its value could be read, so there is no default; the Service
 * Quotas console has it, under Amazon Cognito user pools.
 */
export const jwksQuota: Row<null> = {
  value: null,
  unit: 'requests/s, each region',
  page: 'Amazon Cognito Developer Guide, Quotas (docs.aws.amazon.com/cognito/latest/developerguide/quotas.html): the copies that could be read are cut off before it',
  date: 'November 2026',
  sure: 'guessed',
}

export const prices: Record<PriceName, Row> = {
  /** For one viewer request that starts the function. */
  edgeInvocation: {
    value: 0.6 / 1e6,
    unit: '$ each',
    page: 'AWS Lambda pricing, Lambda@Edge',
    date: 'May 2026',
    sure: 'secondary',
  },
  /** Counted by the millisecond. */
  edgeGigabyteSecond: {
    value: 0.000_050_01,
    unit: '$/GB-s',
    page: 'AWS Lambda pricing, Lambda@Edge',
    date: 'May 2026',
    sure: 'secondary',
  },
  /** United States. */
  httpsRequest: {
    value: 0.01 / 10_000,
    unit: '$ each',
    page: 'Amazon CloudFront pricing, HTTPS requests',
    date: 'June 2026',
    sure: 'secondary',
  },
  /** A GET that the bucket answers, us-east-1. */
  originRequest: {
    value: 0.0004 / 1000,
    unit: '$ each',
    page: 'Amazon S3 pricing, GET requests, S3 Standard',
    date: '',
    sure: 'recalled',
  },
  /** Log lines, us-east-1. */
  logGigabyte: {
    value: 0.5,
    unit: '$/GB',
    page: 'Amazon CloudWatch pricing, Logs',
    date: 'June 2026',
    sure: 'secondary',
  },
  /** In a month; each value of a dimension is a metric of its own. */
  customMetric: {
    value: 0.3,
    unit: '$',
    page: 'Amazon CloudWatch pricing, Metrics',
    date: 'February 2026',
    sure: 'secondary',
  },
  alarm: { value: 0.1, unit: '$', page: 'Amazon CloudWatch pricing, Alarms', date: '', sure: 'recalled' },
  dashboard: {
    value: 3,
    unit: '$',
    page: 'Amazon CloudWatch pricing, Dashboards',
    date: 'June 2026',
    sure: 'secondary',
  },
  /** How many metrics CloudFront's additional metrics are charged as. */
  additionalMetrics: {
    value: 8,
    unit: 'metrics',
    page: 'CloudFront Developer Guide, Additional metrics',
    date: '',
    sure: 'recalled',
  },
}

export const assumptions: Record<AssumptionName, Row<Estimate>> = {
  /** How long an idle sandbox is kept. AWS publishes nothing; outsiders measured 5 minutes to an hour over the years. */
  idleSeconds: {
    value: { value: 600, low: 300, high: 3600 },
    unit: 's',
    page: 'M. Shilkov, AWS Lambda cold starts after 10 minutes (2019); Y. Cui, How long does AWS Lambda keep your idle functions around (2017)',
    date: 'November 2026',
    sure: 'stored',
  },
  /** How long a busy one is kept: "every few hours". */
  lifetimeSeconds: {
    value: { value: 7200, low: 3600, high: 14_400 },
    unit: 's',
    page: 'Lambda Developer Guide, Execution environment lifecycle, as quoted in re:Post, Lambda runtime refresh period limit',
    date: 'November 2026',
    sure: 'guessed',
  },
  /**
   * Share of INIT that is billed: all of it since 1 August 2025, for managed runtimes and ZIP files as for others. AWS says so of
   * Lambda; that Lambda@Edge is no exception is taken from "all configurations".
   */
  billedInit: {
    value: { value: 1, low: 1, high: 1 },
    unit: 'share',
    page: 'AWS Compute Blog, AWS Lambda standardizes billing for INIT Phase (aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase)',
    date: 'November 2026',
    sure: 'stored',
  },
  /** In how long a deployment replaces the sandboxes: at once at the worst. */
  deploySeconds: {
    value: { value: 60, low: 1, high: 600 },
    unit: 's',
    page: 'nobody publishes it',
    date: '',
    sure: 'guessed',
  },
  /**
   * Of times measured here, on the way to a function of 128 MB: from none (short bursts run at full speed) to its share of a
   * core, which 1,769 MB have whole.
   */
  slowdown: {
    value: { value: 1, low: 1, high: 1769 / 128 },
    unit: 'x',
    page: 'Lambda Developer Guide, Configure Lambda function memory (1,769 MB are one vCPU)',
    date: '',
    sure: 'recalled',
  },
  /** Exponent of the objects' popularity. */
  zipf: {
    value: { value: 0.8, low: 0.6, high: 1 },
    unit: '',
    page: 'Breslau et al., Web caching and Zipf-like distributions, INFOCOM 1999 (0.64 to 0.83)',
    date: '',
    sure: 'recalled',
  },
  /** What is asked for beyond what is needed. */
  headroom: { value: { value: 1.25, low: 1.25, high: 1.25 }, unit: 'x', page: 'ours', date: '', sure: 'ours' },
}

/** The figures that a plan is made with. */
export interface FleetBook {
  quotas: Record<KnownQuota, number> & { jwksRequests?: number }
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
