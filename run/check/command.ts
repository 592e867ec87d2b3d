import { type Command, Option } from 'commander'
import { runStage, type SharedOptions, stageCommand } from '../../command/run-stage.ts'
import type { CheckOptions } from './check-stage.ts'
import { checkText } from './check-text.ts'

export function registerCheck(program: Command): void {
  program.addCommand(
    stageCommand('check', 'who may read what under a policy, and what is dangerous in it; or one request')
      .option('--uri <path>', 'a request: allow or deny, by which route and which rule')
      .option('--query <text>', 'its query string')
      .option('--method <name>', 'its method (default: GET)')
      .option(
        '--header <line>',
        "'name: value', as often as there are headers",
        (line: string, lines: string[] = []) => [...lines, line],
      )
      .option('--claims <file or json>', 'of its token; what the policy needs besides is added, and named')
      .option('--provider <name>', "whose token (default: by iss, the route's, or the first)")
      .option('--cookie', "the token is in the policy's cookie")
      .addOption(new Option('--expect <decision>', 'fail where it is the other').choices(['allow', 'deny']))
      .action((options: SharedOptions & CheckOptions) =>
        runStage(options, async () => (await import('./check-stage.ts')).checkStage, {
          present: checkText,
        }),
      ),
  )
}
