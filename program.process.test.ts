import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Command, CommanderError } from 'commander'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { version } from './authorizer/version.ts'
import { createProgram } from './program.ts'

const directory = mkdtempSync(join(tmpdir(), 'edgeproof-program-'))
afterAll(() => rmSync(directory, { recursive: true }))
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  process.exitCode = undefined
})

function file(name: string, content: string): string {
  const path = join(directory, name)
  writeFileSync(path, content)
  return path
}

const policy = {
  issuer: 'https://issuer.example',
  clientIds: ['c'],
  routes: [{ path: '/public/*', public: true }, { path: '/*' }],
}
const config = file('config.json', JSON.stringify({ policy }))
const paths = file('paths.txt', '/public/a')
const out = join(directory, 'results')
const shared = ['--config', config, '--out', out, '--json']

/** A command's document, exit code and what commander wrote; a mistake that a stage finds is thrown. */
async function edgeproof(...args: string[]) {
  const stdout = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const written = ({ mock }: typeof stdout) => mock.calls.map(([text]) => String(text)).join('')
  try {
    await createProgram().parseAsync(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
  }
  return { stdout: written(stdout), stderr: written(stderr), exitCode: process.exitCode }
}

/** Ctrl-C as soon as the command listens for it. */
function interruptAtOnce(): void {
  process.on('newListener', function listen(event) {
    if (event !== 'SIGTERM') return
    process.off('newListener', listen)
    queueMicrotask(() => process.emit('SIGINT'))
  })
}

test('--version prints the version and nothing else', async () => {
  expect(await edgeproof('--version')).toMatchObject({ stdout: `${version}\n`, stderr: '' })
})

describe('help', () => {
  const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)]
  const pathOf = (command: Command): string => (command.parent ? `${pathOf(command.parent)} ` : '') + command.name()
  const commands = all(createProgram()).map((command) => [pathOf(command), command] as const)

  test('there is one for every command', () => {
    expect(commands.map(([path]) => path.replace(/^edgeproof ?/, ''))).toEqual(
      expect.arrayContaining([
        ...['run', 'build', 'size', 'bench', 'gate', 'edge', 'capacity', 'report'],
        ...[
          'fuzz',
          'fuzz run',
          'fuzz replay',
          'fuzz exhaustive',
          'fuzz effectiveness',
          'fuzz rates',
          'fuzz wycheproof',
        ],
        ...['load', 'load run', 'load script', 'load merge', 'load logs', 'load operator'],
      ]),
    )
    for (const [path, command] of commands) expect(command.helpInformation()).toContain(`Usage: npx ${path} [`)
  })

  test.each(commands.slice(1))('of %s ends with an example that its parser takes', async (path, command) => {
    const { stdout } = await edgeproof(...path.split(' ').slice(1), '--help')
    const [, ...words] =
      /^(?:Example: | {2})(?:npx edgeproof|edgeproof|npm run -s edgeproof --) (.+)$/m.exec(stdout)?.[1]?.split(' ') ??
      []
    expect(words).not.toEqual([])
    const options = command.commands.flatMap((sub) => sub.options).concat(command.options)
    for (const word of words.filter((each) => each.startsWith('--')))
      expect(options.map(({ long }) => long)).toContain(word)
  })

  test.each(commands.filter(([path]) => / (fuzz|load)\b/.test(path)))(
    'of %s keeps to a page of 80 columns',
    async (path) => {
      const { stdout } = await edgeproof(...path.split(' ').slice(1), '--help')
      const lines = stdout.trimEnd().split('\n')
      expect(lines[0]).toContain(path)
      expect(lines.length).toBeLessThanOrEqual(52)
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
    },
  )
})

