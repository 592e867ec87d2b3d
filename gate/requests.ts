/** The requests of each suite, written to a directory where the measured processes read them. */
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
import type { RequestSuite } from './suites.ts'

/** A policy as the gate bakes it into both sides. */
export const deployments = ['usual', 'routes', 'cookie'] as const
export type Deployment = (typeof deployments)[number]

export interface SuiteRequests {
  deployment: Deployment
  /** What the handler has to answer to every one of the events; anything else ends the measurement. */
  expect: 'allow' | 'deny'
  /** True: each event is used once in a process, since a token that was seen is another case. */
  once: boolean
  /** File with one serialized event a line. */
  events: string
}

const year = 365 * 86_400

/** Fixed, so that the bytes of a side do not depend on the day; the policy keeps these keys for ten years. */
const fetchedAt = Date.UTC(2026, 0, 1)

const routeCount = 1000

/**
 * What `deployable(program, …)` is given for each deployment: the benchmarks' policy, with keys that stay fresh throughout and a JWKS address on
 * loopback where nothing listens, so that nothing measured ever reaches the network.
 */
export function gateConfigurations(): Record<Deployment, DeployableOptions> {
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

/** Writes the events of every request suite into `directory` and says where they are. */
export function writeRequests(directory: string): Record<RequestSuite, SuiteRequests> {
  mkdirSync(directory, { recursive: true })
  const workload = loadWorkload()
  const write = (suite: RequestSuite, events: readonly string[], rest: Omit<SuiteRequests, 'events'>) => {
    const file = join(directory, `${suite}.ndjson`)
    writeFileSync(file, `${events.join('\n')}\n`)
    return { ...rest, events: file }
  }
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
