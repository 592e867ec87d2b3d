/** Figures with the ends of what they may be, and how those ends pass through a computation. */

export interface Estimate {
  value: number
  low: number
  high: number
}

/** Inputs with ends, by name; what lies between the ends need not be numbers. */
export type Ranges<Inputs> = { [Name in keyof Inputs]: { value: Inputs[Name]; low: Inputs[Name]; high: Inputs[Name] } }

export function exactly<Value>(value: Value): { value: Value; low: Value; high: Value } {
  return { value, low: value, high: value }
}

/**
 * What `compute` gives for the central inputs, and the least and greatest of what it gives for every combination of the
 * inputs' ends. That covers every combination of inputs between the ends as well where each figure rises or falls with
 * each input. It is a band of scenarios, not a confidence interval: the ends of assumptions have no probabilities.
 * Figures that are null (their input was not measured) stay null.
 */
export function overScenarios<Inputs extends object, Figures extends { [Name in keyof Figures]: number | null }>(
  ranges: Ranges<Inputs>,
  compute: (inputs: Inputs) => Figures,
): { [Name in keyof Figures]: Estimate | null } {
  const names = Object.keys(ranges) as (keyof Inputs)[]
  const open = names.filter((name) => ranges[name].low !== ranges[name].high)
  const central = Object.fromEntries(names.map((name) => [name, ranges[name].value])) as Inputs
  const figures = compute(central)
  const ends = { ...figures }
  const band = Object.fromEntries(
    Object.entries<number | null>(ends).map(([name, value]) => [name, value === null ? null : exactly(value)]),
  ) as { [Name in keyof Figures]: Estimate | null }
  for (let corner = 0; corner < 2 ** open.length; corner++) {
    const inputs = { ...central }
    for (const [bit, name] of open.entries()) inputs[name] = ranges[name][(corner >> bit) & 1 ? 'high' : 'low']
    const found = compute(inputs)
    for (const name of Object.keys(found) as (keyof Figures)[]) {
      const estimate = band[name]
      const value = found[name]
      if (estimate === null || value === null) continue
      estimate.low = Math.min(estimate.low, value)
      estimate.high = Math.max(estimate.high, value)
    }
  }
  return band
}

export function times({ value, low, high }: Estimate, factor: number): Estimate {
  return { value: value * factor, low: low * factor, high: high * factor }
}

/** To four digits: no input has more. */
export function rounded(value: number): number {
  return Number(value.toPrecision(4))
}
