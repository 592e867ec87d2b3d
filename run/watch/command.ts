import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import { typedCommand } from '../../command/typed-command.ts'
import { loadConfig } from '../../config/load-config.ts'
import { UsageError } from '../../config/usage-error.ts'

interface WatchCommandOptions {
  config?: string
  policy?: string
  handler?: string
}

export function registerWatch(program: Command): void {
  program
    .command('watch')
    .description(
      'after each change of policy or handler: what it opened, its dangers, every route, a second of attacks',
    )
    .option('--config <file>', 'configuration (default: edgeproof.config.ts, .mjs, .js or .json here, else the demo)')
    .option('--policy <file>', "a policy as JSON, instead of the configuration's own")
    .option('--handler <file>', 'a handler of your own, as deployed (default: our authorizer, built with the policy)')
    .addHelpText('after', `\nExample:\n  ${typedCommand('watch --handler dist/index.js --policy policy.json')}`)
    .action(async (options: WatchCommandOptions) => {
      if (options.handler !== undefined && !existsSync(options.handler)) {
        throw new UsageError(`${options.handler}: not found; pass --handler FILE, as it is deployed`)
      }
      const { config, file } = await loadConfig(options)
      const [{ watchFiles }, { roundText }] = await Promise.all([import('./watch.ts'), import('./round-text.ts')])
      const controller = new AbortController()
      const stop = () => controller.abort()
      process.once('SIGINT', stop).once('SIGTERM', stop)
      const handlerFile = options.handler ?? config.handler?.file
      // A configuration may take its policy from the file beside it.
      const beside = options.policy === undefined ? 'policy.json' : file
      const files = [...new Set([options.config ?? file, file, beside, handlerFile ?? file])]
      const write = (text: string) => void process.stdout.write(`${text}\n`)
      write(`watching ${files.filter((one) => existsSync(one)).join(', ')}`)
      await watchFiles({
        ...options,
        files,
        handlerFile,
        signal: controller.signal,
        onRound: (changed) => changed.length > 0 && write(`\n${changed.join(', ')} changed`),
        onGone: (gone) => write(`\n${gone} is gone: waiting for it`),
        onAnswer: (answer, milliseconds) => write(roundText(answer, milliseconds)),
      })
      process.off('SIGINT', stop).off('SIGTERM', stop)
    })
}
