import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { runProgram } from '../../program.ts'
import { inProcess } from '../../testing/command-line.ts'
import { providerKinds } from './provider-kinds.ts'

const root = mkdtempSync(join(tmpdir(), 'edgeproof-init-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const empty = () => mkdtempSync(join(root, 'new-'))
const edgeproof = (cwd: string, ...args: string[]) => inProcess(() => runProgram(args), { cwd })

test.each(providerKinds)('what init writes for $name passes check, and names a workflow', async ({ name, example }) => {
  const directory = empty()
  const answers = ['--provider', name, '--issuer', example, '--client', 'portal', '--credential', 'cookie:session']
  const paths = ['--path', '/users/{sub}/*', '--path', '/public/*=public', '--path', '/reports/*=analysts,editors']
  const { status, stdout } = await edgeproof(directory, 'init', ...answers, ...paths, '--handler', 'dist/index.js')
  expect(status).toBe(0)
  expect(stdout).toContain('policy.json\nedgeproof.config.mjs\n.github/workflows/edgeproof.yml\n')
  const checked = await edgeproof(directory, 'check', '--json')
  expect([checked.status, checked.stderr]).toEqual([0, ''])
  expect(JSON.parse(checked.stdout).inputs.config).toBe('edgeproof.config.mjs')
  expect(JSON.parse(readFileSync(join(directory, 'policy.json'), 'utf8')).routes).toEqual([
    { path: '/users/{sub}/*' },
    { path: '/public/*', public: true },
    { path: '/reports/*', groups: ['analysts', 'editors'] },
  ])
  const workflow = parse(readFileSync(join(directory, '.github/workflows/edgeproof.yml'), 'utf8'))
  const commands = workflow.jobs.edgeproof.steps.flatMap(({ run = '' }: { run?: string }) => (run === '' ? [] : [run]))
  expect(commands).toContain('npx edgeproof fuzz --handler dist/index.js --seconds 60')
})

const whole = ['--provider', 'oidc', '--issuer', 'https://id.example.com', '--client', 'portal']

test('it overwrites nothing, and then writes nothing at all', async () => {
  const directory = empty()
  writeFileSync(join(directory, 'policy.json'), 'mine')
  const { status, stderr } = await edgeproof(directory, 'init', ...whole)
  expect([status, stderr]).toEqual([
    2,
    expect.stringMatching(/^edgeproof: policy\.json: already there; nothing was written/),
  ])
  expect(readdirSync(directory)).toEqual(['policy.json'])
})

test.each<[args: string[], line: RegExp]>([
  [['--provider', 'oidc'], /^edgeproof: init: pass --issuer, --client; without a terminal nothing can be asked\n$/],
  [['--provider', 'none', '--issuer', 'x', '--client', 'y'], /^edgeproof: --provider: "none" is none of cognito, /],
  [
    [...whole, '--credential', 'query'],
    /^edgeproof: --credential: "query" should be header, header:NAME or cookie:NAME\n$/,
  ],
  [[...whole, '--path', 'users'], /^edgeproof: init: routes\[0\]\.path: "users" must begin with "\/"\n$/],
])('a mistake is one line, and nothing is written: %j', async (args, line) => {
  const directory = empty()
  const { status, stderr } = await edgeproof(directory, 'init', ...args)
  expect(stderr).toMatch(line)
  expect([status, readdirSync(directory)]).toEqual([2, []])
})
