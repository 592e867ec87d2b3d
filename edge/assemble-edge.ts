/** Puts the local distribution together: issuer, bucket, points of presence, listener. */

import type { Policy } from '../authorizer/policy.ts'
import { withDefaults } from '../config/policy-defaults.ts'
import { UsageError } from '../config/usage-error.ts'
import { makeCertificate } from '../testing/certificate.ts'
import type { Edge, EdgeOptions } from './edge.ts'
import { startIssuer } from './local-issuer.ts'
import { collectMetrics } from './log/collect-metrics.ts'
import { AnswerCounters, prometheusText } from './log/counters.ts'
import { RequestFeed } from './log/request-log.ts'
import { recordOf } from './log/request-record.ts'
import { startOrigins } from './origin/start-origins.ts'
import { startPops } from './start-pops.ts'
import type { Distribution } from './template/distribution.ts'
import { type LocalValues, readDistribution } from './template/template.ts'
import { listen } from './viewer/listener.ts'

const localPool = 'us-east-1_EXAMPLE01'

export async function assembleEdge(options: EdgeOptions): Promise<Edge> {
  const { policy } = options.config
  const values = { userPoolId: localPool, clientId: policy.clientIds[0] ?? 'exampleclient' }
  const distribution = readDistribution(options.template, values)
  const resources = new AsyncDisposableStack()
  const close = once(() => resources.disposeAsync())
  try {
    const edge = await start(options, distribution, issuerIdentity(policy, options.template, values), resources, close)
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
  identity: { url: string; jwksHosts: string[]; clientId: string },
  resources: AsyncDisposableStack,
  close: () => Promise<void>,
): Promise<Edge> {
  const issuer = await startIssuer({ ...identity, algorithm: withDefaults(options.config.policy).algorithms[0] })
  resources.defer(issuer.close)
  const origins = await startOrigins(options, distribution, resources)
  const route = { hosts: identity.jwksHosts, port: issuer.port }
  const pops = startPops(options, distribution, origins, route, resources)
  const counters = new AnswerCounters()
  const log = new RequestFeed()
  const metrics = () => collectMetrics(counters, pops, origins, issuer)
  const certificate = options.tlsPort === undefined ? null : await makeCertificate()
  const listener = await listen({
    port: options.port ?? 0,
    tls: certificate && { ...certificate, port: options.tlsPort ?? 0 },
    pops: pops.map(({ pop }) => pop),
    plainIsEncrypted: !options.enforceHttps,
    metricsText: () => prometheusText(metrics()),
    answered: (exchange) => {
      counters.count(exchange.answer)
      if (log.heard) log.publish(recordOf(exchange, distribution.domainName))
    },
  })
  resources.defer(listener.close)
  return {
    url: `http://127.0.0.1:${listener.port}`,
    ...(certificate && { tlsUrl: `https://localhost:${listener.tlsPort}`, certificate: certificate.certificate }),
    paths: [...origins.objects.keys()].map((key) => `/${key.split('/').map(encodeURIComponent).join('/')}`),
    notEmulated: distribution.notEmulated,
    metrics,
    log,
    issuer,
    origin: origins.controls,
    killSandbox: () => pops.some(({ pools }) => [...pools.values()].some((pool) => pool.kill())),
    invalidate: () => {
      for (const { caches } of pops) for (const cache of caches) cache.store.clear()
    },
    close,
  }
}

/** Whose tokens the template's function accepts: the pool's, where the template makes one, else the policy's first issuer. */
function issuerIdentity(policy: Policy, template: object, { userPoolId, clientId }: LocalValues) {
  const makesPool = JSON.stringify(template).includes('"AWS::Cognito::UserPool"')
  const pool = `https://cognito-idp.us-east-1.amazonaws.com/${userPoolId}`
  const url = makesPool ? pool : [policy.issuer].flat()[0]
  if (url === undefined) throw new UsageError('policy.issuer: is empty')
  const uris = [url, ...[policy.issuer].flat(), ...[policy.jwksUri ?? []].flat()]
  return { url, clientId, jwksHosts: [...new Set(uris.map((uri) => new URL(uri).hostname))] }
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  return () => (running ??= work())
}
