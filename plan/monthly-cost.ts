/** The month's bill by component. */
import type { PriceName } from '../config/fleet-schema.ts'

/** 730 hours. */
const secondsPerMonth = 730 * 3600
/** authorizer/denial-log.ts: in 10 seconds, from each sandbox, 5 lines of each reason and a count, however many denials there are. */
const denialLinesPerSandboxSecond = 0.6
/** One denial's line and what Lambda adds to it. */
const denialLineBytes = 400
/** What Lambda writes for each invocation in its default log format: START, END and REPORT. */
const platformLineBytes = 350

/** What the bill depends on, besides prices. */
export interface Traffic {
  requestsPerSecond: number
  /** Of the function. */
  memoryMegabytes: number
  /** Milliseconds, each invocation rounded up to a whole one. */
  billedDuration: number
  /** Of invocations, those that start a sandbox, and the milliseconds billed for one. */
  coldStarts: number
  billedInit: number
  /** Of requests, those denied, and those that the bucket has to answer. */
  denied: number
  misses: number
  /** Sandboxes alive at a time, over all regions. */
  sandboxes: number
  /** Regions with operations; 0 for none. */
  regions: number
  /** Reasons for denial that turn up in each region, of which each is a metric and has lines of its own. */
  reasons: number
  additionalMetrics: boolean
}

/** US dollars for a month. */
export interface MonthlyCost {
  invocations: number
  duration: number
  init: number
  httpsRequests: number
  originRequests: number
  denialLogs: number
  monitoring: number
  total: number
  /** Not in the total: what the default log format would add. */
  platformLogsSaved: number
}

/** What is paid for. */
export interface MonthlyUse {
  requests: number
  gigabyteSeconds: number
  initGigabyteSeconds: number
  logGigabytes: number
}

/** The month's bill for a steady rate, without storage and transfer, which depend on the objects. */
export function monthlyCost(traffic: Traffic, prices: Record<PriceName, number>): MonthlyCost {
  const use = monthlyUse(traffic)
  const invocations = use.requests * prices.edgeInvocation
  const duration = use.gigabyteSeconds * prices.edgeGigabyteSecond
  const init = use.initGigabyteSeconds * prices.edgeGigabyteSecond
  const httpsRequests = use.requests * prices.httpsRequest
  const originRequests = use.requests * traffic.misses * prices.originRequest
  const denialLogs = use.logGigabytes * prices.logGigabyte
  const monitoring = monitoringCost(traffic, prices)
  return {
    invocations,
    duration,
    init,
    httpsRequests,
    originRequests,
    denialLogs,
    monitoring,
    total: invocations + duration + init + httpsRequests + originRequests + denialLogs + monitoring,
    platformLogsSaved: ((use.requests * platformLineBytes) / 1e9) * prices.logGigabyte,
  }
}

export function monthlyUse(traffic: Traffic): MonthlyUse {
  const requests = traffic.requestsPerSecond * secondsPerMonth
  const gigabyteSeconds = (milliseconds: number) => (milliseconds / 1000) * (traffic.memoryMegabytes / 1024)
  const denialLines = Math.min(
    requests * traffic.denied,
    traffic.sandboxes * traffic.reasons * denialLinesPerSandboxSecond * secondsPerMonth,
  )
  return {
    requests,
    gigabyteSeconds: requests * gigabyteSeconds(traffic.billedDuration),
    initGigabyteSeconds: requests * traffic.coldStarts * gigabyteSeconds(traffic.billedInit),
    logGigabytes: (denialLines * denialLineBytes) / 1e9,
  }
}

/** Five alarms in each region and one for the distribution, one dashboard, a metric for each reason in each region. */
function monitoringCost({ regions, reasons, additionalMetrics }: Traffic, prices: Record<PriceName, number>): number {
  const paid = additionalMetrics ? prices.additionalMetrics * prices.customMetric : 0
  if (regions === 0) return paid
  return paid + (5 * regions + 1) * prices.alarm + prices.dashboard + regions * reasons * prices.customMetric
}
