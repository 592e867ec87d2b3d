import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>
}
const run = promisify(execFile)

/** A project elsewhere that has the packed package, and of other packages only what the package says it depends on. */
const project = mkdtempSync(join(tmpdir(), 'edgeproof-package-'))
const installed = join(project, 'node_modules/edgeproof')
let tarball: string

beforeAll(() => {
  const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', project], { cwd: root, encoding: 'utf8' })
  const [{ filename }] = JSON.parse(packed.slice(packed.indexOf('['))) as [{ filename: string }]
  tarball = join(project, filename)
  mkdirSync(installed, { recursive: true })
  execFileSync('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1'])
  for (const name of Object.keys(manifest.dependencies)) {
    const place = join(project, 'node_modules', name)
    mkdirSync(dirname(place), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), place)
  }
  writeFileSync(join(project, 'package.json'), '{"type":"module"}')
}, 120_000)

afterAll(() => rmSync(project, { recursive: true, force: true }))

const edgeproof = (...args: string[]) =>
  run(process.execPath, [join(installed, 'dist/cli.js'), ...args], { cwd: project }).then(({ stdout }) => stdout)

test('the package builds, and attacks what it built, outside of its repository', async () => {
  const policy = {
    issuer: 'https://issuer.example',
    clientIds: ['client'],
    tokenUse: null,
    routes: [{ path: '/{sub}/*' }],
  }
  writeFileSync(join(project, 'policy.json'), JSON.stringify(policy))
  const built = JSON.parse(await edgeproof('build', '--policy', 'policy.json', '--json')) as { verdict: string }
  expect(built.verdict).toBe('pass')
  const attacked = await edgeproof(
    'fuzz',
    '--handler',
    'results/index.js',
    '--policy',
    'policy.json',
    '--runs',
    '300',
    '--json',
  )
  expect(JSON.parse(attacked)).toMatchObject({ schema: 'edgeproof/fuzz@1', verdict: 'pass' })
}, 120_000)

test('the page that findings cite is in the package', () => {
  const page = readFileSync(join(installed, 'dist', 'oracle/SEMANTICS.md'), 'utf8')
  expect(page).toContain('`paths/no-right`')
})

test('a user writes a configuration in TypeScript and finds types and values', async () => {
  const demo = readFileSync(join(root, 'edgeproof.config.ts'), 'utf8')
  writeFileSync(join(project, 'edgeproof.config.ts'), demo.replace('./config/config.ts', 'edgeproof'))
  writeFileSync(
    join(project, 'program.ts'),
    `import { createAuthorizer, type Policy } from 'edgeproof'
const policy: Policy = { issuer: 'https://issuer.example', clientIds: ['client'], routes: [{ path: '/*', public: true }] }
const decision = await createAuthorizer(policy).authorize({ method: 'GET', uri: '/a', querystring: '', headers: {}, clientIp: '192.0.2.1' })
// @ts-expect-error: a denial has no request.
if (!decision.allow) decision.request
console.log(decision.allow)
`,
  )
  const options = {
    module: 'nodenext',
    target: 'es2024',
    strict: true,
    noEmit: true,
    types: [],
  }
  writeFileSync(
    join(project, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: options, files: ['program.ts', 'edgeproof.config.ts'] }),
  )
  const tsc = createRequire(import.meta.url).resolve('typescript/package.json')
  await run(process.execPath, [join(dirname(tsc), 'bin/tsc'), '-p', project])
  const { stdout } = await run(process.execPath, ['program.ts'], { cwd: project })
  expect(stdout).toBe('true\n')
  const weighed = JSON.parse(await edgeproof('size', '--config', 'edgeproof.config.ts', '--json')) as {
    verdict: string
  }
  expect(weighed.verdict).toBe('pass')
}, 60_000)

test('publint and "are the types wrong?" find nothing', async () => {
  const { messages, pkg } = await publint({ pkgDir: installed, strict: true })
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([])
  const analysis = await checkPackage(createPackageFromTarballData(readFileSync(tarball)))
  // The package is for `import`, of Node 24 and of bundlers, as its "engines" say; other ways of resolving it are nobody's.
  const others = ['node10', 'node16-cjs']
  const problems = 'problems' in analysis ? analysis.problems : ['no types']
  expect(
    problems.filter(
      (problem) =>
        !(typeof problem === 'object' && 'resolutionKind' in problem && others.includes(problem.resolutionKind)),
    ),
  ).toEqual([])
}, 60_000)
