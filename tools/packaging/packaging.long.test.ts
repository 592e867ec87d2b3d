import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { buildSync } from 'esbuild'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { version } from '../../authorizer/version.ts'
import { bundleAuthorizer } from '../../build/bundle.ts'
import { createStandInRepository } from '../../gate/stand-in-repository.ts'
import { readAction, runAction } from '../../testing/action-steps.ts'
import { application, bothBuckets } from './application.ts'
import { packageOf, specifiers } from './module-specifiers.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
interface Manifest {
  dependencies: Record<string, string>
  optionalDependencies: Record<string, string>
  peerDependencies: Record<string, string>
  devDependencies: Record<string, string>
}
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest
const run = promisify(execFile)

/** A project elsewhere that has the packed package, and of other packages only those that npm would install with it. */
const project = mkdtempSync(join(tmpdir(), 'edgeproof-package-'))
/** The same with the optional peers of a CDK application. */
const cdkProject = mkdtempSync(join(tmpdir(), 'edgeproof-cdk-app-'))
const installed = join(project, 'node_modules/edgeproof')
let tarball: string

beforeAll(() => {
  const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', project], { cwd: root, encoding: 'utf8' })
  const [{ filename }] = JSON.parse(packed.slice(packed.indexOf('['))) as [{ filename: string }]
  tarball = join(project, filename)
  const own = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.optionalDependencies)]
  install(project, own)
  install(cdkProject, [...own, 'aws-cdk-lib', 'constructs', '@types/node'])
}, 300_000)

afterAll(() => {
  for (const folder of [project, cdkProject]) rmSync(folder, { recursive: true, force: true })
})

function install(folder: string, packages: readonly string[]): void {
  mkdirSync(join(folder, 'node_modules/edgeproof'), { recursive: true })
  execFileSync('tar', ['-xzf', tarball, '-C', join(folder, 'node_modules/edgeproof'), '--strip-components=1'])
  for (const name of packages) {
    if (!existsSync(join(root, 'node_modules', name))) continue
    const place = join(folder, 'node_modules', name)
    mkdirSync(dirname(place), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), place)
  }
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
}

const edgeproof = (...args: string[]) =>
  run(process.execPath, [join(installed, 'dist/cli.js'), ...args], { cwd: project }).then(({ stdout }) => stdout)

const policy = {
  issuer: 'https://issuer.example',
  clientIds: ['client'],
  tokenUse: null,
  routes: [{ path: '/{sub}/*' }],
}

describe('what is installed', () => {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; optional?: boolean; hasInstallScript?: boolean }>
  }
  const users = Object.entries(lock.packages).filter(([name, { dev }]) => name !== '' && !dev)

  test('is few packages, and none has an install script', () => {
    expect(users.filter(([, { hasInstallScript }]) => hasInstallScript)).toEqual([])
    // One of the optional ones fits a system: esbuild's and oxc-parser's programs.
    expect(users.filter(([, { optional }]) => !optional).length).toBeLessThan(40)
  })

  test('has every package that a module imports, or it is an optional peer, for development, or packed', () => {
    // k6 brings its own modules; edgeproof's name stands in the text of an example.
    const known = {
      k6: '',
      edgeproof: '',
      ...manifest.dependencies,
      ...manifest.peerDependencies,
      ...manifest.devDependencies,
    }
    const modules = globSync('dist/**/*.js', { cwd: installed, exclude: ['dist/vendor/**'] })
    const imported = modules.flatMap((file) => specifiers(readFileSync(join(installed, file), 'utf8')))
    const packages = new Set(imported.map(packageOf).filter((name) => name !== null && !isBuiltin(name)))
    expect([...packages].filter((name) => name !== null && !(name in known))).toEqual([])
    expect(modules.length).toBeGreaterThan(300)
  })

  test('has the programs of the esbuild whose code is packed', () => {
    expect(new Set(Object.values(manifest.optionalDependencies))).toEqual(new Set([manifest.devDependencies.esbuild]))
  })

  test('says whose code is packed, with the licence', () => {
    const notices = readFileSync(join(installed, 'dist/THIRD-PARTY.md'), 'utf8')
    for (const name of ['echarts', 'zrender', 'esbuild', 'commander', 'fast-jwt', 'axios'])
      expect(notices).toMatch(new RegExp(`^## ${name} \\d+\\.\\d+\\.\\d+ \\(.+\\)$`, 'm'))
  })

  test('has what its Markdown files link to', () => {
    const missing = globSync('**/*.md', { cwd: installed, exclude: ['dist/vendor/**'] }).flatMap((file) =>
      [...readFileSync(join(installed, file), 'utf8').matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)]
        .map(([, link = '']) => link)
        .filter((link) => !/^[a-z]+:/.test(link) && !file.startsWith('dist/'))
        .filter((link) => !existsSync(join(installed, dirname(file), link)))
        .map((link) => `${file}: ${link}`),
    )
    expect(missing).toEqual([])
  })
})

