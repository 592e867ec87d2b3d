import { Command } from 'commander'

/** A command made of several; without one of their names it means the first. */
export function commandGroup(name: string, description: string, commands: readonly [Command, ...Command[]]): Command {
  const [first] = commands
  const group = new Command(name)
    .description(description)
    .usage('[command] [options]')
    .addHelpText('after', `\n${name} alone means ${name} ${first.name()}. Each command has a --help of its own.`)
  for (const command of commands) group.addCommand(command, { isDefault: command === first })
  // commander takes a word that names none of them for an argument of the first.
  return group.hook('preSubcommand', (_, chosen) => {
    const [word = ''] = group.args
    if (word === '' || word.startsWith('-') || word === chosen.name()) return
    const names = commands.map((command) => command.name()).join(', ')
    group.error(`error: unknown command '${name} ${word}'; choose one of ${names}`)
  })
}
