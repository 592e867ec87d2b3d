/** Whose function a load is put on: our authorizer, or anybody's, with a policy to judge it by or without. */
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { Policy } from '../authorizer/policy.ts'
import type { Config } from '../config/config.ts'
import { readJson } from '../config/load-config.ts'
import { UsageError } from '../config/usage-error.ts'
import { synthesizeInOneStack } from '../infra/synth.ts'
import type { Scenario } from './scenarios/scenario.ts'

export interface FunctionOptions {
  /** A module that exports `handler`, as it is deployed. Default: our authorizer. */
  handler?: string
  /** A synthesized CloudFormation template, whose own function and cache behaviors are served. Default: ours. */
  template?: string
  /** For a function without a policy: the objects' paths, one on each line. Default: some of ours. */
  paths?: string
  /** As for every command. A foreign function is judged where one of them is given. */
  policy?: string
  config?: string
}

export interface FunctionUnderLoad {
  config: Config
  scenario: Scenario
  /** Absent: synthesized from the configuration. */
  template?: object
  /** Paths of the objects; absent: such as the policy's routes grant. */
  paths?: readonly string[]
}

/** Reads what the options name. Throws a UsageError for a file or a scenario that cannot be used. */
export async function functionUnderLoad(
  options: FunctionOptions,
  given: Config,
  scenario: Scenario,
): Promise<FunctionUnderLoad> {
  const { handler, template, paths } = options
  if (handler === undefined && template === undefined) {
    if (paths !== undefined)
      throw new UsageError('--paths: is for --target, or for --handler or --template without a policy')
    return { config: given, scenario }
  }
  const judged = options.policy !== undefined || options.config !== undefined
  if (judged && paths !== undefined)
    throw new UsageError("--paths: the policy's own routes say what is asked for; leave it out")
  if (paths !== undefined && scenario.objects === 'fresh') {
    throw new UsageError(
      `--paths: ${scenario.name} needs a new object for each request; leave --paths out, or choose another scenario`,
    )
  }
  // The site's own user pool and names are of our authorizer.
  const { site: _, ...rest } = given
  const config: Config = judged ? rest : { ...rest, policy: openPolicy }
  return {
    config,
    scenario: judged ? scenario : unjudged(scenario),
    template: await templateOf(options, config),
    ...(paths !== undefined && { paths: readPathList(paths) }),
  }
}

/** One path on each line, percent-encoded. */
export function readPathList(file: string): string[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(`--paths: ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
  const paths = text.split(/\r?\n/).filter((line) => line !== '')
  const wrong = paths.find((path) => !path.startsWith('/'))
  if (wrong !== undefined) throw new UsageError(`--paths: ${file}: "${wrong}" should begin with "/"`)
  if (paths.length === 0) throw new UsageError(`--paths: ${file} is empty; write one path on each line`)
  return paths
}

/** What stands for a policy where there is none: every path, for everybody. The issuer is the one of the local edge. */
const openPolicy: Policy = {
  issuer: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_EXAMPLE01',
  clientIds: ['exampleclient'],
  routes: [{ path: '/*', public: true }],
}

/** The same arrivals and objects, and no expectation. */
function unjudged(scenario: Scenario): Scenario {
  if (scenario.events || scenario.tokens === 'per-request' || scenario.name === 'hostile') {
    throw new UsageError(
      `--scenario: ${scenario.name} sends tokens, which only a policy can tell good from bad; pass --policy, or choose smoke, steady, cold-cache, spike, soak or breakpoint`,
    )
  }
  return { ...scenario, mix: { unjudged: 1 }, objectives: { ...scenario.objectives, hitRatio: null } }
}

async function templateOf({ handler, template }: FunctionOptions, config: Config): Promise<object> {
  if (template !== undefined) return readJson(template, 'pass a template that cdk synth wrote') as object
  const code = await bundled(handler ?? '')
  const outdir = await mkdtemp(join(tmpdir(), 'edgeproof-cdk-'))
  try {
    const { template: ours } = await synthesizeInOneStack(config, { outdir, program: 'exports.handler = 0' })
    const functions = Object.values(ours.Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function')
    for (const each of functions) {
      each.Properties = { ...each.Properties, Code: { ZipFile: code }, Handler: 'index.handler' }
    }
    return ours
  } finally {
    await rm(outdir, { recursive: true, force: true })
  }
}

/** One CommonJS file with all that it imports, as the local edge runs it; a deployed single file stays what it is. */
async function bundled(file: string): Promise<string> {
  try {
    const { outputFiles } = await build({
      entryPoints: [file],
      bundle: true,
      format: 'cjs',
      platform: 'node',
      target: 'node24',
      legalComments: 'none',
      logLevel: 'silent',
      write: false,
    })
    return outputFiles[0]?.text ?? ''
  } catch (error) {
    const [first] =
      (error as { errors?: { text: string; location: { file: string; line: number } | null }[] }).errors ?? []
    const where = first?.location ? ` (${first.location.file}:${first.location.line})` : ''
    const reason = first?.text ?? (error instanceof Error ? error.message : String(error))
    throw new UsageError(`--handler: ${file} cannot be read as a program: ${reason}${where}`)
  }
}
