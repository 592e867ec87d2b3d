import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Policy } from '../authorizer/policy.ts'
import { silentProgress } from '../command/progress.ts'
import { createSigningKey } from '../testing/issuer.ts'
import {
  type Credential,
  type CredentialSource,
  localCredentials,
  mintWith,
} from '../testing/population/credentials.ts'
import { allObjects, makePopulation, objectBody } from '../testing/population/population.ts'
import { installedK6 } from './k6/find-k6.ts'
import { type LoadRun, type LoadTarget, loadRun } from './load-run.ts'
import type { Fault } from './measurement/measurement.ts'
import type { RequestClass, Scenario } from './scenarios/scenario.ts'

const k6 = installedK6()
if (!k6) console.log('skipped: k6 missing')

const policy: Policy = {
  issuer: 'https://issuer.example.com',
  clientIds: ['web'],
  corsPreflight: true,
  corsOrigins: ['https://app.example.com'],
  routes: [{ path: '/public/*', public: true }, { path: '/users/{sub}/*' }],
}

const scenario: Scenario = {
  name: 'short',
  title: '',
  rate: 40,
  seconds: 2,
  warmUp: 0,
  arrival: 'constant',
  mix: {},
  users: 3,
  objects: 4,
  zipf: 1,
  tokens: 'per-user',
}

/** What a broken site might answer; the policy says what it should. */
type Answer = (request: IncomingMessage, response: ServerResponse) => void

