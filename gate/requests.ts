/** The gate's own requests: those of the benchmarks, for our authorizer. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { OneProviderPolicy, Policy } from '../authorizer/policy.ts'
import {
  edgeConfiguration,
  eventText,
  inCookie,
  loadWorkload,
  policy,
  sessionPolicy,
  type WorkItem,
  type Workload,
} from '../bench/workload.ts'
import type { DeployableOptions } from '../build/bundle.ts'
import { benchmarkSuites, type Suite, suiteTitles } from './suites.ts'

/** A policy as the gate bakes it into both sides. */
export const deployments = ['usual', 'routes', 'cookie'] as const
export type Deployment = (typeof deployments)[number]

/** What is measured, and with which requests. */
export interface RequestSource {
  /** All that `--suites` chooses from, in order; that which `init` and `cold` begin with is `first`. */
  suites: readonly Suite[]
  titles: Readonly<Record<Suite, string>>
  first: Suite
  /** The name of the function that is measured. */
  exported: string
  /** Whether the error rates that `gate --calibrate` found are of these requests. */
  isCalibrated: boolean
  /** What `deployable(program, …)` is given for each deployment. */
  configurations: Record<Deployment, DeployableOptions | null>
  /** Writes the requests of some suites, or more, into a directory and says where they are. */
  write(directory: string, suites: readonly Suite[]): Promise<Record<Suite, SuiteRequests>>
}

export interface SuiteRequests {
  deployment: Deployment
  /** What has to come back for every one of the events, or the `answers` have it; anything else ends the measurement. */
  expect: 'allow' | 'deny' | 'answer'
  /** File with the answer to each event, serialized, one a line. */
  answers?: string
  /** True: each event is used once in a process, since a token that was seen is another case. */
  once: boolean
  /** File with one serialized event a line. */
  events: string
}

export const year = 365 * 86_400

/** Fixed, so that the bytes of a side do not depend on the day; the policy keeps these keys for ten years. */
const fetchedAt = Date.UTC(2026, 0, 1)

const routeCount = 1000

/**
 * What `deployable(program, …)` is given for each deployment: the benchmarks' policy, with keys that stay fresh throughout and a JWKS address on
 * loopback where nothing listens, so that nothing measured ever reaches the network.
 */
function gateConfigurations(): Record<Deployment, DeployableOptions> {
  const usual: OneProviderPolicy = {
    ...policy,
    jwksUri: 'https://127.0.0.1:9/jwks.json',
    jwks: { maxAge: 10 * year, maxStale: 0, cooldown: year },
  }
  const snapshots = edgeConfiguration(fetchedAt).snapshots ?? {}
  return {
    usual: { policy: usual, snapshots },
    routes: { policy: { ...usual, routes: manyRoutes() }, snapshots },
    cookie: { policy: { ...usual, credentials: sessionPolicy.credentials }, snapshots },
  }
}

function manyRoutes(): Policy['routes'] {
  const areas = Array.from({ length: routeCount - 1 }, (_, index) => ({ path: `/${area(index)}/{group}/*` }))
  return [...areas, { path: '/public/*', public: true }]
}

function area(index: number): string {
  return `region-${index % 37}/area-${index}`
}

export const benchmarkRequests: RequestSource = {
  suites: benchmarkSuites,
  titles: suiteTitles,
  first: 'warm',
  exported: 'handler',
  isCalibrated: true,
  get configurations() {
    return gateConfigurations()
  },
  write: async (directory) => writeRequests(directory),
}

/** Writes lines to a file of the suite's name, and returns it. */
export function writeLines(directory: string, name: string, lines: readonly string[]): string {
  mkdirSync(directory, { recursive: true })
  const file = join(directory, `${name}.ndjson`)
  writeFileSync(file, `${lines.join('\n')}\n`)
  return file
}

function writeRequests(directory: string): Record<Suite, SuiteRequests> {
  const workload = loadWorkload()
  const write = (suite: Suite, events: readonly string[], rest: Omit<SuiteRequests, 'events'>) => ({
    ...rest,
    events: writeLines(directory, suite, events),
  })
  const seen = workload.valid.slice(0, 64)
  const fresh = workload.valid.slice(64, -64)
  return {
    warm: write('warm', fresh.map(eventOf), {
      deployment: 'usual',
      expect: 'allow',
      once: true,
    }),
    hot: write('hot', seen.map(eventOf), { deployment: 'usual', expect: 'allow', once: false }),
    deny: write('deny', denials(workload), { deployment: 'usual', expect: 'deny', once: false }),
    routes: write('routes', manyRouteEvents(seen), { deployment: 'routes', expect: 'allow', once: false }),
    'warm-cookie': write('warm-cookie', fresh.map(inCookie), { deployment: 'cookie', expect: 'allow', once: true }),
    'hot-cookie': write('hot-cookie', seen.map(inCookie), { deployment: 'cookie', expect: 'allow', once: false }),
  }
}

function eventOf({ event }: WorkItem): string {
  return event
}

/** Eight kinds in turn, so that every stretch of eight has one of each. */
function denials({ valid, expired }: Workload): string[] {
  return valid.slice(-32).flatMap((item, index) => {
    const late = expired[index] ?? item
    const [header = '', payload = '', signature = ''] = item.token.split('.')
    const deny = (token: string | null, uri = '/reports/a') => eventText(uri, token, `denied-${index}`)
    return [
      deny(null),
      deny('not-a-token'),
      deny(`${header}.${payload.slice(0, -4)}!bad.${signature}`),
      deny(`${header}.${payload}`),
      late.event,
      deny(`${header}.${payload}.${forged(signature)}`),
      deny(`${unknownKid(header, index)}.${payload}.${signature}`),
      deny(item.token, '/groups/nobody/secret.pdf'),
    ]
  })
}

/** Well-formed and of the right length, and wrong. */
function forged(signature: string): string {
  return `${signature.slice(0, 100)}${signature[100] === 'A' ? 'B' : 'A'}${signature.slice(101)}`
}

function unknownKid(header: string, index: number): string {
  const members = JSON.parse(Buffer.from(header, 'base64url').toString()) as object
  return Buffer.from(JSON.stringify({ ...members, kid: `unknown-${index}` })).toString('base64url')
}

/** Every token visits paths all over the policy; the groups' first is everybody's. */
function manyRouteEvents(seen: readonly WorkItem[]): string[] {
  return Array.from({ length: 512 }, (_, index) => {
    const item = seen[index % seen.length]
    const uri = `/${area((index * 389) % (routeCount - 1))}/analysts/report-${index}.pdf`
    return eventText(uri, item?.token ?? null, `routes-${index}`)
  })
}
