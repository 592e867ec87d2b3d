const units = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
] as const

/**
 * A number of seconds in the largest unit that leaves no fraction.
 *
 * @example
 * secondsText(86_400) // '1 day'
 * secondsText(5400) // '90 minutes'
 */
export function secondsText(seconds: number): string {
  const [size, unit] = units.find(([size]) => seconds >= size && seconds % size === 0) ?? [1, 'second']
  const count = seconds / size
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}
