/** A mistake in what the user gave or in the machine it runs on: printed as one line, or one for each of several, exit code 2, no stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
