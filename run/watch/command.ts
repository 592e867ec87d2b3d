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
    .description('after each change of policy or handler: its dangers, every route, a second of attacks')
    .option('--config <file>', 'configuration (default: edgeproof.config.ts, .mjs, .js or .json here, else the demo)')
    .option('--policy <file>', "a policy as JSON, instead of the configuration's own")
    .option('--handler <file>', 'a handler of your own, as deployed (default: our authorizer, built with the policy)')
    .addHelpText('after', `\nExample:\n  ${typedCommand('watch --handler dist/index.js --policy policy.json')}`)
    .action(async (options: WatchCommandOptions) => {
      if (options.handler !== undefined && !existsSync(options.handler)) {
        throw new UsageError(`${options.handler}: not found; pass --handler FILE, as it is deployed`)
      }
      const { file } = await loadConfig(options)
      const [{ watchFiles }, { roundText }] = await Promise.all([import('./watch.ts'), import('./round-text.ts')])
      const controller = new AbortController()
      const stop = () => controller.abort()
      process.once('SIGINT', stop).once('SIGTERM', stop)
      // A configuration may take its policy from the file beside it.
      const files = [...new Set([file, 'policy.json', ...(options.handler === undefined ? [] : [options.handler])])]
      await watchFiles({
        ...options,
        files,
        signal: controller.signal,
        onAnswer(answer, milliseconds, changed) {
          const head = changed.length === 0 ? `watching ${files.join(', ')}` : `${changed.join(', ')} changed`
          process.stdout.write(`\n${head}\n${roundText(answer, milliseconds)}\n`)
        },
      })
      process.off('SIGINT', stop).off('SIGTERM', stop)
    })
}
