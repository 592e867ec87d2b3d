/** The plan's figures as checks: what is needed, never what is good or bad, since that depends on what was asked for. */
import { typedCommand } from '../command/typed-command.ts'
import { type Check, check } from '../result/result.ts'
import { type Estimate, rounded, times } from './estimate.ts'
import type { FleetPlan, MemoryChoice, RatePlan } from './fleet-plan.ts'
import type { SpikePlan } from './launch-spike.ts'
import type { Increase } from './quota-increases.ts'
import type { FleetBook } from './quotas-and-prices.ts'
import type { RegionPlan } from './region-plan.ts'
import type { ServiceTimes } from './service-times.ts'

const noInit = 'the start of a sandbox was not timed; run load first, or pass --init-ms'

/** `asked`: which traffic the user has named. */
export function planChecks(
  plan: FleetPlan | null,
  times: ServiceTimes,
  { quotas }: FleetBook,
  asked: { rates: boolean; spike: boolean },
): Check[] {
  const measure = `run "${typedCommand('load')}" or "${typedCommand('bench')}" into this directory first, or pass --service-ms`
  const inputs = [
    figure('service', 'mean time in a sandbox', meanOf(times), 'ms', times.service?.source ?? measure),
    figure('init', 'INIT of a sandbox', times.init?.range ?? null, 'ms', times.init?.source ?? noInit),
  ]
  if (!plan) return inputs
  return [
    ...inputs,
    ...coldStartByMemory(plan),
    ...judgedIf(
      asked.rates,
      '--rates',
      plan.rates.flatMap((rate) => rateChecks(rate, quotas)),
    ),
    ...judgedIf(asked.spike, 'fleet.traffic.spike', spikeChecks(plan.spike)),
  ]
}

/** Traffic that nobody named is an example: what it would exceed is shown, and is no failure of this site. */
function judgedIf(isAsked: boolean, option: string, checks: Check[]): Check[] {
  if (isAsked) return checks
  return checks.map((one) =>
    one.verdict === 'pass' || one.verdict === 'not-measured'
      ? one
      : {
          ...one,
          limit: null,
          direction: 'none',
          verdict: 'pass',
          detail: `an example, judged where the traffic is named (${option})${one.detail ? `; ${one.detail}` : ''}`,
        },
  )
}

function meanOf({ service }: ServiceTimes): Estimate | null {
  if (!service) return null
  const { value, low, high } = service.range
  return { value: value.meanMs, low: low.meanMs, high: high.meanMs }
}

function rateChecks(plan: RatePlan, quotas: FleetBook['quotas']): Check[] {
  const id = (name: string) => `rate-${plan.rate}.${name}`
  const title = (text: string) => `${number(plan.rate)}/s: ${text}`
  const [busiest] = [...plan.regions].sort((a, b) => b.rate - a.rate)
  const sum = (pick: (region: RegionPlan) => Estimate) => total(plan.regions.map(pick))
  return [
    ...(busiest
      ? [text(id('binds'), title('quota that binds first, busiest region'), ...binding(busiest, plan, quotas))]
      : []),
    quotaCheck(id('quotas'), title('quotas used, at most'), plan.quotaUse, plan.increases),
    text(id('increases'), title('quota increases to ask for'), ...increaseText(plan.increases)),
    figure(
      id('cold-starts'),
      title('cold starts per hour'),
      sum((region) => region.coldStartsPerHour),
      '1/h',
    ),
    figure(
      id('jwks'),
      title('JWKS fetches per minute'),
      sum((region) => region.jwksFetchesPerMinute),
      '1/min',
    ),
    figure(id('deploy-storm'), title('JWKS fetches at once after a deployment, at worst'), plan.deployStorm, 'count'),
    stormCheck(id('deploy-rate'), title('JWKS fetches a second after a deployment'), plan, quotas.jwksRequests),
    ...hitRatioCheck(id('hit-ratio'), title('hit ratio'), plan),
    figure(id('cost'), title('cost of a month'), plan.cost.total, '$', costText(plan)),
    text(id('memory'), title('cost of a month by memory'), ...memoryText(plan)),
    text(id('flat-rate'), title('cheapest flat-rate plan'), ...flatRateText(plan)),
  ]
}

