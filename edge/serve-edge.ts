/** `edgeproof edge`: serves until Ctrl-C. */
import { createWriteStream, statSync, watch, writeFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createProgress, silentProgress } from '../command/progress.ts'
import type { Config } from '../config/config.ts'
import { loadConfig } from '../config/load-config.ts'
import { UsageError } from '../config/usage-error.ts'
import type { Edge, EdgeOptions } from './edge.ts'
import { edgeSettings, type ServeOptions } from './edge-settings.ts'
import type { FunctionFault } from './function/function-failure.ts'
import { standardLogHeader, standardLogLine } from './log/request-log.ts'
import { startEdge } from './start-edge.ts'
import { readStacks } from './template/read-stacks.ts'

export async function serveEdge(options: ServeOptions): Promise<void> {
  const settings: Omit<EdgeOptions, 'template' | 'config'> = {
    ...edgeSettings(options),
    functionFailed: faultPrinter(),
  }
  // What is wrong with these is said before anything takes time.
  const first = options.template === undefined ? null : readStacks(options.template)
  const { config } = await loadConfig(options)
  const progress = options.json ? silentProgress : createProgress()
  const start = async (port: number | undefined) => {
    progress.step(options.template === undefined ? 'synthesizing the demo site' : `starting ${options.template}`)
    const again = options.template === undefined ? null : readStacks(options.template)
    const template = (port === undefined ? first : again) ?? (await synthesized(config))
    return startEdge({ ...settings, ...(port !== undefined && { port }), template, config })
  }
  let edge = await start(undefined)
  progress.clear()
  const port = Number(new URL(edge.url).port)
  if (options.certificate !== undefined && edge.certificate) writeFileSync(options.certificate, edge.certificate)
  const log = options.log === undefined ? null : createWriteStream(options.log, { flags: 'a' })
  log?.write(standardLogHeader)
  const follow = (of: Edge) => log && of.log.subscribe((record) => log.write(standardLogLine(record)))
  follow(edge)
  const { template, policy, config: configFile } = options
  const hasTokens = !template || policy !== undefined || configFile !== undefined || makesPool(first)
  await announce(edge, options.json ?? false, hasTokens)
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort())
  if (options.watch) {
    const files = [...new Set([options.template ?? [], Object.values(settings.handlers ?? {}), edge.sources].flat())]
    onChange(files, controller.signal, async () => {
      try {
        // Read first: a template that is half written leaves the running edge as it is.
        if (options.template !== undefined) readStacks(options.template)
        await edge.close()
        edge = await start(port)
        progress.clear()
        follow(edge)
        process.stderr.write('edgeproof edge: started again after a change\n')
        for (const line of edge.notEmulated) process.stderr.write(`edgeproof edge: ${line}\n`)
      } catch (error) {
        progress.clear()
        if (!(error instanceof UsageError)) throw error
        process.stderr.write(`edgeproof edge: ${error.message}\n`)
      }
    })
  }
  await wait(2 ** 31 - 1, undefined, { signal: controller.signal }).catch(() => {})
  await edge.close()
  log?.end()
  if (!options.json) process.stderr.write(`${edge.metrics().requests} requests answered\n`)
}

/** Its functions accept tokens of the local issuer then. */
const makesPool = (stacks: unknown) => JSON.stringify(stacks).includes('"AWS::Cognito::UserPool"')

/** The CDK library takes seconds to load: only where it is needed. */
async function synthesized(config: Config): Promise<object> {
  const { synthesizeInOneStack } = await import('../infra/synth.ts')
  return (await synthesizeInOneStack(config)).template
}

async function announce(edge: Edge, json: boolean, withToken: boolean): Promise<void> {
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
  process.stdout.write(`${url}${tlsUrl ? `\n${tlsUrl}` : ''}\n\ninside: ${url}/_edge/\n`)
  const sample = paths.find((path) => path.startsWith('/reports/')) ?? paths[0] ?? '/'
  if (!withToken) return void process.stdout.write(`try: curl -i ${url}${sample}\n`)
  process.stdout.write(`issuer ${issuer.url}\n`)
  for (const [provider, text] of Object.entries(tokens)) {
    const whose = issuer.providers.length > 1 ? ` of ${provider}` : ''
    process.stdout.write(`\na token${whose} (groups: analysts):\n${text}\n\n`)
  }
  process.stdout.write(`try: curl -i -H "Authorization: Bearer $TOKEN" ${url}${sample}\n`)
}

/** The same fault is printed once in five seconds, however often it occurs. */
function faultPrinter(): (fault: FunctionFault) => void {
  const printed = new Map<string, number>()
  return ({ functionId, eventType, uri, reason, stack }) => {
    const text = `function ${functionId} at ${eventType}: ${reason}`
    if (performance.now() - (printed.get(text) ?? Number.NEGATIVE_INFINITY) < 5000) return
    printed.set(text, performance.now())
    process.stderr.write(`edgeproof edge: ${text} (${uri})\n${stack === '' ? '' : `${stack}\n`}`)
  }
}

/** Calls `work` once after each burst of changes, never twice at once. */
function onChange(paths: readonly string[], signal: AbortSignal, work: () => Promise<void>): void {
  let timer: NodeJS.Timeout | null = null
  let working: Promise<void> = Promise.resolve()
  const changed = () => {
    if (timer) clearTimeout(timer)
    timer = setTimeout(() => {
      working = working.then(work)
    }, 200)
  }
  for (const path of paths) {
    const kind = statSync(path, { throwIfNoEntry: false })
    if (kind?.isDirectory()) watch(path, { recursive: true, signal }, changed).on('error', () => {})
    // An editor puts a new file in the old one's place: it is the directory that hears of that.
    else if (kind)
      watch(dirname(path), { signal }, (_, name) => name === basename(path) && changed()).on('error', () => {})
  }
}
