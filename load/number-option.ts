import { InvalidArgumentError } from 'commander'

/** For commander: a number above 0, or a line that says so. */
export function positiveNumber(text: string): number {
  const value = Number(text)
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('should be a number above 0.')
  return value
}

/** For commander: a whole number above 0, or a line that says so. */
export function positiveInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value <= 0) throw new InvalidArgumentError('should be a whole number above 0.')
  return value
}

/** For commander: a number of seconds that k6 accepts as a duration. */
export function loadSeconds(text: string): number {
  const value = Number(text)
  if (!Number.isFinite(value) || value < 1) throw new InvalidArgumentError('should be a number of seconds, at least 1.')
  return value
}
