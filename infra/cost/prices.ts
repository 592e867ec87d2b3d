/**
 * AWS's list prices in US dollars, as of November 2026, where each came from, and how sure it is. Regions differ; free
 * allowances and discounts are left out. AWS's own pages fill their tables in by script, so "stored copy" means that a
 * figure was read in a copy of the page, "secondary" in somebody else's text, "recalled" nowhere this time: check those.
 */
export const prices = {
  /** For one viewer request that starts the function. AWS Lambda pricing, "Lambda@Edge" (secondary, May 2026). */
  edgeInvocation: 0.6 / 1e6,
  /** For a GB-second, counted by the millisecond, INIT included since August 2025. Same page (secondary, May 2026). */
  edgeGigabyteSecond: 0.000_050_01,
  /** For an HTTPS request, United States. CloudFront pricing, "HTTPS requests" (recalled). */
  httpsRequest: 0.01 / 10_000,
  /** For a GB sent to viewers, United States and Europe, first 10 TB. CloudFront pricing (stored copy). */
  transferGigabyte: 0.085,
  /** For a GB of log lines, us-east-1. CloudWatch pricing (secondary, June 2026). */
  logGigabyte: 0.5,
  /** For a custom metric in a month, each value of a dimension being one. CloudWatch pricing (secondary, February 2026). */
  customMetric: 0.3,
  /** For an alarm in a month. CloudWatch pricing (recalled). */
  alarm: 0.1,
  /** For a dashboard in a month. CloudWatch pricing (secondary, June 2026). */
  dashboard: 3,
  /** How many metrics CloudFront's additional metrics are charged as. CloudFront Developer Guide (recalled). */
  additionalMetrics: 8,
} as const
