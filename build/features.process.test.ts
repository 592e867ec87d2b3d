/** What is left out of a policy's own bundle is nothing that this policy uses. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { Policy } from '../authorizer/policy.ts'
import { viewerRequestEvent } from '../testing/viewer-request.ts'
import { bundleAuthorizer, deployable } from './bundle.ts'

const directory = mkdtempSync(join(tmpdir(), 'features-'))
afterAll(() => rmSync(directory, { recursive: true }))
const whole = bundleAuthorizer().program

const plain: Policy = {
  issuer: 'https://issuer.example.com/pool',
  clientIds: ['web'],
  routes: [{ path: '/public/*', public: true }, { path: '/users/{sub}/*' }],
}
const routes = plain.routes
const policies: Record<string, Policy> = {
  plain,
  index: { ...plain, index: 'index.html' },
  slash: { ...plain, slash: 'redirect' },
  app: { ...plain, routes: [...routes, { path: '/app/*', public: true, app: '/public/shell' }] },
  parts: { ...plain, routes: [...routes, { path: '/o/*/x.png', public: true }, { path: '/a/*.css', public: true }] },
  redirect: { ...plain, deny: { unauthenticated: { redirect: '/login' } } },
  returnTo: { ...plain, deny: { unauthenticated: { redirect: '/login', returnTo: 'to', returnQuery: true } } },
  pages: { ...plain, deny: { unauthenticated: { page: '<p>401' }, forbidden: { page: '<p>403' } } },
  origins: { ...plain, corsOrigins: ['https://a.example.org'] },
  wildcards: { ...plain, corsOrigins: ['https://*.example.org'] },
}
const events = [
  '/public/',
  '/public',
  '/public/x',
  '/app/x',
  '/app',
  '/o/a/x.png',
  '/a/b.css',
  '/a/.css',
  '/users/ann',
  '/%',
]
  .flatMap((uri) => ['GET', 'HEAD', 'POST'].map((method) => ({ uri, method })))
  .flatMap(({ uri, method }) =>
    [
      {},
      { authorization: 'Bearer x' },
      { 'sec-fetch-mode': 'navigate', origin: 'https://a.example.org' },
      { accept: 'text/html', origin: 'https://a.b.example.org' },
    ].map((headers) => viewerRequestEvent(uri, { method, headers, querystring: 'q=1', requestId: 'r' })),
  )

const names = Object.keys(policies)
const snapshots = { 'https://issuer.example.com/pool': { fetchedAt: Date.now(), keys: [] } }
const files = names.flatMap((name) => {
  const policy = policies[name] as Policy
  return [bundleAuthorizer(policy).program, whole].map((program, index) => {
    const file = join(directory, `${name}-${index}.js`)
    writeFileSync(file, deployable(program, { policy, snapshots }))
    return file
  })
})

/** What each file's handler answers to all events, in one process that has nothing but those files. */
function answers(): Record<string, string[]> {
  const script = `
    const [files, events] = JSON.parse(process.argv[1])
    Promise.all(files.map((file) => Promise.all(events.map((event) => require(file).handler(structuredClone(event))))))
      .then((all) => all.map((results) => results.map((result) => JSON.stringify(result))))
      .then((all) => console.log('\\n' + JSON.stringify(all)))`
  const flags = ['--permission', `--allow-fs-read=${directory}`, '-e', script, JSON.stringify([files, events])]
  const output = execFileSync(process.execPath, flags, { encoding: 'utf8', env: {}, maxBuffer: 1 << 25 })
  const all = JSON.parse(output.trim().split('\n').at(-1) ?? '') as string[][]
  return Object.fromEntries(files.map((file, index) => [file, all[index] ?? []]))
}

it('a policy’s own bundle answers as the whole program does', () => {
  const given = answers()
  for (const name of names) {
    const [own, other] = [0, 1].map((index) => given[join(directory, `${name}-${index}.js`)])
    expect([name, own]).toEqual([name, other])
    expect(new Set(own).size).toBeGreaterThan(3)
  }
})

it('a policy that uses none of it has a bundle without it', () => {
  const { program } = bundleAuthorizer(plain)
  for (const text of ['sec-fetch-mode', 'eyJ', 'text/html', 'access-control-allow-origin', '302'])
    expect([text, program.includes(text)]).toEqual([text, false])
  expect(whole).toContain('sec-fetch-mode')
})

it.each<[string, Policy, { snapshots?: boolean }, object]>([
  ['what the policy uses', policies.pages as Policy, {}, {}],
  [
    'keys that are put into it',
    plain,
    { snapshots: false },
    { snapshots: { [plain.issuer as string]: { fetchedAt: 0, keys: [] } } },
  ],
])('refuses to deploy a program that lacks %s', (_, policy, options, deployment) => {
  const { program } = bundleAuthorizer(plain, options)
  expect(() => deployable(program, { policy, ...deployment })).toThrow(
    'program: was bundled for another policy, and lacks',
  )
  expect(() => deployable(bundleAuthorizer(policy).program, { policy, ...deployment })).not.toThrow()
})
