import { type Command, Option } from 'commander'
import { commandGroup } from '../command/command-group.ts'
import { runStage, type SharedOptions, stageCommand } from '../command/run-stage.ts'
import type { Stage } from '../command/stage.ts'
import { UsageError } from '../config/usage-error.ts'
import { registerEdge } from '../edge/command.ts'
import type { CapacityOptions } from './capacity-stage.ts'
import type { RealLoadOptions } from './distribution/real-load-stage.ts'
import type { TokensOptions } from './distribution/tokens-stage.ts'
import { loadSeconds, positiveInteger, positiveNumber } from './number-option.ts'
import type { MergeOptions } from './operator/merge-stage.ts'
import type { OperatorOptions } from './operator/operator-stage.ts'
import type { ScriptOptions } from './script/script-stage.ts'

export function registerLoad(program: Command): void {
  registerEdge(program)
  const commands = [runCommand(), scriptCommand(), mergeCommand(), logsCommand(), operatorCommand()] as const
  program.addCommand(commandGroup('load', 'k6 against the local edge, with cache-hit measurement', commands))
  program.addCommand(
    stageCommand('capacity', 'the highest load that still meets the objectives, with its interval')
      .option('--scenario <name>', 'as for load (default: steady)')
      .option('--seconds <n>', 'length of each probe (default: 8)', loadSeconds)
      .option('--from <n>', 'first rate, in requests per second (default: 200)', positiveInteger)
      .option('--most <n>', 'rates above are not tried (default: 20000)', positiveInteger)
      .option('--repeats <n>', 'how often the knee is searched (default: 3)', positiveInteger)
      .option('--seed <n>', 'of the random choice of users and objects (default: 1)', positiveInteger)
      .addOption(handlerOption())
      .addOption(templateOption())
      .option('--paths <file>', 'existing paths, where no policy tells')
      .action((options: SharedOptions & CapacityOptions) =>
        runStage(options, async () => (await import('./capacity-stage.ts')).capacityStage),
      ),
  )
  program.addCommand(
    stageCommand('tokens', 'access tokens of test users in a real Cognito user pool, removed afterwards')
      .option('--users <n>', 'how many (default: 10)', positiveInteger)
      .option('--groups <names>', "comma-separated (default: those that the policy's routes name)")
      .option('--file <file>', 'where the tokens go (default: tokens.json)')
      .option('--seconds <n>', 'how long they stay (default: until Ctrl-C)', positiveNumber)
      .option('--remove-left', 'remove the users that killed runs left, and do nothing else')
      .action((options: SharedOptions & TokensOptions) =>
        runStage(options, async () => (await import('./distribution/tokens-stage.ts')).tokensStage),
      ),
  )
}

function runCommand(): Command {
  const names = 'smoke, steady, cold-cache, hostile, spike, soak ...'
  return loadCommand('run', 'k6 against the local edge, or a real distribution')
    .option('--scenario <name>', `${names} (default: smoke)`)
    .option('--segments <n>', 'k6 processes that share the load (default: 1)', positiveInteger)
    .addOption(handlerOption().conflicts(['template', 'target']))
    .addOption(templateOption().conflicts('target'))
    .addOption(popsOption().conflicts('target'))
    .addOption(http2Option().conflicts('target'))
    .addOption(
      new Option('--authorizer-share', 'also measure hits without the authorizer').conflicts(['target', 'template']),
    )
    .addOption(
      new Option('--script <file>', 'your own k6 script: the same as load script FILE').conflicts([
        ...['scenario', 'target', 'rate', 'seconds', 'seed', 'authorizerShare'],
      ]),
    )
    .addOption(liveOption())
    .addOption(k6OutOption())
    .option('--target <url or file>', "a real distribution, or cdk's outputs file")
    .option('--tokens <file>', 'for --target: what edgeproof tokens wrote')
    .option('--paths <file>', 'existing paths, where no policy or target tells')
    .option('--i-may-load-test <why>', 'for --target: why more than a probe is allowed')
    .action((options: SharedOptions & RunOptions) => runStage(options, () => chosenStage(options)))
}

type RunOptions = Partial<RealLoadOptions & ScriptOptions>