function binding(
  region: RegionPlan,
  { distributionUse }: RatePlan,
  { concurrency, requestsPerConcurrency }: FleetBook['quotas'],
): [string, string] {
  const { rate, highConcurrency, requestsUse, concurrencyUse, refused } = region
  const words = region.binds === 'requests' ? 'requests per second' : 'concurrency'
  return [
    `${words}, ${percent(Math.max(requestsUse.value, concurrencyUse.value))} used`,
    [
      `${number(rate)} of ${number(concurrency * requestsPerConcurrency)} requests/s`,
      `concurrency ${number(highConcurrency.value)}${ends(highConcurrency)} of ${number(concurrency)}`,
      ...(refused.high > 1e-6
        ? [`refused by concurrency ${percent(refused.value)}, at most ${percent(refused.high)}`]
        : []),
      `distribution ${percent(distributionUse)} of its quota`,
    ].join('; '),
  ]
}

function increaseText(increases: readonly Increase[]): [string, string?] {
  if (increases.length === 0) return ['none']
  const detail = increases.map(({ quota, from, to, why }) => `${quota}: ${number(from)} to ${number(to)} (${why})`)
  return [`${increases.length}`, detail.join('; ')]
}

/** The number of points of presence that is costed, and the others beside it. */
function hitRatioCheck(id: string, title: string, { hitRatios, costedPops }: RatePlan): Check[] {
  const others = hitRatios.map(({ pops, ratio }) => `${percent(ratio.value)}${shares(ratio)} with ${pops}`)
  return hitRatios
    .filter(({ pops }) => pops === costedPops)
    .map(({ pops, ratio }) =>
      figure(id, `${title}, ${pops} points of presence`, times(ratio, 100), '%', others.join(', ')),
    )
}

function shares({ low, high }: Estimate): string {
  return low === high ? '' : ` (${percent(low)} to ${percent(high)})`
}

/** A plan that needs more than there is does not pass, however well it is worked out. */
function quotaCheck(id: string, title: string, use: Estimate, increases: readonly Increase[]): Check {
  const used = times(use, 100)
  const [count, detail] = increaseText(increases)
  const judged = {
    ...figure(id, title, used, '%', detail ?? `no increase to ask for (${count})`),
    limit: 100,
    direction: 'lower' as const,
  }
  if (used.value > 100)
    return { ...judged, verdict: 'fail', detail: `ask for it before the traffic comes: ${detail ?? 'see data.plan'}` }
  if (used.high <= 100) return judged
  return {
    ...judged,
    verdict: 'inconclusive',
    detail: `enough by the values, and not at the ends of the assumptions: ${detail ?? 'see data.plan'}`,
  }
}

/** Every sandbox that a deployment replaces asks for the keys once, unless they are baked in. */
function stormCheck(
  id: string,
  title: string,
  { deployStorm, deployRate }: RatePlan,
  quota: number | undefined,
): Check {
  const storm = `${number(deployStorm.value)}${ends(deployStorm)} sandboxes`
  if (quota === undefined) {
    const detail = `${storm}; compared with no quota: Cognito's for its key endpoint stands in your Service Quotas console; put it into quotas.jwksRequests, or bake the keys in (snapshots)`
    return figure(id, title, deployRate, '1/s', detail)
  }
  const judged = { ...figure(id, title, deployRate, '1/s', storm), limit: quota, direction: 'lower' as const }
  if (deployRate.high <= quota) return judged
  const detail = `${storm}: bake the keys in (snapshots), deploy when it is quiet, or ask for more; sandboxes that are refused keep asking once per cooldown`
  return { ...judged, verdict: deployRate.value > quota ? 'fail' : 'inconclusive', detail }
}

/** Of the sizes, those that a table has room for; `data.plan` has all. */
const shownSizes = [128, 512, 1769]

function memoryText({ memory }: RatePlan): [string, string] {
  const shown = memory.filter(({ megabytes }) => shownSizes.includes(megabytes))
  const line = ({ megabytes, month, meanMs }: MemoryChoice) =>
    `${megabytes} MB: $${number(month.value)}${ends(month)}, ${number(meanMs.value)}${ends(meanMs)} ms a request`
  const words = shown.map(({ megabytes, month }) => `${megabytes} MB $${number(month.value)}`)
  return [words.join(', '), memory.map(line).join('; ')]
}

/** More memory is more processor, and so a shorter start. */
function coldStartByMemory({ rates: [first] }: FleetPlan): Check[] {
  const sizes = (first?.memory ?? []).filter(
    ({ megabytes, initMs }) => shownSizes.includes(megabytes) && initMs !== null,
  )
  if (sizes.length === 0) return []
  const words = sizes.map(({ megabytes, initMs }) => `${megabytes} MB ${span(initMs as Estimate)} ms`)
  const detail =
    'viewer-request functions have 128 MB and 5 s by the older pages of AWS, and what Lambda has and 30 s by the newer: check that your account takes more'
  return [text('memory.init', 'INIT by memory', words.join(', '), detail)]
}

