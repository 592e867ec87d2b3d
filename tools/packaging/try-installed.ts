/**
 * Packs the package and tries it as users have it: installed from the registry into empty folders, with the oldest and the
 * newest aws-cdk-lib that it says it takes, from a CommonJS and from an ES module application, whose TypeScript is checked.
 * Prints a table; exit code 1 where an application fails. Takes about five minutes on two cores that have nothing else to do, most of it the registry and the compiler.
 * Usage: node tools/packaging/try-installed.ts [--node PROGRAM]   PROGRAM runs the applications; default the first node in PATH
 *        that is not this project's own, such as the Node 20 of an older machine.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { version } from '../../authorizer/version.ts'
import { readAction, runStep } from '../../testing/action-steps.ts'
import { application, bothBuckets, tsconfigs } from './application.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  peerDependencies: Record<string, string>
  devDependencies: Record<string, string>
}
const { values } = parseArgs({ options: { node: { type: 'string' } } })
const node = values.node ?? 'node'
/** npm puts the project's own programs first. */
const path = (process.env.PATH ?? '')
  .split(delimiter)
  .filter((place) => !place.startsWith(root) && !place.includes('node_modules'))
const env = { ...process.env, PATH: path.join(delimiter), CDK_VALIDATION: 'false' }

const scratch = mkdtempSync(join(tmpdir(), 'edgeproof-installed-'))
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }))
process.once('SIGINT', () => process.exit(130))

let failures = 0
const tarball = pack()
measureAlone()
await tryAction()
const oldest = manifest.peerDependencies['aws-cdk-lib']?.replace('^', '') ?? ''
const newest = manifest.devDependencies['aws-cdk-lib'] ?? ''
for (const version of [oldest, newest]) tryWithCdk(version)
process.exitCode = failures > 0 ? 1 : 0

function pack(): string {
  const printed = execFileSync('npm', ['pack', '--json', '--pack-destination', scratch], {
    cwd: root,
    encoding: 'utf8',
  })
  const [{ filename }] = JSON.parse(printed.slice(printed.indexOf('['))) as [{ filename: string }]
  return join(scratch, filename)
}

/** What `npm install edgeproof` costs somebody who has nothing yet. */
function measureAlone(): void {
  const folder = project('alone', 'commonjs')
  const printed = install(folder, [tarball])
  const lock = JSON.parse(readFileSync(join(folder, 'node_modules/.package-lock.json'), 'utf8')) as {
    packages: Record<string, { hasInstallScript?: boolean }>
  }
  const packages = Object.entries(lock.packages)
  const scripts = packages.filter(([, { hasInstallScript }]) => hasInstallScript).map(([name]) => name)
  const octets = globSync('node_modules/**/*', { cwd: folder })
    .map((name) => statSync(join(folder, name)))
    .reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0)
  row('edgeproof alone', `${(octets / 1e6).toFixed(1)} MB`, `${packages.length} packages`)
  row('packed', `${(statSync(tarball).size / 1e6).toFixed(1)} MB`)
  judge('install scripts', scripts.length === 0, scripts.join(', ') || 'none')
  const nodeVersion = run(folder, node, ['--version']).output.trim()
  const command = run(folder, node, ['node_modules/edgeproof/dist/cli.js', '--version'])
  judge(
    `edgeproof --version on Node ${nodeVersion}`,
    command.output.trim().split('\n').length === 1,
    command.output.trim(),
  )
  judge('warnings of npm', !printed.includes('npm warn'), printed.trim().split('\n').at(-1) ?? '')
}

/** The step of the action that installs, as on a runner whose cache has nothing. */
async function tryAction(): Promise<void> {
  const temporary = project('runner', 'commonjs')
  const started = performance.now()
  const installed = await runStep(readAction(join(root, 'action.yml')), 'Install edgeproof', {
    steps: { package: { spec: tarball } },
    cwd: temporary,
    env: { RUNNER_TEMP: temporary },
  })
  const seconds = `${Math.round((performance.now() - started) / 1000)} s`
  const program = join(temporary, 'edgeproof/node_modules/edgeproof/dist/cli.js')
  const { output } = run(temporary, process.execPath, [program, '--version'])
  judge('the action installs it', installed.status === 0 && output.trim() === version, `${seconds}, ${output.trim()}`)
}

function tryWithCdk(version: string): void {
  const packages = [
    tarball,
    `aws-cdk-lib@${version}`,
    'constructs',
    'typescript@5.9.3',
    'ts-node@10.9.2',
    '@types/node@20',
  ]
  const folder = project(`cdk-${version}`, 'commonjs')
  install(folder, packages)
  const copies = globSync('node_modules/**/aws-cdk-lib/package.json', { cwd: folder })
  judge(`aws-cdk-lib ${version}: one copy`, copies.length === 1, copies.join(' '))
  for (const { name, type, compilerOptions } of tsconfigs) {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ type }))
    writeFileSync(join(folder, 'app.ts'), application)
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.ts'] }))
    const compiled = run(folder, node, ['node_modules/typescript/bin/tsc', '--outDir', name])
    judge(`aws-cdk-lib ${version}: types, ${name}`, compiled.status === 0, firstLine(compiled.output))
    writeFileSync(join(folder, name, 'package.json'), JSON.stringify({ type }))
    const synthesized = run(folder, node, [join(name, 'app.js')])
    judge(
      `aws-cdk-lib ${version}: synth, ${name}`,
      synthesized.output.includes(bothBuckets),
      firstLine(synthesized.output),
    )
  }
  writeFileSync(join(folder, 'package.json'), '{}')
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: tsconfigs[0]?.compilerOptions }))
  const started = run(folder, node, ['--require', 'ts-node/register', 'app.ts'])
  judge(`aws-cdk-lib ${version}: ts-node`, started.output.includes(bothBuckets), firstLine(started.output))
}

function project(name: string, type: string): string {
  const folder = join(scratch, name)
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type }))
  return folder
}

function install(folder: string, packages: readonly string[]): string {
  const { status, output } = run(folder, 'npm', ['install', '--no-audit', '--no-fund', ...packages])
  if (status !== 0) throw new Error(`npm install fails: ${output}`)
  return output
}

function run(cwd: string, program: string, args: readonly string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, env, encoding: 'utf8' })
  return { status, output: stdout + stderr }
}

function firstLine(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '')
  return (lines.find((line) => /error/i.test(line) && line.length < 400) ?? lines[0] ?? '').slice(0, 200)
}

function judge(what: string, holds: boolean, detail: string): void {
  if (!holds) failures += 1
  row(what, holds ? 'holds' : 'FAILS', detail)
}

function row(...cells: string[]): void {
  console.log(`| ${cells.join(' | ')} |`)
}
