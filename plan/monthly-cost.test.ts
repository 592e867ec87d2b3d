import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { type MonthlyCost, monthlyCost, type Traffic } from './monthly-cost.ts'
import { fleetBook } from './quotas-and-prices.ts'

const { prices } = fleetBook()

/** What the table of the folder's README states above it. */
function assumed(requestsPerSecond: number): Traffic {
  return {
    requestsPerSecond,
    memoryMegabytes: 128,
    billedDuration: 1,
    coldStarts: 0.001,
    billedInit: 150,
    denied: 0.02,
    misses: 0.05,
    sandboxes: Math.max(3, requestsPerSecond / 50),
    regions: 3,
    reasons: 5,
    additionalMetrics: true,
  }
}

const rows: [title: string, column: keyof MonthlyCost][] = [
  ['Invocations', 'invocations'],
  ['Duration', 'duration'],
  ['Billed INIT', 'init'],
  ['CloudFront HTTPS requests', 'httpsRequests'],
  ['Bucket requests', 'originRequests'],
  ['Denial logs', 'denialLogs'],
  ['Monitoring, three regions', 'monitoring'],
  ['Total', 'total'],
  ["Saved: Lambda's own log lines", 'platformLogsSaved'],
]

test("the table in the folder's README is what the formula gives", async () => {
  const costs = [1, 100, 10_000].map((rate) => monthlyCost(assumed(rate), prices))
  const readme = await readFile(new URL('README.md', import.meta.url), 'utf8')
  for (const [title, column] of rows) {
    const cells = costs.map((cost) =>
      cost[column].toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 }),
    )
    expect(readme).toContain(`| ${title} | ${cells.join(' | ')} |`)
  }
})

test('an attack of nothing but denials does not become a log bill', () => {
  const quiet = monthlyCost({ ...assumed(10_000), denied: 0.02 }, prices)
  const attack = monthlyCost({ ...assumed(10_000), denied: 1 }, prices)
  expect(attack.denialLogs / attack.total).toBeLessThan(0.01)
  const everyReason = monthlyCost({ ...assumed(10_000), denied: 1, reasons: 20 }, prices)
  expect(everyReason.denialLogs / everyReason.total).toBeLessThan(0.05)
  expect(attack.invocations).toBe(quiet.invocations)
})
