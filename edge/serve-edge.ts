/** `edgeproof edge`: serves until Ctrl-C. */
import { createWriteStream, readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { Config } from '../config/config.ts'
import { loadConfig } from '../config/load-config.ts'
import { UsageError } from '../config/usage-error.ts'
import type { CacheProfile } from './cache/cache-rules.ts'
import type { Edge, EdgeOptions } from './edge.ts'
import { standardLogHeader, standardLogLine } from './log/request-log.ts'
import { startEdge } from './start-edge.ts'

export interface ServeOptions {
  config?: string
  policy?: string
  template?: string
  port: string
  tlsPort?: string
  certificate?: string
  profile: string
  pops: string
  objects?: string
  origin?: string
  log?: string
  functionLog?: string
  enforceHttps?: boolean
  json?: boolean
}

export async function serveEdge(options: ServeOptions): Promise<void> {
  const settings = edgeSettings(options)
  const { config } = await loadConfig(options)
  const template = options.template === undefined ? await synthesized(config) : readTemplate(options.template)
  const controller = new AbortController()
  const edge = await startEdge({ ...settings, template, config })
  if (options.certificate !== undefined && edge.certificate) writeFileSync(options.certificate, edge.certificate)
  const endLog = options.log === undefined ? null : writeLog(edge, options.log)
  await announce(edge, options.json ?? false)
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort())
  await wait(2 ** 31 - 1, undefined, { signal: controller.signal }).catch(() => {})
  await edge.close()
  endLog?.()
  if (!options.json) process.stderr.write(`${edge.metrics().requests} requests answered\n`)
}

/** The CDK library takes seconds to load: only where it is needed. */
async function synthesized(config: Config): Promise<object> {
  const { synthesize } = await import('../infra/synth.ts')
  return (await synthesize(config)).template
}

/** The options that need no configuration, checked before anything slow begins. */
function edgeSettings(options: ServeOptions): Omit<EdgeOptions, 'template' | 'config'> {
  if (options.certificate !== undefined && options.tlsPort === undefined) {
    throw new UsageError('--certificate: there is none without --tls-port; pass both')
  }
  return {
    port: portNumber('--port', options.port),
    ...(options.tlsPort !== undefined && { tlsPort: portNumber('--tls-port', options.tlsPort) }),
    profile: profileName(options.profile),
    pops: wholeNumber('--pops', options.pops),
    ...(options.objects !== undefined && { objects: options.objects }),
    ...(options.origin !== undefined && { originUrl: httpUrl(options.origin) }),
    ...(options.functionLog !== undefined && { functionLog: options.functionLog }),
    enforceHttps: options.enforceHttps ?? false,
  }
}

async function announce(edge: Edge, json: boolean): Promise<void> {
  const { url, tlsUrl, paths, notEmulated } = edge
  for (const line of notEmulated) process.stderr.write(`edgeproof edge: ${line}\n`)
  const { issuer } = edge
  const minted = async (provider: string) => [provider, await issuer.mint({ 'cognito:groups': ['analysts'] }, provider)]
  const tokens: Record<string, string> = Object.fromEntries(await Promise.all(issuer.providers.map(minted)))
  const [token] = Object.values(tokens)
  if (json)
    return void process.stdout.write(
      `${JSON.stringify({ url, tlsUrl, issuer: issuer.url, token, tokens, paths, notEmulated }, null, 2)}\n`,
    )
  process.stdout.write(`${url}${tlsUrl ? `\n${tlsUrl}` : ''}\nissuer ${issuer.url}\nmetrics ${url}/_edge/metrics\n`)
  for (const [provider, text] of Object.entries(tokens)) {
    const whose = issuer.providers.length > 1 ? ` of ${provider}` : ''
    process.stdout.write(`\na token${whose} (groups: analysts):\n${text}\n\n`)
  }
  const sample = paths.find((path) => path.startsWith('/reports/')) ?? paths[0]
  if (sample !== undefined) process.stdout.write(`try: curl -i -H "Authorization: Bearer $TOKEN" ${url}${sample}\n`)
}

function writeLog(edge: Edge, file: string): () => void {
  const stream = createWriteStream(file, { flags: 'a' })
  stream.write(standardLogHeader)
  const end = edge.log.subscribe((record) => stream.write(standardLogLine(record)))
  return () => {
    end()
    stream.end()
  }
}

function readTemplate(file: string): object {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(
      `${file}: cannot be read (${(error as NodeJS.ErrnoException).code}); pass a synthesized template`,
    )
  }
  try {
    return JSON.parse(text)
  } catch {
    throw new UsageError(`${file}: is not JSON; pass a template that cdk synth wrote`)
  }
}

function profileName(name: string): CacheProfile {
  if (name === 'cloudfront' || name === 'rfc9111') return name
  throw new UsageError(`--profile ${name}: should be cloudfront or rfc9111`)
}

function portNumber(option: string, text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new UsageError(`${option} ${text}: should be a port number, 0 to 65535`)
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value > 0) return value
  throw new UsageError(`${option} ${text}: should be a whole number, 1 or more`)
}

function httpUrl(text: string): string {
  if (URL.canParse(text) && new URL(text).protocol === 'http:') return text
  throw new UsageError(`--origin ${text}: should be an http URL such as http://127.0.0.1:8000`)
}
