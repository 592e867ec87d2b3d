import type { Command } from 'commander'
import { typedCommand } from '../../command/typed-command.ts'
import { requireWritable } from '../../config/write-file.ts'
import type { GivenAnswers } from './questions.ts'

interface InitOptions extends GivenAnswers {
  dir: string
  handler?: string
}

export function registerInit(program: Command): void {
  program
    .command('init')
    .description('a policy, a configuration and a workflow for CI, from a few answers')
    .option('--provider <name>', 'cognito, auth0, okta, entra, keycloak or oidc')
    .option('--issuer <text>', "the pool's id, the domain, the tenant or the issuer")
    .option('--client <id>', 'the client whose tokens are accepted')
    .option('--audience <text>', 'of the API, where tokens name one')
    .option('--credential <place>', 'header, header:NAME or cookie:NAME (default: header)')
    .option(
      '--path <pattern>',
      'PATTERN, PATTERN=public or PATTERN=GROUP,GROUP; repeatable',
      (path: string, paths: string[] = []) => [...paths, path],
    )
    .option('--handler <file>', 'a handler of your own, for the workflow to attack')
    .option('--dir <dir>', 'where to write', '.')
    .addHelpText(
      'after',
      `\nWhat is not given is asked for. Example:\n  ${typedCommand("init --provider cognito --issuer us-east-1_EXAMPLE01 --client portal --path '/users/{sub}/*'")}`,
    )
    .action(async (options: InitOptions) => {
      const [{ answersFor }, { newPolicy }, { newFiles, writeNewFiles }] = await Promise.all([
        import('./questions.ts'),
        import('./new-policy.ts'),
        import('./new-files.ts'),
      ])
      requireWritable(options.dir, '--dir')
      const policy = newPolicy(await answersFor(options))
      const files = newFiles(policy, options.handler)
      writeNewFiles(options.dir, files)
      process.stdout.write(
        `${Object.keys(files).join('\n')}\n\nnext: ${typedCommand('check')} says who may read what\n`,
      )
    })
}
