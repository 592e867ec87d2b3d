/** What `infra/try-it-on-aws/` asks a site in an account, asked here: a question that is wrong would cost somebody an hour. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { synthesize } from '../infra/synth.ts'
import { checks } from '../infra/try-it-on-aws/checks.ts'
import { faults } from '../infra/try-it-on-aws/curl.ts'
import { triedSite } from '../infra/try-it-on-aws/tried-site.ts'
import type { Edge } from './edge.ts'
import { startEdge } from './start-edge.ts'

const host = 'files.example.com'
const loginHost = 'login.example.com'
const { policy } = triedSite('us-east-1')
const endpoints = { authorization: `https://${loginHost}/oauth2/authorize`, token: `https://${loginHost}/oauth2/token` }
const config = { policy: { ...policy, signIn: { ...policy.signIn, endpoints, hosts: [host] } } }
const objects = {
  'public/hello.txt': 'hello',
  'bye.html': 'You are signed out.',
  'groups/blue/plan.txt': 'blue',
  'groups/green/plan.txt': 'green',
  'reports/year.txt': 'report',
  'users/alice/note.txt': 'note',
}

let directory: string
let edge: Edge
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgeproof-tried-'))
  for (const [key, text] of Object.entries(objects)) {
    await mkdir(dirname(join(directory, key)), { recursive: true })
    await writeFile(join(directory, key), text)
  }
  edge = await startEdge({ template: (await synthesize(config)).template, config, objects: directory })
})
afterAll(async () => {
  await edge?.close()
  await rm(directory, { recursive: true, force: true })
})

test('everything that is asked of a deployed site holds at the local edge', async () => {
  const token = await edge.issuer.mint({ sub: 'alice', 'cognito:groups': ['blue'] })
  const subject = { base: edge.url, token, sub: 'alice', loginHost, curl: ['--header', `Host: ${host}`] }
  const wrong: string[] = []
  // In order: some ask whether the one before is in the cache.
  for (const check of checks) wrong.push(...(await faults(check, subject)).map((fault) => `${check.title}: ${fault}`))
  expect(wrong).toEqual([])
})
