/** The reason of an aborted signal: what the user asked for, not a fault, so it is printed without a stack. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
  constructor() {
    super('interrupted')
  }
}
