import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

const script = fileURLToPath(new URL('comment.ts', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'edgeproof-comment-'))
let server: Server
let comments: { id: number; body: string }[]
let status: number
let asked: string[]

/** GitHub's three calls for comments of an issue, as far as they are used here. */
beforeAll(async () => {
  server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`)
    const { body = '' } = text === '' ? {} : JSON.parse(text)
    const id = Number(request.url?.split('/').at(-1))
    if (status === 200 && request.method === 'POST') comments.push({ id: comments.length + 1, body })
    for (const comment of comments) if (request.method === 'PATCH' && comment.id === id) comment.body = body
    response.writeHead(status).end(JSON.stringify(request.method === 'GET' ? comments : {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  writeFileSync(join(directory, 'event.json'), '{"pull_request":{"number":7}}')
})
beforeEach(() => {
  comments = [{ id: 1, body: 'Nice.' }]
  status = 200
  asked = []
})
afterAll(() => {
  server.close()
  rmSync(directory, { recursive: true })
})

async function comment(): Promise<{ code: number | null; log: string }> {
  const child = spawn(process.execPath, [script, directory], {
    env: {
      GITHUB_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      GITHUB_REPOSITORY: 'someone/site',
      GITHUB_EVENT_PATH: join(directory, 'event.json'),
      GITHUB_TOKEN: 'secret',
    },
  })
  let log = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (log += text))
  return { code: await new Promise((resolve) => child.once('close', resolve)), log }
}

test('the first run writes a comment, and the next one changes the same', async () => {
  writeFileSync(join(directory, 'gate.md'), '## Gate: ✅ pass\n')
  const result = { level: 'error', message: { text: 'bypass: a token without a signature opens /users/ann/a' } }
  const runs = [{ tool: { driver: { name: 'edgeproof fuzz' } }, results: [result] }]
  writeFileSync(join(directory, 'edgeproof.sarif'), JSON.stringify({ runs }))
  writeFileSync(join(directory, 'fuzz.json'), JSON.stringify({ verdict: 'fail' }))
  expect(await comment()).toEqual({ code: 0, log: '' })
  expect(asked).toEqual([
    'GET /repos/someone/site/issues/7/comments?per_page=100&page=1 Bearer secret',
    'POST /repos/someone/site/issues/7/comments Bearer secret',
  ])
  expect(comments.at(-1)?.body).toBe(
    '<!-- edgeproof -->\n\n## Gate: ✅ pass\n\n## Fuzz: ❌ fail\n\n- bypass: a token without a signature opens /users/ann/a',
  )
  writeFileSync(join(directory, 'gate.md'), '## Gate: ❌ fail\n')
  expect((await comment()).code).toBe(0)
  expect(comments).toHaveLength(2)
  expect(comments[0]?.body).toBe('Nice.')
  expect(comments.at(-1)?.body).toContain('## Gate: ❌ fail')
})

test('a token that may not write is a warning that names the permission', async () => {
  status = 403
  const { code, log } = await comment()
  expect(code).toBe(0)
  expect(log).toMatch(
    /^::warning::no comment was written: .*: 403; the workflow needs "permissions: pull-requests: write"\n$/,
  )
})

test('figures that would make it too long for GitHub are left out, not the verdict', async () => {
  writeFileSync(join(directory, 'summary.md'), 'figures '.repeat(10_000))
  await comment()
  expect(comments.at(-1)?.body).toContain('## Fuzz: ❌ fail')
  expect(comments.at(-1)?.body.length).toBeLessThan(65_536)
})