describe('a subcommand does what it is named after', () => {
  const corpus = join(import.meta.dirname, 'fuzz', 'corpus')
  const [stored = ''] = readdirSync(corpus).filter((name) => name.endsWith('.json'))

  test.each<[command: string, args: string[], line: RegExp]>([
    ['fuzz', ['--shard', '3/2'], /--shard: "3\/2" should be i\/n/],
    ['fuzz run', ['--shard', '3/2'], /--shard: "3\/2" should be i\/n/],
    ['fuzz replay', [config], /config\.json: name: .*; pass a file that edgeproof fuzz wrote/],
    ['fuzz effectiveness', ['--flaw', 'no-such'], /--flaw no-such: no flaw of the catalogue/],
    ['load', ['--scenario', 'none'], /scenario: no scenario "none"/],
    ['load run', ['--scenario', 'none'], /scenario: no scenario "none"/],
    ['load run', ['--target', 'https://d1.cloudfront.net'], /--paths: missing; a real target needs/],
    ['load merge', [config, config], /config\.json: holds no sample of edgeproof's script/],
    ['load logs', [config], /load-requests\.ndjson: not found; run "npx edgeproof load --target URL" first/],
    [
      'load operator',
      ['--target', 'http://127.0.0.1', '--paths', paths],
      /127.0.0.1 is this machine, which no cluster reaches/,
    ],
  ])('%s', async (command, args, line) => {
    await expect(edgeproof(...command.split(' '), ...args, ...shared)).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(line),
    })
  })

  test('fuzz replay judges the stored case', async () => {
    const { stdout, exitCode } = await edgeproof('fuzz', 'replay', join(corpus, stored), ...shared)
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'edgeproof/replay@1',
      inputs: { replay: join(corpus, stored) },
      verdict: 'pass',
    })
    expect(exitCode).toBe(0)
    expect(readdirSync(out)).toContain('replay.json')
  })

  test('fuzz wycheproof says that there are no vectors', async () => {
    vi.stubEnv('WYCHEPROOF_DIR', '')
    const { stdout, exitCode } = await edgeproof('fuzz', 'wycheproof', ...shared)
    expect(JSON.parse(stdout).checks).toMatchObject([{ id: 'fuzz.wycheproof', verdict: 'not-measured' }])
    expect(exitCode).toBe(3)
  })

  test('fuzz rates, interrupted, has measured nothing', async () => {
    interruptAtOnce()
    const { stdout, exitCode } = await edgeproof('fuzz', 'rates', '--seed', '7', ...shared)
    const document = JSON.parse(stdout)
    expect(document.inputs).toMatchObject({ target: 'edgeproof', seed: '7' })
    expect(document.checks).toMatchObject([
      { id: 'fuzz.rate.no-signature', value: null },
      { id: 'fuzz.rate.mix', value: null },
      { id: 'fuzz.rate.first-pass', value: null },
    ])
    expect(exitCode).toBe(130)
  })
})

describe('a mistake on the command line is one line', () => {
  test.each<[args: string, line: RegExp]>([
    ['attack', /unknown command 'attack'/],
    ['build --nope', /unknown option '--nope'/],
    ['build --jsn', /unknown option '--jsn' \(Did you mean --json\?\)/],
    [
      'fuzz attack',
      /unknown command 'fuzz attack'; choose one of run, replay, exhaustive, effectiveness, rates, wycheproof/,
    ],
    ['load attack', /unknown command 'load attack'; choose one of run, script, merge, logs, operator/],
    ['fuzz --effectiveness', /unknown option '--effectiveness'/],
    ['fuzz rates --runs 3', /unknown option '--runs'/],
    ['fuzz replay', /missing required argument 'file'/],
    ['fuzz --seconds 0', /should be a number over 0/],
    ['fuzz --target ours --handler a.js', /'--target <name>' cannot be used with option '--handler <file>'/],
    ['load run files', /too many arguments for 'run'/],
    ['load --pops 2 --target https://d1.cloudfront.net', /'--pops <n>' cannot be used with option '--target/],
    ['load operator', /required option '--target <url or file>' not specified/],
  ])('%s', async (args, line) => {
    const { stdout, stderr } = await edgeproof(...args.split(' '))
    expect(stderr).toMatch(line)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(stdout).toBe('')
  })

  test('what is only for a real distribution needs one', async () => {
    await expect(edgeproof('load', '--i-may-load-test', 'it is mine', ...shared)).rejects.toThrow(
      '--i-may-load-test: is for a real distribution; name it with --target',
    )
  })
})
