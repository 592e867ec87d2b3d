/** Puts the local distribution together: issuer, bucket, points of presence, listener. */
import type { Policy } from '../authorizer/policy.ts'
import { type CompletePolicy, withDefaults } from '../config/policy-defaults.ts'
import { deployedPolicy, poolProvider } from '../infra/policy-of-pool.ts'
import { makeCertificate } from '../testing/certificate.ts'
import { invalidated } from './cache/invalidation.ts'
import { Control } from './control/control.ts'
import type { Edge, EdgeOptions } from './edge.ts'
import { startIssuer } from './local-issuer.ts'
import { collectMetrics } from './log/collect-metrics.ts'
import { AnswerCounters } from './log/counters.ts'
import { RequestFeed } from './log/request-log.ts'
import { recordOf } from './log/request-record.ts'
import { isPlayed, startOrigins } from './origin/start-origins.ts'
import { startPops } from './start-pops.ts'
import type { LocalValues } from './template/assembly.ts'
import type { Distribution } from './template/distribution.ts'
import { readDistribution } from './template/template.ts'
import { listen } from './viewer/listener.ts'

const localPool = 'us-east-1_EXAMPLE01'

export async function assembleEdge(options: EdgeOptions): Promise<Edge> {
  const { policy, site = {} } = options.config
  const { parameters, imports, values: given } = options
  const [clientId = 'exampleclient'] = poolProvider(policy, site).clientIds
  const values: LocalValues = {
    userPoolId: localPool,
    clientId,
    ...(parameters && { parameters }),
    ...(imports && { imports }),
    ...(given && { values: given }),
  }
  const { stack, distribution: id, handlers, geo, withoutWebAcl = false } = options
  const distribution = readDistribution(options.template, {
    values,
    origins: (origin) => isPlayed(options, origin),
    ...(stack !== undefined && { stack }),
    ...(id !== undefined && { distribution: id }),
    ...(handlers && { handlers }),
    ...(geo?.country !== undefined && { country: geo.country }),
    withoutWebAcl,
  })
  const resources = new AsyncDisposableStack()
  const close = once(() => resources.disposeAsync())
  try {
    const { providers } = withDefaults(localPolicy(options, values))
    const edge = await start(options, distribution, providers, resources, close)
    options.signal?.addEventListener('abort', () => void close(), { once: true })
    if (options.signal?.aborted) await close()
    return edge
  } catch (error) {
    await close()
    throw error
  }
}

async function start(
  options: EdgeOptions,
  distribution: Distribution,
  providers: CompletePolicy['providers'],
  resources: AsyncDisposableStack,
  close: () => Promise<void>,
): Promise<Edge> {
  const issuer = await startIssuer(providers)
  resources.defer(issuer.close)
  const origins = await startOrigins(options, distribution, resources)
  const ofIssuers = Object.fromEntries(issuer.hosts.map((host) => [host, issuer.port]))
  const route = { ports: { ...ofIssuers, ...options.servers }, open: options.allowNetwork ?? false }
  let tlsPort: number | null = null
  const context = { options, distribution, origins, route, tlsPort: () => tlsPort }
  const pops = await startPops(context, resources)
  const counters = new AnswerCounters()
  const log = new RequestFeed()
  const metrics = () => collectMetrics(counters, pops, origins, issuer)
  const certificate = options.tlsPort === undefined ? null : await makeCertificate()
  const listener = await listen({
    port: options.port ?? 0,
    tls: certificate && { ...certificate, port: options.tlsPort ?? 0 },
    pops: pops.map(({ pop }) => pop),
    plainIsEncrypted: !options.enforceHttps,
    control: (request, response) => control.handle(request, response),
    answered: (exchange) => {
      counters.count(exchange.answer)
      if (log.heard) log.publish(recordOf(exchange, distribution.domainName))
    },
  })
  resources.defer(listener.close)
  tlsPort = listener.tlsPort
  const edge: Edge = {
    url: `http://127.0.0.1:${listener.port}`,
    ...(certificate && { tlsUrl: `https://localhost:${listener.tlsPort}`, certificate: certificate.certificate }),
    paths: [...origins.objects.keys()].map((key) => `/${key.split('/').map(encodeURIComponent).join('/')}`),
    notEmulated: distribution.notEmulated,
    sources: sourcesOf(distribution),
    metrics,
    log,
    issuer,
    origin: origins.controls,
    killSandbox: () => pops.some(({ pools }) => pools.some((pool) => pool.kill())),
    invalidate: (paths = ['/*']) => {
      const stores = new Set(pops.flatMap(({ caches }) => caches.map(({ store }) => store)))
      return [...stores].reduce((sum, store) => sum + store.deleteWhere(invalidated(paths)), 0)
    },
    close,
  }
  const control = new Control({ edge, distribution, pops })
  resources.defer(async () => control.close())
  return edge
}

function sourcesOf({ behaviors }: Distribution): string[] {
  const all = behaviors.flatMap(({ functions }) => Object.values(functions))
  const paths = all.flatMap((each) => (each?.kind === 'lambda' && 'path' in each.code ? [each.code.path] : []))
  return [...new Set(paths)]
}

/**
 * What the functions enforce: a pool that the template makes has the local id and client. A file in a function's place knows
 * nothing of the pool.
 */
function localPolicy({ config, template, handlers = {} }: EdgeOptions, { userPoolId, clientId }: LocalValues): Policy {
  const { policy, site = {} } = config
  const isOwn = Object.keys(handlers).length === 0
  const makesPool = isOwn && JSON.stringify(template).includes('"AWS::Cognito::UserPool"')
  const issuer = `https://cognito-idp.us-east-1.amazonaws.com/${userPoolId}`
  return deployedPolicy(policy, site, makesPool ? { issuer, clientIds: [clientId] } : undefined)
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  return () => (running ??= work())
}
