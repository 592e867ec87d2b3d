/**
 * Tries the constructs with releases of aws-cdk-lib other than the pinned one, each installed beside a copy of the sources.
 * Usage: node tools/cdk-releases/try.ts [RELEASE …]; default the floor and the newest. Downloads some 20 MB for each.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What `peerDependencies` may go down to. */
const floor = '2.200.0'
const nag = '2.38.2'

const root = fileURLToPath(new URL('../../', import.meta.url))
const sources = [
  'authorizer',
  'build',
  'config',
  'command',
  'infra',
  'testing',
  'result',
  'tools',
  'cdk.json',
  'package.json',
]
const releases = process.argv.length > 2 ? process.argv.slice(2) : [floor, 'latest']

for (const release of releases) {
  const directory = mkdtempSync(join(tmpdir(), 'edgeproof-cdk-release-'))
  try {
    const installed = join(directory, 'installed')
    mkdirSync(installed)
    writeFileSync(join(installed, 'package.json'), '{ "private": true }')
    const packages = [`aws-cdk-lib@${release}`, `cdk-nag@${nag}`, 'constructs@^10.0.0']
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...packages], { cwd: installed })
    const project = join(directory, 'project')
    mkdirSync(project)
    for (const source of sources) cpSync(join(root, source), join(project, source), { recursive: true })
    mkdirSync(join(project, 'node_modules'))
    // Packages that are linked find what they need where they are; these two are the ones that are tried.
    const link = (name: string, from: string) =>
      symlinkSync(join(from, 'node_modules', name), join(project, 'node_modules', name))
    for (const name of ['aws-cdk-lib', 'constructs', 'cdk-nag']) link(name, installed)
    for (const name of ['zod', 'esbuild', 'leven']) link(name, root)
    const { version } = JSON.parse(
      execFileSync(process.execPath, ['-p', 'JSON.stringify(require("aws-cdk-lib/package.json"))'], {
        cwd: project,
        encoding: 'utf8',
      }),
    )
    const probe = join(project, 'tools/cdk-releases/probe.ts')
    const said = execFileSync(process.execPath, [probe], {
      cwd: directory,
      encoding: 'utf8',
      env: { ...process.env, CDK_OUTDIR: join(directory, 'cdk.out'), CDK_VALIDATION: 'false' },
    })
    console.log(`aws-cdk-lib ${version}: ${said.trim()}`)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
