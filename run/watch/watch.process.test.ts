import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { bundleAuthorizer, deployable } from '../../build/bundle.ts'
import { roundText } from './round-text.ts'
import { watchFiles } from './watch.ts'

const directory = mkdtempSync(join(tmpdir(), 'edgeproof-watch-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const policy = { issuer: 'https://id.example.com', clientIds: ['portal'], routes: [{ path: '/users/{sub}/*' }] }
const built = (routes: typeof policy.routes) => {
  const own = { ...policy, routes }
  return deployable(bundleAuthorizer(own).program, { policy: own })
}

test('a change of the handler is answered: what was wrong is named, and is right once it is mended', async () => {
  const [policyFile, handler] = [join(directory, 'policy.json'), join(directory, 'handler.cjs')]
  writeFileSync(policyFile, JSON.stringify(policy))
  writeFileSync(handler, built([{ path: '/users/*' }]))
  const controller = new AbortController()
  const texts: string[] = []
  await watchFiles({
    policy: policyFile,
    handler,
    files: [policyFile, handler],
    signal: controller.signal,
    onAnswer(answer, milliseconds) {
      texts.push(roundText(answer, milliseconds))
      if (texts.length === 1) writeFileSync(handler, built(policy.routes))
      else if (texts.length === 2) writeFileSync(policyFile, '{ "issuer":')
      else controller.abort()
    },
  })
  const [wrong, mended, mistaken] = texts
  expect(wrong).toMatch(/FAIL routes: \d of \d requests answered as they have to be\n {2}.*\/users\//)
  expect(mended).toMatch(/ok {3}routes: (\d) of \1 requests/)
  expect(mistaken).toMatch(/^FAIL .*policy\.json: is not JSON/)
})