function span({ low, high }: Estimate): string {
  return low === high ? number(low) : `${number(low)} to ${number(high)}`
}

function flatRateText({ flatRate, cost }: RatePlan): [string, string] {
  if (flatRate === null)
    return ['none', 'more requests a month than the largest plan has (6 billion); prices beyond are for AWS to quote']
  const { plan, month } = flatRate
  const beside = `with the function, the bucket and the watching beside it $${number(month.value)}${ends(month)}, as you go $${number(cost.total?.value ?? 0)}`
  return [
    `${plan.name}, $${number(plan.price)}`,
    `${beside}; by a second-hand source, and whether the price holds Lambda@Edge is not known`,
  ]
}

function costText({ cost, use }: RatePlan): string {
  const { total: _, platformLogsSaved: __, ...components } = cost
  const parts = Object.entries(components).map(([name, value]) =>
    value === null ? `${name} not measured and left out` : `${name} ${number(value.value)}`,
  )
  return `${parts.join(', ')}; ${useText(use)}`
}

function useText({ requests, gigabyteSeconds, initGigabyteSeconds, logGigabytes }: RatePlan['use']): string {
  const amount = (estimate: Estimate | null) => (estimate === null ? 'not measured' : number(estimate.value))
  return `${amount(requests)} requests, ${amount(gigabyteSeconds)} GB-s, INIT ${amount(initGigabyteSeconds)} GB-s, logs ${amount(logGigabytes)} GB`
}

function spikeChecks(spike: SpikePlan): Check[] {
  const title = `launch, ${number(spike.from)}/s to ${number(spike.to)}/s at once`
  const refused = (name: string, words: string, requests: Estimate) =>
    figure(
      `spike.${name}`,
      `${title}: ${words}`,
      times(requests, 100 / spike.requests),
      '%',
      `${number(requests.low)} to ${number(requests.high)} requests`,
    )
  return [
    refusedNow(refused('refused', 'refused with the quotas as they are', spike.refused), spike.increases),
    refused('refused-after-increase', 'refused after the increases, while Lambda scales', spike.refusedAfterIncrease),
    figure(
      'spike.cold-starts',
      `${title}: cold starts`,
      spike.coldStarts,
      'count',
      spike.coldStarts === null ? noInit : undefined,
    ),
    text('spike.increases', `${title}: quota increases to ask for`, ...increaseText(spike.increases)),
  ]
}

function refusedNow(fields: Check, increases: readonly Increase[]): Check {
  if (fields.value === 0) return fields
  const [count, detail] = increaseText(increases)
  const todo = detail === undefined ? `no increase helps (${count}): Lambda scales no faster` : `ask for ${detail}`
  return { ...fields, limit: 0, direction: 'lower', verdict: 'fail', detail: `${fields.detail}; ${todo}` }
}

/** The band of an estimate goes out as an interval of level 1: nothing lies outside while the inputs are between their ends. */
function figure(id: string, title: string, estimate: Estimate | null, unit: string, detail?: string): Check {
  return check({
    id: `plan.${id}`,
    title,
    value: estimate ? rounded(estimate.value) : null,
    unit,
    limit: null,
    direction: 'none',
    ...(estimate && estimate.low < estimate.high
      ? { interval: { low: rounded(estimate.low), high: rounded(estimate.high), level: 1 } }
      : {}),
    ...(detail === undefined ? {} : { detail }),
  })
}

function text(id: string, title: string, value: string, detail?: string): Check {
  return check({
    id: `plan.${id}`,
    title,
    value,
    unit: '',
    limit: null,
    direction: 'none',
    ...(detail === undefined ? {} : { detail }),
  })
}

function total(estimates: readonly Estimate[]): Estimate {
  const sum = (end: keyof Estimate) => estimates.reduce((all, each) => all + each[end], 0)
  return { value: sum('value'), low: sum('low'), high: sum('high') }
}

/** The band's ends, where they differ. */
function ends({ low, high }: Estimate): string {
  return low === high ? '' : ` (${number(low)} to ${number(high)})`
}

function percent(share: number): string {
  return `${number(100 * share)} %`
}

function number(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 3 })
}
