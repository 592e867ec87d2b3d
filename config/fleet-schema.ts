/** The `fleet` section: the traffic that `edgeproof plan` plans for, and the quotas, prices and assumptions of your own. */
import * as z from 'zod'

/** A figure, or a figure with the ends of what it may be. */
type Range = number | { value: number; low: number; high: number }

export interface FleetTraffic {
  /** Steady rates of the whole distribution, in requests per second. Default 100, 10,000 and 1,000,000. */
  rates?: readonly number[]
  /** A launch: from one rate to another at once, for so many seconds. Default 1,000 to 100,000 for 900. */
  spike?: { from: number; to: number; seconds: number }
  /** The share of the requests that each region's functions get, the busiest first; adds up to 1. Default 0.5, 0.3, 0.2. */
  regions?: readonly number[]
  /** Points of presence that viewers reach, each with a cache of its own. Default 1, 10, 50 and 400; the third is costed. */
  pops?: readonly number[]
  /** Objects that are asked for. Default 100,000. */
  objects?: number
  /** How long an object may be served from a cache, in seconds. Default 86,400. */
  ttlSeconds?: number
  /** Share of the requests that are denied, 0 to 1. Default 0.02. */
  denied?: number
}

/** What `plan/quotas-and-prices.ts` has a dated row for. */
const quotaNames = [
  'concurrency',
  'requestsPerConcurrency',
  'scalingRequests',
  'scalingSeconds',
  'distributionRequests',
  'jwksRequests',
] as const
const priceNames = [
  'edgeInvocation',
  'edgeGigabyteSecond',
  'httpsRequest',
  'originRequest',
  'logGigabyte',
  'customMetric',
  'alarm',
  'dashboard',
  'additionalMetrics',
] as const
const assumptionNames = [
  'idleSeconds',
  'lifetimeSeconds',
  'billedInit',
  'deploySeconds',
  'slowdown',
  'zipf',
  'headroom',
] as const

export type QuotaName = (typeof quotaNames)[number]
export type PriceName = (typeof priceNames)[number]
export type AssumptionName = (typeof assumptionNames)[number]

export interface FleetConfig {
  /** Of the function, 128 to 10,240. Default 128. */
  memoryMegabytes?: number
  traffic?: FleetTraffic
  quotas?: Partial<Record<QuotaName, number>>
  prices?: Partial<Record<PriceName, number>>
  assumptions?: Partial<Record<AssumptionName, Range>>
}

const positive = z.number().positive('should be a number above 0')
const share = z.number().min(0, 'should be a share, 0 to 1').max(1, 'should be a share, 0 to 1')
const rangeText = 'should be a number above 0, or { "value", "low", "high" } in which low <= value <= high'
const range = z.union(
  [
    positive,
    z
      .strictObject({ value: positive, low: positive, high: positive })
      .refine(({ value, low, high }) => low <= value && value <= high, rangeText),
  ],
  rangeText,
)

function partial<Name extends string, Value extends z.ZodType>(names: readonly Name[], value: Value) {
  const shape = Object.fromEntries(names.map((name) => [name, value.exactOptional()]))
  return z.strictObject(shape as Record<Name, z.ZodExactOptional<Value>>)
}

const traffic = z.strictObject({
  rates: z.array(positive).min(1, 'should hold at least one rate').exactOptional(),
  spike: z.strictObject({ from: positive, to: positive, seconds: positive }).exactOptional(),
  regions: z
    .array(share)
    .min(1, 'should hold at least one share')
    .refine((shares) => Math.abs(shares.reduce((sum, each) => sum + each, 0) - 1) < 1e-9, 'should add up to 1')
    .exactOptional(),
  pops: z
    .array(z.int().positive('should be a whole number above 0'))
    .min(1, 'should hold at least one')
    .exactOptional(),
  objects: z.int().min(1).max(10_000_000, 'should be at most 10,000,000').exactOptional(),
  ttlSeconds: positive.exactOptional(),
  denied: share.exactOptional(),
})

export const fleetSchema: z.ZodType<FleetConfig> = z.strictObject({
  memoryMegabytes: z.int().min(128, 'should be 128 or more').max(10_240, 'should be at most 10,240').exactOptional(),
  traffic: traffic.exactOptional(),
  quotas: partial(quotaNames, positive).exactOptional(),
  prices: partial(priceNames, z.number().min(0, 'should be 0 or more')).exactOptional(),
  assumptions: partial(assumptionNames, range).exactOptional(),
})
