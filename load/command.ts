import type { Command } from 'commander'
import { runStage, type SharedOptions, stageCommand } from '../command/run-stage.ts'
import type { Stage } from '../command/stage.ts'
import { UsageError } from '../config/usage-error.ts'
import { registerEdge } from '../edge/command.ts'
import type { CapacityOptions } from './capacity-stage.ts'
import type { AccessLogsOptions } from './distribution/access-logs-stage.ts'
import type { RealLoadOptions } from './distribution/real-load-stage.ts'
import type { TokensOptions } from './distribution/tokens-stage.ts'
import type { LoadOptions } from './load-stage.ts'
import { loadSeconds, positiveInteger, positiveNumber } from './number-option.ts'
import type { MergeOptions } from './operator/merge-stage.ts'
import type { OperatorOptions } from './operator/operator-stage.ts'

export function registerLoad(program: Command): void {
  registerEdge(program)
  program.addCommand(
    stageCommand('load', 'k6 against the local edge, with cache-hit measurement')
      .option(
        '--scenario <name>',
        'smoke, steady, cold-cache, token-churn, hostile, spike, key-rotation, issuer-outage, soak or breakpoint (default: smoke)',
      )
      .option('--seconds <n>', "length of the load (default: the scenario's)", loadSeconds)
      .option('--rate <n>', "requests per second (default: the scenario's)", positiveNumber)
      .option('--segments <n>', 'k6 processes that share the load (default: 1)', positiveInteger)
      .option('--pops <n>', 'points of presence of the local edge (default: 1)', positiveInteger)
      .option('--seed <n>', 'of the random choice of users and objects (default: 1)', positiveInteger)
      .option('--authorizer-share', 'also measure hits without the authorizer')
      .option('--target <url or file>', "a real distribution, or cdk's outputs file, instead of the local edge")
      .option('--tokens <file>', 'for --target: access tokens, as edgeproof tokens writes them')
      .option('--paths <file>', 'for --target: existing paths, one on each line')
      .option('--i-may-load-test <why>', 'for --target: your statement that more than a probe is allowed')
      .option('--access-logs <files...>', "no load: join the last --target run with CloudFront's logs")
      .option('--engine <name>', 'k6-operator: write manifests for --target instead of running k6 here')
      .option('--results-claim <name>', 'for k6-operator: volume claim of the results (default: edgeproof-results)')
      .option('--merge <files...>', "no load: one result from k6's JSON output of several runners")
      .action((options: SharedOptions & AnyLoadOptions) => runStage(options, () => chosenStage(options))),
  )
  program.addCommand(
    stageCommand('capacity', 'the highest load that still meets the objectives, with its interval')
      .option('--scenario <name>', 'as for load (default: steady)')
      .option('--seconds <n>', 'length of each probe (default: 8)', loadSeconds)
      .option('--from <n>', 'first rate, in requests per second (default: 200)', positiveInteger)
      .option('--most <n>', 'rates above are not tried (default: 20000)', positiveInteger)
      .option('--repeats <n>', 'how often the knee is searched (default: 3)', positiveInteger)
      .option('--seed <n>', 'of the random choice of users and objects (default: 1)', positiveInteger)
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

type AnyLoadOptions = LoadOptions &
  Partial<RealLoadOptions & AccessLogsOptions & MergeOptions & OperatorOptions> & { engine?: string }

async function chosenStage(given: AnyLoadOptions): Promise<Stage<SharedOptions & AnyLoadOptions>> {
  const { accessLogs, target, merge, engine } = given
  if (engine !== undefined && engine !== 'k6-operator')
    throw new UsageError(`--engine: no engine "${engine}"; there is k6-operator`)
  if (engine !== undefined && target === undefined)
    throw new UsageError('--engine: k6-operator needs --target: no cluster reaches this machine')
  if (merge) {
    const { mergeStage } = await import('./operator/merge-stage.ts')
    return (context, options) => mergeStage(context, { ...options, merge })
  }
  if (engine !== undefined && target !== undefined) {
    const { operatorStage } = await import('./operator/operator-stage.ts')
    return (context, options) => operatorStage(context, { ...options, target })
  }
  if (accessLogs) {
    const { accessLogsStage } = await import('./distribution/access-logs-stage.ts')
    return (context, options) => accessLogsStage(context, { ...options, accessLogs })
  }
  if (target !== undefined) {
    const { realLoadStage } = await import('./distribution/real-load-stage.ts')
    return (context, options) => realLoadStage(context, { ...options, target })
  }
  return (await import('./load-stage.ts')).loadStage
}
