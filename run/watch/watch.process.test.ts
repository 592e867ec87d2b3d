import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { bundleAuthorizer, deployable } from '../../build/bundle.ts'
import { roundText } from './round-text.ts'
import { watchFiles } from './watch.ts'

const directory = mkdtempSync(join(tmpdir(), 'edgeproof-watch-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const policy = {
  issuer: 'https://id.example.com',
  clientIds: ['portal'],
  requiredClaims: ['cognito:groups'],
  routes: [{ path: '/users/{sub}/*' }],
}
const built = (own: typeof policy) => deployable(bundleAuthorizer(own).program, { policy: own })

/** As editors save: a new file takes the old one's name. */
function save(file: string, text: string): void {
  writeFileSync(`${file}~`, text)
  renameSync(`${file}~`, file)
}

test('each change is answered: what it opened, what is wrong, and that it is mended; a handler that is gone is waited for', async () => {
  const [policyFile, folder] = [join(directory, 'policy.json'), join(directory, 'dist')]
  const handler = join(folder, 'handler.cjs')
  writeFileSync(policyFile, JSON.stringify(policy))
  mkdirSync(folder)
  writeFileSync(handler, built({ ...policy, routes: [{ path: '/users/*' }] }))
  const controller = new AbortController()
  const steps = [
    () => rmSync(folder, { recursive: true }),
    () => save(policyFile, JSON.stringify({ ...policy, requiredClaims: [] })),
    () => save(policyFile, '{ "issuer":'),
    () => controller.abort(),
  ]
  const texts: string[] = ['']
  const gone: string[] = []
  await watchFiles({
    policy: policyFile,
    handler,
    files: [policyFile, handler],
    handlerFile: handler,
    signal: controller.signal,
    onRound: (changed) => changed.length > 0 && texts.push(`${changed}\n`),
    onGone(file) {
      gone.push(file)
      mkdirSync(folder)
      writeFileSync(handler, built(policy))
    },
    onAnswer(answer, milliseconds) {
      texts.push(`${texts.pop()}${roundText(answer, milliseconds)}\n`)
      if (!('routes' in answer)) steps.shift()?.()
    },
  })
  const [wrong, mended, opened, mistaken] = texts
  expect(wrong).toMatch(/FAIL routes: \d of \d requests answered as they have to be\n {2}.*\/users\//)
  expect(wrong).toMatch(/FAIL attacks: \d+ of the list's \d+ on this change; \d new finding/)
  expect(gone).toEqual([handler])
  expect(mended).toMatch(/ok {3}routes: (\d) of \1 requests/)
  expect(mended).toMatch(/ok {3}found before: 0 of \d finding/)
  expect(mended).toMatch(/ok {3}attacks: \d+ of the list's \d+ on this change, \d+ with the rounds before; 0 new/)
  expect(opened).toMatch(/changed: requiredClaims\nnow open to a token without cognito:groups: \/users\/\{sub\}\/\*\n/)
  expect(mistaken).toMatch(/policy\.json\nFAIL .*policy\.json: is not JSON/)
})