describe('the command', () => {
  test('builds the same bytes as here, and attacks what it built', async () => {
    writeFileSync(join(project, 'policy.json'), JSON.stringify(policy))
    const built = JSON.parse(await edgeproof('build', '--policy', 'policy.json', '--json')) as { verdict: string }
    expect(built.verdict).toBe('pass')
    const program = readFileSync(join(project, 'results/index.js'), 'utf8').replace(/^.*\n/, '')
    const digest = (text: string) => createHash('sha256').update(text).digest('hex')
    const { program: own } = bundleAuthorizer(policy as never, { snapshots: false })
    expect(digest(program)).toBe(digest(own))
    const options = ['--handler', 'results/index.js', '--policy', 'policy.json', '--runs', '300', '--json']
    expect(JSON.parse(await edgeproof('fuzz', ...options))).toMatchObject({
      schema: 'edgeproof/fuzz@1',
      verdict: 'pass',
    })
  }, 300_000)

  test('finds a flaw of sign-in, whose handler is an edit of a text that is packed', () => {
    const options = ['effectiveness', '--flaw', 'sign-in-answers-cacheable', '--seeds', '1', '--json']
    const { stdout } = spawnSync(process.execPath, [join(installed, 'dist/cli.js'), 'fuzz', ...options], {
      cwd: project,
      encoding: 'utf8',
    })
    expect(JSON.parse(stdout).checks).toContainEqual(expect.objectContaining({ id: 'effectiveness.full', value: 1 }))
  }, 60_000)

  test('needs no peer to attack one, and says in one line what else it needs', async () => {
    const attacked = JSON.parse(await edgeproof('fuzz', '--target', 'aws-jwt-verify', '--runs', '20', '--json'))
    expect(attacked).toMatchObject({ schema: 'edgeproof/fuzz@1' })
    const { status, stderr } = spawnSync(process.execPath, [join(installed, 'dist/cli.js'), 'load', '--seconds', '1'], {
      cwd: project,
      encoding: 'utf8',
    })
    expect([status, stderr.trim()]).toEqual([
      2,
      `edgeproof: this needs aws-cdk-lib, which is not installed: npm install --save-dev aws-cdk-lib@${manifest.devDependencies['aws-cdk-lib']}`,
    ])
  }, 300_000)
})

test('the action, from its cache, fails a repository whose handler lets everybody in, and says so in SARIF', async () => {
  using repository = createStandInRepository()
  writeFileSync(join(project, 'open.cjs'), 'exports.handler = async ({ Records: [{ cf }] }) => cf.request')
  writeFileSync(join(project, 'policy.json'), JSON.stringify(policy))
  const runner = join(project, 'runner')
  mkdirSync(join(runner, 'edgeproof'), { recursive: true })
  symlinkSync(join(project, 'node_modules'), join(runner, 'edgeproof/node_modules'))
  const out = join(project, 'checked')
  const runs = await runAction(readAction(join(root, 'action.yml')), {
    inputs: {
      ...{ package: tarball, handler: join(project, 'open.cjs'), policy: join(project, 'policy.json'), out },
      ...{ seconds: '12', seed: '1', base: 'main', methods: 'size', 'calibrate-minutes': '0' },
    },
    steps: { installed: { 'cache-hit': 'true' } },
    github: { action_path: root, event_name: 'push' },
    cwd: repository.root,
    env: { RUNNER_TEMP: runner },
  })
  expect(Object.keys(runs)).toEqual([
    'Look for Node 24',
    'Choose the package',
    'Fetch the base',
    'Calibrate this runner',
    'Gate',
    'Fuzz',
    'Report',
    'Verdict',
  ])
  expect(runs.Gate?.outputs).toEqual({ verdict: 'pass' })
  expect(runs.Fuzz?.outputs).toEqual({ verdict: 'fail' })
  expect([runs.Verdict?.status, runs.Verdict?.outputs]).toEqual([1, { verdict: 'fail' }])
  const { runs: tools } = JSON.parse(readFileSync(join(out, 'edgeproof.sarif'), 'utf8')) as {
    runs: { tool: { driver: { name: string } }; results: unknown[] }[]
  }
  expect(tools.find(({ tool }) => tool.driver.name === 'edgeproof fuzz')?.results.length).toBeGreaterThan(0)
}, 300_000)

