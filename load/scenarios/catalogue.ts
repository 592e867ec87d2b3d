/** Every scenario by its name; a new one is a new entry. */
import { UsageError } from '../../config/usage-error.ts'
import type { Scenario } from './scenario.ts'

/** What viewers of a private site send: mostly good tokens, with a little of everything that must be refused. */
const everyday: Scenario['mix'] = {
  public: 20,
  valid: 68,
  preflight: 2,
  anonymous: 2,
  expired: 3,
  forged: 2,
  malformed: 1,
  forbidden: 2,
}

const base = {
  warmUp: 0.25,
  arrival: 'constant',
  mix: everyday,
  users: 20,
  objects: 3,
  zipf: 1,
  tokens: 'per-user',
} as const

export const scenarios: readonly Scenario[] = [
  {
    ...base,
    name: 'smoke',
    title: 'a few seconds of everything, to see that it works',
    rate: 100,
    seconds: 8,
    users: 5,
    objects: 2,
    mix: { public: 15, valid: 40, preflight: 5, anonymous: 8, expired: 8, forged: 8, malformed: 8, forbidden: 8 },
  },
  {
    ...base,
    name: 'steady',
    title: 'everyday traffic at a constant rate, Zipf-distributed users and objects',
    rate: 500,
    seconds: 30,
    rampSeconds: 5,
    users: 50,
    objects: 10,
  },
  {
    ...base,
    name: 'cold-cache',
    title: 'every object asked for once: nothing can be a hit',
    rate: 100,
    seconds: 20,
    warmUp: 0,
    mix: { valid: 1 },
    objects: 'fresh',
    objectives: { hitRatio: null },
  },
  {
    ...base,
    name: 'token-churn',
    title: 'each request brings a token never seen before',
    rate: 200,
    seconds: 20,
    mix: { valid: 95, forged: 5 },
    tokens: 'per-request',
  },
  {
    ...base,
    name: 'hostile',
    title: 'nine of ten requests are attacks: forged, expired and malformed',
    rate: 300,
    seconds: 20,
    mix: { valid: 8, public: 2, forged: 40, malformed: 30, expired: 10, anonymous: 5, forbidden: 5 },
    objectives: { hitRatio: null },
  },
  {
    ...base,
    name: 'spike',
    title: 'quiet, then ten times the rate at once, then quiet again',
    rate: 500,
    seconds: 30,
    arrival: [
      { share: 0, to: 0.1 },
      { share: 0.4, to: 0.1 },
      { share: 0.02, to: 1 },
      { share: 0.3, to: 1 },
      { share: 0.02, to: 0.1 },
      { share: 0.26, to: 0.1 },
    ],
  },
  {
    ...base,
    name: 'key-rotation',
    title: 'the issuer changes its signing key twice and withdraws the old ones',
    rate: 100,
    seconds: 24,
    mix: { valid: 90, public: 5, withdrawn: 5 },
    events: [
      { at: 0.15, action: 'rotate-keys' },
      { at: 0.3, action: 'withdraw-keys' },
      { at: 0.5, action: 'rotate-keys' },
      { at: 0.65, action: 'withdraw-keys' },
    ],
    jwks: { maxAge: 2, maxStale: 3600, cooldown: 1 },
  },
  {
    ...base,
    name: 'issuer-outage',
    title: 'the issuer is down from shortly after the start to the end',
    rate: 100,
    seconds: 20,
    events: [{ at: 0.1, action: 'issuer-down' }],
    jwks: { maxAge: 2, maxStale: 3600, cooldown: 1 },
  },
  {
    ...base,
    name: 'soak',
    title: 'ten minutes of everyday traffic; memory must stay flat',
    rate: 200,
    seconds: 600,
    rampSeconds: 10,
    warmUp: 0.1,
    users: 200,
    objects: 20,
    // A cache that still fills after minutes is growth that says nothing about a leak.
    filled: true,
  },
  {
    ...base,
    name: 'breakpoint',
    title: 'the rate climbs steadily until something gives',
    rate: 4000,
    seconds: 60,
    arrival: [{ share: 1, to: 1 }],
    objectives: { errorRatio: null, p99Ms: null },
  },
]

/** The scenario of that name; a UsageError lists the names there are. */
export function scenarioNamed(name: string): Scenario {
  const scenario = scenarios.find((candidate) => candidate.name === name)
  if (scenario) return scenario
  throw new UsageError(
    `--scenario: no scenario "${name}"; choose one of ${scenarios.map((known) => known.name).join(', ')}`,
  )
}
