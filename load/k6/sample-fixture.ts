import type { Sample } from './sample.ts'

/** An answer that is as it should be, for what is about samples. */
export const sampleFixture = (changes: Partial<Sample> = {}): Sample => ({
  at: 0,
  durationMs: 5,
  intendedMs: 5,
  lateMs: 0,
  connectMs: 0,
  tlsMs: 0,
  class: 'valid',
  route: '/users/{sub}/*',
  cache: 'Hit',
  pop: 'FRA56-P2',
  id: 'x',
  status: 200,
  bytes: 10,
  fault: null,
  ...changes,
})