async function chosenStage(given: RunOptions): Promise<Stage<RunOptions>> {
  const { script, target, tokens, iMayLoadTest } = given
  if (script !== undefined) {
    const { scriptStage } = await import('./script/script-stage.ts')
    return (context, options) => scriptStage(context, { ...options, script })
  }
  if (target !== undefined) {
    const { realLoadStage } = await import('./distribution/real-load-stage.ts')
    return (context, options) => realLoadStage(context, { ...options, target })
  }
  for (const [option, value] of Object.entries({ tokens, 'i-may-load-test': iMayLoadTest })) {
    if (value !== undefined) throw new UsageError(`--${option}: is for a real distribution; name it with --target`)
  }
  return (await import('./load-stage.ts')).loadStage
}

function scriptCommand(): Command {
  return stageCommand('script', 'your own k6 script against the local edge')
    .argument('<file>', 'it finds EDGEPROOF_URL, EDGEPROOF_TOKEN and EDGEPROOF_PATHS')
    .option('--env <name=value>', 'a variable, {url}, {token}, {path} filled in; repeatable', repeated)
    .option('--host <name>', 'requests to it go to the local edge; repeatable', repeated)
    .option('--segments <n>', 'k6 processes that share the load (default: 1)', positiveInteger)
    .addOption(handlerOption().conflicts('template'))
    .addOption(templateOption())
    .option('--paths <file>', 'existing paths, where no policy tells')
    .addOption(popsOption())
    .addOption(http2Option())
    .addOption(liveOption())
    .addOption(k6OutOption())
    .action((script: string, options: SharedOptions & Omit<ScriptOptions, 'script'>) =>
      runStage({ ...options, script }, async () => (await import('./script/script-stage.ts')).scriptStage),
    )
}

/** For commander: an option that may be repeated. */
function repeated(value: string, former: string[] = []): string[] {
  return [...former, value]
}

function handlerOption(): Option {
  return new Option('--handler <file>', "anybody's function, judged by --policy if given").conflicts('template')
}

function templateOption(): Option {
  return new Option('--template <file>', 'a synthesized template with its own function')
}

function popsOption(): Option {
  return new Option('--pops <n>', 'points of presence of the local edge (default: 1)').argParser(positiveInteger)
}

function http2Option(): Option {
  return new Option('--http2', 'HTTP/2 over TLS instead of plain HTTP/1.1')
}

function liveOption(): Option {
  return new Option('--live', 'say each second: rate, p50, p99, hits, errors')
}

function k6OutOption(): Option {
  return new Option('--k6-out <output>', "also an output of k6's, as csv=FILE; repeatable").argParser(repeated)
}

function mergeCommand(): Command {
  return stageCommand('merge', "no load: one result from k6's JSON output of several runners")
    .argument('<files...>', "k6's JSON output, gzipped or not")
    .action((files: string[], options: SharedOptions & Omit<MergeOptions, 'files'>) =>
      runStage({ ...options, files }, async () => (await import('./operator/merge-stage.ts')).mergeStage),
    )
}

function logsCommand(): Command {
  return stageCommand('logs', "no load: join the last run against --target with CloudFront's logs")
    .argument('<files...>', 'standard logs, W3C or JSON, gzipped or not')
    .action((files: string[], options: SharedOptions) =>
      runStage(
        { ...options, files },
        async () => (await import('./distribution/access-logs-stage.ts')).accessLogsStage,
      ),
    )
}

function operatorCommand(): Command {
  return loadCommand('operator', 'no load: manifests for the k6 operator, which runs k6 in a cluster')
    .option('--scenario <name>', 'smoke, steady, hostile, spike or soak (default: steady)')
    .option('--segments <n>', 'runners that share the load (default: 2)', positiveInteger)
    .requiredOption('--target <url or file>', "the distribution, or cdk's outputs file")
    .option('--tokens <file>', 'access tokens, as edgeproof tokens writes them')
    .option('--paths <file>', 'existing paths, one on each line')
    .option('--i-may-load-test <why>', 'your statement that more than a probe is allowed')
    .option('--results-claim <name>', 'volume claim of the results (default: edgeproof-results)')
    .action((options: SharedOptions & OperatorOptions) =>
      runStage(options, async () => (await import('./operator/operator-stage.ts')).operatorStage),
    )
}

function loadCommand(name: string, description: string): Command {
  return stageCommand(name, description)
    .option('--seconds <n>', "length of the load (default: the scenario's)", loadSeconds)
    .option('--rate <n>', "requests per second (default: the scenario's)", positiveNumber)
    .option('--seed <n>', 'of the random choices (default: 1)', positiveInteger)
}
