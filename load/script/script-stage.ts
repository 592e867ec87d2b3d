/** `edgeproof load --script`: the user's own k6 script against the local edge, streamed, counted and merged as ours is. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Stage, stageResult } from '../../command/stage.ts'
import { objectivesOf } from '../../config/objectives-schema.ts'
import { UsageError } from '../../config/usage-error.ts'
import type { Identity } from '../../testing/population/expectation.ts'
import { functionUnderLoad } from '../function-under-load.ts'
import { findK6 } from '../k6/find-k6.ts'
import { runK6 } from '../k6/run-k6.ts'
import { runData } from '../load-run.ts'
import type { LoadOptions } from '../load-stage.ts'
import { type LocalTarget, startLocalTarget } from '../local-distribution.ts'
import { liveLines } from '../measurement/live-lines.ts'
import { watchRun } from '../measurement/run-watch.ts'
import { scenarioNamed } from '../scenarios/catalogue.ts'
import { inspectScript } from './inspect-script.ts'
import { scriptChecks } from './script-checks.ts'
import { scriptEventReader } from './script-events.ts'
import { ScriptRecorder } from './script-recorder.ts'

export interface ScriptOptions extends LoadOptions {
  script: string
  /** `NAME=VALUE`; `{url}`, `{token}` and `{path}` in a value stand for the edge's address, a good token, and what it may read. */
  env?: string[]
  /** Host names whose requests go to the local edge. */
  host?: string[]
}

export const scriptStage: Stage<ScriptOptions> = async ({ config: given, progress, signal }, options) => {
  const {
    script,
    segments = 1,
    pops = 1,
    env = [],
    host: hosts = [],
    http2 = false,
    handler = null,
    template = null,
  } = options
  const objects = scenarioNamed('steady')
  const underLoad = await functionUnderLoad(options, given, objects)
  const inputs = { script, segments, pops, http2, env, hosts, handler, template, policy: options.policy ?? null }
  return stageResult('load', inputs, async () => {
    const binary = await findK6({ log: progress.log, signal })
    progress.step('load: starting the local edge')
    // Tokens last for a day: how long the script runs is asked of k6 only when it can be given the address.
    const local = { ...underLoad, requests: 0, seconds: 86_400, pops, http2: http2 || hosts.length > 0, signal }
    const target = await startLocalTarget(local)
    const directory = await mkdtemp(join(tmpdir(), 'edgeproof-script-'))
    try {
      const url = http2 ? target.url : target.edge.url
      const environment = await environmentOf(target, url, env)
      const plan = await inspectScript(binary, script, environment)
      const live = options.live ? liveLines(progress.log) : null
      const recorder = new ScriptRecorder(plan, segments, isOursBy(target, hosts), live)
      const unsubscribe = target.edge.log.subscribe((record) => recorder.addEdge(record))
      const started = Date.now()
      const run = runK6({
        binary,
        script,
        environment,
        flags: await configFlags(directory, target, hosts, http2),
        outputs: options.k6Out ?? [],
        segments,
        signal,
        reader: (segment) => scriptEventReader((event) => recorder.addK6(event, segment)),
      })
      const elapsed = () => (Date.now() - started) / 1000
      const watch = watchRun({
        processIds: run.processIds,
        edge: target.edge,
        seconds: plan.seconds,
        series: recorder.series,
        onInterval: () => progress.step('load: your script', Math.round(elapsed()), Math.round(plan.seconds)),
      })
      try {
        const ends = await run.ended
        recorder.finish()
        const { measured } = recorder
        const seen = { measured, join: null, series: recorder.series.toDocument(), ...watch.seen() }
        const result = { ...seen, ends, seconds: elapsed(), interrupted: signal.aborted }
        const edge = target.edge.metrics()
        const objectives = objectivesOf(given.objectives)
        const checks = scriptChecks({ run: result, counts: recorder.counts, plan, edge, objectives })
        return { checks, data: JSON.parse(JSON.stringify({ ...runData(result), edge })) }
      } finally {
        live?.end()
        watch.end()
        unsubscribe()
        progress.clear()
      }
    } finally {
      await rm(directory, { recursive: true, force: true })
      await target.close()
    }
  })
}

/** What the script finds in `__ENV`, beside what the process has. */
async function environmentOf(
  target: LocalTarget,
  url: string,
  given: readonly string[],
): Promise<Record<string, string>> {
  const { population, credentials } = target
  const reader = population.users.find(({ folders }) => folders.length > 0) ?? population.anyone
  const paths = [...reader.folders, ...population.anyone.folders].flat().map(({ path }) => path)
  const token = reader.identity ? await tokenFor(credentials, reader.identity) : ''
  const values: Record<string, string> = { '{url}': url, '{token}': token, '{path}': paths[0] ?? '/' }
  const own = given.map((assignment) => {
    const at = assignment.indexOf('=')
    if (at < 1) throw new UsageError(`--env ${assignment}: should be NAME=VALUE`)
    const value = assignment.slice(at + 1).replace(/\{(url|token|path)\}/g, (name) => values[name] ?? name)
    return [assignment.slice(0, at), value] as const
  })
  const ours = { EDGEPROOF_URL: url, EDGEPROOF_TOKEN: token, EDGEPROOF_PATHS: JSON.stringify(paths.slice(0, 100)) }
  return { ...ours, ...Object.fromEntries(own) }
}

/** Without the header's or the cookie's words around it. */
async function tokenFor(credentials: LocalTarget['credentials'], identity: Identity): Promise<string> {
  const { value } = await credentials.valid(identity, 0, false)
  return value.slice(Math.max(value.lastIndexOf(' '), value.lastIndexOf('=')) + 1)
}

function isOursBy({ edge }: LocalTarget, hosts: readonly string[]): (url: string) => boolean {
  const named = hosts.flatMap((host) => [`http://${host}`, `https://${host}`])
  const addresses = [edge.url, edge.tlsUrl ?? edge.url, ...named]
  // A script may have left k6's tag out.
  return (url) => url === '' || addresses.some((address) => url.startsWith(address))
}

/** k6's configuration file comes before the script's own options, which win. */
async function configFlags(
  directory: string,
  { edge }: LocalTarget,
  hosts: readonly string[],
  http2: boolean,
): Promise<string[]> {
  if (hosts.length === 0 && !http2) return []
  const port = (url = '') => `127.0.0.1:${new URL(url).port}`
  const mapped = hosts.flatMap((host) => [
    [`${host}:80`, port(edge.url)],
    [`${host}:443`, port(edge.tlsUrl)],
  ])
  const file = join(directory, 'k6.json')
  await writeFile(file, JSON.stringify({ hosts: Object.fromEntries(mapped), insecureSkipTLSVerify: true }))
  return ['--config', file]
}
