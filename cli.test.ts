import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { runProgram } from './program.ts'
import { inProcess } from './testing/command-line.ts'

const directory = mkdtempSync(join(tmpdir(), 'edgeproof-cli-'))
afterAll(() => rmSync(directory, { recursive: true }))

function file(name: string, content: string): string {
  const path = join(directory, name)
  writeFileSync(path, content)
  return path
}

const policy = { issuer: 'https://issuer.example', clientIds: ['c'], routes: [{ path: '/*' }] }

describe('bad input ends with exit code 2 and one line that names the file or field', () => {
  const cases: [what: string, args: string[], line: RegExp][] = [
    [
      'a configuration that is not there',
      ['build', '--config', 'none.json'],
      /none\.json: not found; pass --config FILE/,
    ],
    ['an empty one', ['build', '--config', file('empty.json', '')], /empty\.json: is empty/],
    ['one that is not JSON', ['build', '--config', file('broken.json', '{"policy":')], /broken\.json: is not JSON/],
    ['one that is a directory', ['build', '--config', directory], /cannot be read \(EISDIR\)/],
    ['one without a policy', ['build', '--config', file('bare.json', '{}')], /bare\.json: policy: is missing/],
    [
      'an unknown field',
      ['build', '--policy', file('unknown.json', JSON.stringify({ ...policy, isuer: 1 }))],
      /unknown\.json: isuer: is not a field; did you mean issuer\?/,
    ],
    [
      'an issuer that is not https',
      ['build', '--policy', file('http.json', JSON.stringify({ ...policy, issuer: 'http://issuer.example' }))],
      /http\.json: issuer: should be an https URL/,
    ],
    [
      'an output directory that cannot be made',
      ['fuzz', '--out', '/dev/null/out'],
      /^edgeproof: \/dev\/null\/out: cannot be written \(ENOTDIR\); choose another directory with --out$/m,
    ],
    [
      'an output directory where the system makes none',
      ['bench', '--out', '/proc/edgeproof'],
      /^edgeproof: \/proc\/edgeproof: cannot be written \(ENOENT\); choose another/,
    ],
    ['an unknown command', ['fuzz', 'attack'], /unknown command 'fuzz attack'/],
    ['an unknown option', ['fuzz', 'replay', 'case.json', '--runs'], /unknown option '--runs'/],
    [
      'a stage that is none',
      ['run', '--without', 'cooking'],
      /^edgeproof: --without: "cooking" is no stage; there are build, size, fuzz, bench, signin, load, plan$/m,
    ],
    ['too little to begin with', ['init', '--provider', 'okta'], /^edgeproof: init: pass --issuer, --client; /],
    [
      'a provider that is none',
      ['init', '--provider', 'x', '--issuer', 'y', '--client', 'z'],
      /^edgeproof: --provider: "x" is none of cognito, auth0/,
    ],
    [
      'a handler to watch that is not there',
      ['watch', '--handler', 'no.js'],
      /^edgeproof: no\.js: not found; pass --handler/,
    ],
    [
      'a handler to time that is not there',
      ['bench', '--handler', 'no.js'],
      /^edgeproof: no\.js: not found; pass --handler/,
    ],
    [
      'two benches at once',
      ['bench', '--handler', 'no.js', '--quick'],
      /^error: option '--handler <file>' cannot be used/,
    ],
    [
      'a handler to weigh that is not there',
      ['size', '--handler', 'no.js'],
      /^edgeproof: no\.js: not found; pass --handler/,
    ],
    [
      'too few processes',
      ['bench', '--processes', '2'],
      /^edgeproof: --processes: "2" should be a whole number from 5/,
    ],
    [
      'a request without a path',
      ['check', '--uri', 'users'],
      /^edgeproof: --uri: should be a path such as \/users\/ann/,
    ],
    [
      'a suite that is none',
      ['bench', '--suites', 'hot'],
      /^edgeproof: --suites: no suite "hot"; choose among requests,/,
    ],
    ['a results directory without results', ['report', '--out', directory], /holds no result files/],
  ]
  test.each(cases)('%s', async (_, args, line) => {
    const { status, stderr, stdout } = await inProcess(() => runProgram(args), { cwd: directory })
    expect(stderr).toMatch(line)
    expect(stderr.trim().split('\n').length).toBe(1)
    expect(stdout).toBe('')
    expect(status).toBe(2)
    expect(existsSync(join(directory, 'results'))).toBe(false)
  })
})

test('several mistakes in a policy are a line each', async () => {
  const policyFile = file('several.json', JSON.stringify({ ...policy, isuer: 1, routes: [{ path: 'a' }] }))
  const { status, stderr } = await inProcess(() => runProgram(['build', '--policy', policyFile]), { cwd: directory })
  expect(stderr.trim().split('\n')).toEqual([
    expect.stringMatching(/^edgeproof: .*several\.json: routes\[0\]\.path: "a" must begin with "\/"$/),
    expect.stringMatching(/^edgeproof: .*several\.json: isuer: is not a field; did you mean issuer\?$/),
  ])
  expect(status).toBe(2)
})

test('build says what is dangerous in a policy, a line for each', async () => {
  const policyFile = file('dangerous.json', JSON.stringify({ ...policy, kid: 'optional', cnf: 'ignore' }))
  const { status, stderr, stdout } = await inProcess(() => runProgram(['build', '--policy', policyFile, '--json']), {
    cwd: directory,
  })
  expect(stderr.trim().split('\n')).toEqual([
    expect.stringMatching(/^warning: .*dangerous\.json: kid: .* \(kid-optional\)$/),
    expect.stringMatching(/^warning: .*dangerous\.json: cnf: .* \(cnf-ignored\)$/),
  ])
  expect(JSON.parse(stdout)).toMatchObject({ verdict: 'pass' })
  expect(status).toBe(0)
})