const servers: { close(): void }[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

const brokenSite: [kind: string, requestClass: RequestClass, answer: Answer][] = [
  ['wrongly-allowed', 'expired', (_, response) => void response.writeHead(200).end('secret')],
  ['wrongly-allowed', 'forged', (_, response) => void response.writeHead(206).end('sec')],
  ['wrongly-denied', 'valid', (_, response) => void response.writeHead(401, { 'cache-control': 'no-store' }).end()],
  [
    'wrongly-denied',
    'preflight',
    ({ method, headers }, response) => {
      const asked = method === 'OPTIONS' && headers.origin === 'https://app.example.com'
      response.writeHead(asked && headers['access-control-request-method'] === 'GET' ? 403 : 200).end()
    },
  ],
  ['wrong-bytes', 'valid', (_, response) => void response.writeHead(200).end(objectBody('/users/somebody/else'))],
  ['storable-denial', 'anonymous', (_, response) => void response.writeHead(401).end()],
  [
    'leak',
    'forged',
    ({ headers }, response) =>
      void response.writeHead(401, { 'cache-control': 'no-store', 'x-debug': headers.authorization ?? '' }).end(),
  ],
  ['wrong-status', 'forbidden', (_, response) => void response.writeHead(401, { 'cache-control': 'no-store' }).end()],
  ['error', 'valid', (_, response) => void response.writeHead(503).end()],
  ['unanswered', 'public', (request) => void request.socket.destroy()],
]

describe.skipIf(!k6)('a run of k6', () => {
  /** One run against a site that is broken in every way: each class in turn in each of its ways. */
  let faults: Fault[]
  beforeAll(async () => {
    const credentials = classifying()
    const turns = new Map<RequestClass, number>()
    const { measured } = await runAgainst(
      (request, response) => {
        const asked = credentials.classOf(request)
        const ways = brokenSite.filter(([, requestClass]) => requestClass === asked)
        const turn = turns.get(asked) ?? 0
        turns.set(asked, turn + 1)
        ways[turn % ways.length]?.[2](request, response)
      },
      { valid: 3, forged: 2, expired: 1, preflight: 1, anonymous: 1, forbidden: 1, public: 1 },
      { seconds: 3, rate: 100, wrap: credentials.wrap },
    )
    faults = [...measured.faults.values()]
  })

  it.each(brokenSite)('calls it %s when a request of class %s is', (kind, requestClass) => {
    const wrong = faults.filter((fault) => fault.class === requestClass)
    const expected = brokenSite.filter(([, other]) => other === requestClass).map(([other]) => other)
    expect(wrong.map((fault) => fault.kind).sort()).toEqual(expected.sort())
    // A HEAD has no bytes to compare.
    expect(wrong.find((fault) => fault.kind === kind)?.count).toBeGreaterThanOrEqual(10)
  })

  it('finds nothing wrong with right answers, and counts hits, bytes and points of presence', async () => {
    let served = 0
    const { measured, ends } = await runAgainst(
      ({ url = '', method }, response) => {
        served += 1
        const body = objectBody(url)
        const cache = served % 4 === 0 ? 'Miss from cloudfront' : 'Hit from cloudfront'
        response.writeHead(200, { 'x-cache': cache, 'x-amz-cf-pop': 'FRA1', 'content-length': body.length })
        response.end(method === 'HEAD' ? undefined : body)
      },
      { public: 1 },
    )
    expect([...measured.faults.values()]).toEqual([])
    expect(ends).toMatchObject([{ code: 0 }])
    expect(measured.counts.requests).toBe(served)
    expect(measured.counts.misses).toBe(Math.floor(served / 4))
    expect(measured.by.pop.get('FRA1')?.hits).toBe(served - Math.floor(served / 4))
    expect(measured.timesRecorded('hit')).toBe(measured.counts.hits)
    expect(measured.percentile('hit', 50)).toBeGreaterThan(0)
  })

  it('with a ramp climbs to its rate first, and counts that as warm-up', async () => {
    const { measured, series } = await runAgainst(
      ({ url = '', method }, response) => {
        response.writeHead(200, { 'x-cache': 'Hit from cloudfront' })
        response.end(method === 'HEAD' ? undefined : objectBody(url))
      },
      { public: 1 },
      { rampSeconds: 1 },
    )
    // Half of the rate on the average of the first second, all of it in the next.
    const due = 1.5 * scenario.rate
    expect(Math.abs(measured.counts.requests + measured.warmUpRequests + measured.dropped - due)).toBeLessThanOrEqual(2)
    expect(measured.warmUpRequests).toBeGreaterThan(0)
    expect(measured.counts.requests).toBeGreaterThan(0)
    expect(series.warmUpSeconds).toBe(1)
    expect(series.buckets.reduce((sum, { hits }) => sum + hits, 0)).toBe(
      measured.counts.requests + measured.warmUpRequests,
    )
  })

  it('split into three processes sends each request of the plan in one of them', async () => {
    const seen: string[] = []
    const { ends, measured } = await runAgainst(
      ({ url = '', method }, response) => {
        seen.push(url)
        response.writeHead(200).end(method === 'HEAD' ? undefined : objectBody(url))
      },
      { valid: 1 },
      { segments: 3, objects: 'fresh' },
    )
    expect(ends).toMatchObject([{ code: 0 }, { code: 0 }, { code: 0 }])
    expect(measured.counts.requests).toBe(seen.length)
    expect(seen.length).toBeGreaterThanOrEqual(scenario.rate - 1)
    expect(new Set(seen).size).toBe(seen.length)
  })

  it('stopped half way ends k6 and keeps what was measured', async () => {
    const controller = new AbortController()
    let served = 0
    const run = await runAgainst(
      ({ url = '', method }, response) => {
        served += 1
        if (served === 30) controller.abort()
        response.writeHead(200).end(method === 'HEAD' ? undefined : objectBody(url))
      },
      { public: 1 },
      { seconds: 60, signal: controller.signal },
    )
    expect(run.interrupted).toBe(true)
    expect(run.measured.counts.requests).toBeGreaterThanOrEqual(10)
    expect(run.measured.counts.requests).toBeLessThan(200)
  })
})

/** Credentials by which a server can tell the class of a request. */
function classifying() {
  const classes = new Map<string, RequestClass>()
  const owners = new Map<string, string>()
  const noted = (requestClass: RequestClass, credential: Credential) => {
    classes.set(credential.value, requestClass)
    return credential
  }
  return {
    wrap: (source: CredentialSource): CredentialSource => ({
      ...source,
      async valid(identity, ...rest) {
        const credential = await source.valid(identity, ...rest)
        owners.set(credential.value, identity.sub)
        return noted('valid', credential)
      },
      expired: async (identity) => noted('expired', await source.expired(identity)),
      forged: async (identity, random) => noted('forged', await source.forged(identity, random)),
    }),
    classOf({ method, url = '', headers: { authorization } }: IncomingMessage): RequestClass {
      if (method === 'OPTIONS') return 'preflight'
      if (authorization === undefined) return url.startsWith('/public/') ? 'public' : 'anonymous'
      const owner = owners.get(authorization)
      if (owner !== undefined) return url.startsWith(`/users/${owner}/`) ? 'valid' : 'forbidden'
      return classes.get(authorization) ?? 'malformed'
    },
  }
}

async function runAgainst(
  answer: Answer,
  mix: Scenario['mix'],
  {
    seconds = 1,
    rampSeconds = 0,
    rate = scenario.rate,
    segments = 1,
    wrap = (source: CredentialSource) => source,
    objects = 4 as Scenario['objects'],
    signal = new AbortController().signal,
  } = {},
): Promise<LoadRun> {
  if (!k6) throw new Error('k6 missing')
  const server = createServer(answer)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const population = makePopulation(policy, 3, objects === 'fresh' ? 40 : objects)
  expect(allObjects(population).length).toBeGreaterThan(4)
  const target: LoadTarget = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    policy,
    population,
    credentials: wrap(await localCredentials(policy, [mintWith(await createSigningKey(), policy)], 3600)),
  }
  const run = {
    k6,
    target,
    scenario: { ...scenario, mix, objects, rampSeconds },
    rate,
    seconds,
    segments,
    seed: 1,
  }
  return loadRun({ ...run, progress: silentProgress, signal })
}
