import type { Command } from 'commander'
import { runStage, type SharedOptions, stageCommand } from '../command/run-stage.ts'
import { terminalTable } from '../command/terminal.ts'
import type { Discovery } from './discovered-policy.ts'

interface BuildOptions extends SharedOptions {
  discover?: boolean
}

export function registerBundle(program: Command): void {
  program.addCommand(
    stageCommand('build', 'the bundle and its zip, with the policy baked in')
      .option(
        '--discover',
        "fill in what signIn leaves out, from the issuer's .well-known/openid-configuration, and show it",
      )
      .action(build),
  )
}

async function build(options: BuildOptions): Promise<void> {
  let discovery: Discovery | undefined
  await runStage(
    options,
    async () => {
      const { buildStage } = await import('./build-stage.ts')
      return (context) => buildStage(context, discovery ? { discovery } : {})
    },
    {
      present: (result) => `${discovery ? `${discoveryText(discovery)}\n` : ''}${terminalTable([result])}`,
      ...(options.discover && {
        complete: async (policy, place) => {
          const { discover } = await import('./discovered-policy.ts')
          discovery = await discover(policy, place)
          return discovery.policy
        },
      }),
    },
  )
}

function discoveryText({ url, filledIn, notes }: Discovery): string {
  const isAll = Object.keys(filledIn).length === 0
  return [
    isAll ? `${url}: the policy leaves out nothing that it states` : `filled in from ${url}:`,
    ...(isAll ? [] : [JSON.stringify(filledIn, null, 2), 'write that into the policy, and the next build asks nobody']),
    ...notes,
    '',
  ].join('\n')
}
