/**
 * CloudFront's flat-rate plans, since 18 November 2025: one distribution for a fixed price, without overage charges. Lambda@Edge
 * was left out of them and came in in March 2026, by a text that is not AWS's. Whether its invocations are in the price no page
 * said that could be read, so they are counted on top.
 */
import type { Estimate } from './estimate.ts'
import type { Row } from './quotas-and-prices.ts'

export interface FlatRatePlan {
  name: string
  /** US dollars for a month. */
  price: number
  /** Requests of a month; more are served, and may be slowed down. */
  requests: number
}

const page =
  'aws.amazon.com/cloudfront/pricing and CloudFront Developer Guide, flat-rate-pricing-plan, as quoted by github.com/api-evangelist/cloudfront (plans/cloudfront-plans-pricing.yml)'

export const flatRatePlans: Row<readonly FlatRatePlan[]> = {
  value: [
    { name: 'Free', price: 0, requests: 1e6 },
    { name: 'Pro', price: 15, requests: 10e6 },
    { name: 'Business', price: 200, requests: 125e6 },
    { name: 'Premium', price: 1000, requests: 500e6 },
    { name: 'Premium, 750 million', price: 1450, requests: 750e6 },
    { name: 'Premium, 1.25 billion', price: 2250, requests: 1.25e9 },
    { name: 'Premium, 2 billion', price: 3500, requests: 2e9 },
    { name: 'Premium, 3.5 billion', price: 6000, requests: 3.5e9 },
    { name: 'Premium, 6 billion', price: 10_000, requests: 6e9 },
  ],
  unit: '$ and requests a month, each distribution',
  page,
  date: 'September 2026',
  sure: 'secondary',
}

export const lambdaEdgeInFlatRate: Row<string> = {
  value: 'Lambda@Edge may be used in them since March 2026; whether the price holds its invocations is not said',
  unit: '',
  page: 'bvm.hashnode.dev, AWS CloudFront flat-rate pricing (update of March 2026), which quotes an announcement of AWS; a page of 2025 leaves Lambda@Edge out',
  date: 'November 2026',
  sure: 'secondary',
}

/** The cheapest plan for so many requests a month; null: more than any plan has. */
export function flatRatePlanFor(requests: number): FlatRatePlan | null {
  return flatRatePlans.value.find((plan) => requests <= plan.requests) ?? null
}

/** A month in that plan: its price, and what it may leave out: the function, the bucket's requests, monitoring. */
export function flatRateMonth(plan: FlatRatePlan, beside: readonly (Estimate | null)[]): Estimate {
  const sum = (end: keyof Estimate) => beside.reduce((all, each) => all + (each?.[end] ?? 0), plan.price)
  return { value: sum('value'), low: sum('low'), high: sum('high') }
}