describe('as a library', () => {
  test('the authorizer alone is small in a bundle', () => {
    const contents = "export { createAuthorizer } from 'edgeproof/authorizer'"
    const { outputFiles } = buildSync({
      stdin: { contents, resolveDir: project },
      bundle: true,
      minify: true,
      platform: 'node',
      write: false,
    })
    expect(outputFiles[0]?.contents.length).toBeLessThan(40_000)
  })

  test('a user writes a configuration in TypeScript and finds types and values', async () => {
    const demo = readFileSync(join(root, 'edgeproof.config.ts'), 'utf8')
    writeFileSync(join(project, 'edgeproof.config.ts'), demo.replace('./config/config.ts', 'edgeproof'))
    const weighed = JSON.parse(await edgeproof('size', '--config', 'edgeproof.config.ts', '--json'))
    expect(weighed).toMatchObject({ verdict: 'pass' })
  }, 120_000)

  test.each([
    ['commonjs', olderNode() ?? process.execPath],
    ['module', process.execPath],
  ])(
    'an application for CDK compiles and synthesizes, of type %s',
    async (type, node) => {
      writeFileSync(join(cdkProject, 'package.json'), JSON.stringify({ type }))
      writeFileSync(join(cdkProject, 'app.ts'), application)
      const compilerOptions = {
        module: 'nodenext',
        target: 'es2022',
        strict: true,
        skipLibCheck: true,
        types: ['node'],
      }
      writeFileSync(join(cdkProject, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.ts'] }))
      const tsc = createRequire(import.meta.url).resolve('typescript/package.json')
      await run(process.execPath, [join(dirname(tsc), 'bin/tsc'), '-p', cdkProject])
      const { stdout } = await run(node, ['app.js'], { cwd: cdkProject })
      expect(stdout).toContain(bothBuckets)
    },
    240_000,
  )

  test.skipIf(olderNode() === null)('on an older Node it loads, and the command says one line', () => {
    const node = olderNode() ?? ''
    for (const entry of ['edgeproof', 'edgeproof/authorizer', 'edgeproof/infra']) {
      const text = `Object.keys(require('${entry}')).length > 0 && import('${entry}').then(() => console.log('both'))`
      const { stdout, stderr } = spawnSync(node, ['-e', text], { cwd: cdkProject, encoding: 'utf8' })
      expect([entry, stdout, stderr]).toEqual([entry, 'both\n', ''])
    }
    const command = spawnSync(node, [join(installed, 'dist/cli.js'), '--version'], { encoding: 'utf8' })
    expect([command.status, command.stdout]).toEqual([2, ''])
    expect(command.stderr).toMatch(/^edgeproof: needs Node 24 or newer, and this is \d+\.\d+\.\d+\n$/)
  })

  test('the version is printed', async () => {
    expect(await edgeproof('--version')).toBe(`${version}\n`)
  })

  test('publint and "are the types wrong?" find nothing', async () => {
    const { messages, pkg } = await publint({ pkgDir: installed, strict: true })
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([])
    const analysis = await checkPackage(createPackageFromTarballData(readFileSync(tarball)))
    const problems = 'problems' in analysis ? analysis.problems : ['no types']
    // A JSON file has no types, and resolution without "exports" finds none below schemas/.
    expect(problems.filter((problem) => !JSON.stringify(problem).includes('./schemas/'))).toEqual([])
  }, 120_000)
})

/** The first Node of the path that is not this project's own and is older: the construct must load there. */
function olderNode(): string | null {
  const places = (process.env.PATH ?? '').split(delimiter).filter((place) => !place.includes('node_modules'))
  const node = places.map((place) => join(place, 'node')).find((file) => existsSync(file))
  if (node === undefined) return null
  const major = Number(spawnSync(node, ['-p', 'process.versions.node.split(".")[0]'], { encoding: 'utf8' }).stdout)
  return major >= 20 && major < 24 ? node : null
}
