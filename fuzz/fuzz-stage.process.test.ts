import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Policy } from '../authorizer/policy.ts'
import { silentProgress } from '../command/progress.ts'
import type { Finding } from './finding.ts'
import type { FuzzOptions } from './fuzz-options.ts'
import { fuzzScreen } from './fuzz-screen.ts'
import { fuzzStage } from './fuzz-stage.ts'
import { type ReplayOptions, replayStage } from './replay-stage.ts'
import { buildShipped } from './shipped/shipped-handlers.ts'

const policy: Policy = {
  issuer: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_EXAMPLE01',
  clientIds: ['exampleclient'],
  routes: [{ path: '/groups/{group}/*' }],
}

let out = ''
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'edgeproof-fuzz-stage-'))
})
afterAll(() => rmSync(out, { recursive: true, force: true }))

const context = () => ({
  config: { policy },
  configFile: 'test',
  out,
  progress: silentProgress,
  signal: new AbortController().signal,
})
const fuzz = (options: FuzzOptions) => fuzzStage(context(), options)
const replay = (options: ReplayOptions) => replayStage(context(), options)

function handlerFile(name: string, source: string): string {
  const file = join(out, name)
  writeFileSync(file, source)
  return file
}

const findingsOf = (result: Awaited<ReturnType<typeof fuzz>>) =>
  (result.data as unknown as { findings: Finding[] }).findings

test('ours has no finding', async () => {
  const result = await fuzz({ runs: 250 })
  expect(result.checks.filter(({ verdict }) => verdict === 'fail')).toEqual([])
  expect(result.verdict).toBe('pass')
  const tried = result.checks.find(({ id }) => id === 'fuzz.attacks')
  expect(tried?.value).toBeGreaterThan(0)
  expect(tried?.title).toMatch(/in the list: a longer run tries the others/)
})

test('a bypass in a file is found, made small, written down, and replayed from its file alone', async () => {
  // Right but for one thing: it does not look at the group.
  const right = await buildShipped('ours', { directory: out }, { ...policy, routes: [{ path: '/groups/*' }] })
  const result = await fuzz({ handler: right.file, runs: 250 })
  expect(result.verdict).toBe('fail')
  const [bypass] = findingsOf(result).filter(({ class: name }) => name === 'bypass')
  expect(bypass).toMatchObject({
    id: 'bypass/paths/no-right/signed-in-user',
    who: 'signed-in-user',
    severity: 'high',
    cvss: { vector: 'CVSS:4.0/AV:N/AC:L/AT:N/PR:L/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N', score: 7.1 },
    cwe: 'CWE-863',
  })
  expect(bypass?.case.steps).toHaveLength(1)
  const file = join(out, 'fuzz-findings', 'bypass-paths-no-right-signed-in-user.json')
  expect(bypass?.replay).toBe(`npx edgeproof fuzz replay ${file} --handler ${right.file}`)
  const written = readFileSync(join(out, 'fuzz-findings', 'findings.md'), 'utf8')
  expect(written).toContain('## high: bypass, by a signed-in user')
  expect(written).toMatch(/\[oracle\/SEMANTICS\.md#paths-no-right\]\(.*oracle\/SEMANTICS\.md#paths-no-right\)/)
  expect(written).toContain(`curl --path-as-is --globoff -i "https://$SITE"'/groups/`)
  const failed = result.checks.find(({ id }) => id === 'fuzz.finding.bypass.paths.no-right.signed-in-user')
  expect(failed?.detail).toContain('oracle/SEMANTICS.md#paths-no-right')
  expect(failed?.weakness).toMatchObject({ who: 'signed-in-user', cvss: { score: 7.1 }, severity: 'high' })
  expect(written).toContain(`\n${bypass?.replay}\n`)
  const screen = fuzzScreen(result, 'findings.md').split('\n')
  expect(screen[0]).toMatch(/^\d findings?$/)
  expect(screen).toContain('high     bypass, by a signed-in user (CVSS 7.1)')
  expect(screen).toContain(`again    ${bypass?.replay}`)
  expect(screen.at(-1)).toBe('read     findings.md')
  expect(screen.filter((line) => line.length > 80 && !/^(?:again|request) /.test(line))).toEqual([])
  const replayed = await replay({ handler: right.file, file })
  expect(findingsOf(replayed).map(({ rule }) => rule)).toEqual(['paths/no-right'])
  expect((await replay({ file })).verdict).toBe('pass')
  expect(readFileSync(file, 'utf8')).toBe(JSON.stringify(bypass?.case, null, 2).concat('\n'))

  // A replay is a document of its own, and knows what is suppressed.
  const named = join(out, 'suppressions.json')
  const suppression = { id: bypass?.id, reason: 'every group may read', expires: '2999-12-31' }
  writeFileSync(named, JSON.stringify([suppression, { ...suppression, id: 'leak/leak/log/log-reader' }]))
  const suppressed = await replay({ handler: right.file, file, suppressions: named })
  expect([suppressed.schema, suppressed.verdict]).toEqual(['edgeproof/replay@1', 'pass'])
  const said = suppressed.checks.find(({ id }) => id === 'fuzz.suppressed')
  expect(said).toMatchObject({ value: 1, detail: expect.stringContaining('leak/leak/log/log-reader') })
})

test('an interrupted run decides nothing, and says how far it got', async () => {
  const stop = new AbortController()
  const progress = { ...silentProgress, step: () => stop.abort() }
  const result = await fuzzStage({ ...context(), progress, signal: stop.signal }, { runs: 5000 })
  expect(result.verdict).toBe('inconclusive')
  const check = result.checks.find(({ id }) => id === 'fuzz.interrupted')
  expect(check?.value).toMatch(/^\d+ of 5000 cases$/)
  expect(check?.detail).toContain('--resume')
})

test.each<[string, () => FuzzOptions, RegExp]>([
  ['a file that is not there', () => ({ handler: join(out, 'none.cjs') }), /no such file/],
  ['a file without a handler', () => ({ handler: handlerFile('empty.cjs', '') }), /no export named "handler"/],
  ['a file that does not load', () => ({ handler: handlerFile('broken.cjs', 'exports.handler = (') }), /SyntaxError/],
  [
    'a handler with another policy',
    () => ({ handler: handlerFile('other.cjs', 'exports.handler = async () => ({ status: "401", headers: {} })') }),
    /the policy does not fit the handler/,
  ],
  [
    'a file that ends its process',
    () => ({ handler: handlerFile('exit.cjs', 'process.exit(3)') }),
    /ended its process \(3\) while it was loaded/,
  ],
  ['a shard that is none', () => ({ shard: '3/2', seconds: 1 }), /--shard/],
])('bad input is one line: %s', async (_title, options, reason) => {
  const error = await fuzz(options()).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ name: 'UsageError', message: expect.stringMatching(reason) })
})

test('a stored case that is none is one line', async () => {
  const file = handlerFile('case.json', '{"name":1}')
  await expect(replay({ file })).rejects.toMatchObject({
    name: 'UsageError',
    message: expect.stringMatching(/case\.json: name/),
  })
})
