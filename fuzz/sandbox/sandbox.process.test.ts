import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ServedUrls } from '../../oracle/served-urls.ts'
import { viewerRequestEvent } from '../../testing/viewer-request.ts'
import type { Cut } from '../case.ts'
import type { HandlerUnderTest } from './handler-under-test.ts'
import type { Runtime, StepOutcome } from './protocol.ts'
import {
  createSandbox,
  HandlerRefused,
  loadPlaced,
  type SandboxGone,
  type SandboxOptions,
  sandboxFor,
} from './sandbox.ts'

const start = Date.UTC(2026, 0, 15, 12)
const keys = 'https://issuer.example/keys'
const served: ServedUrls = {
  [keys]: { kind: 'body', body: '{"keys":[]}' },
  'https://issuer.example/slow': { kind: 'body', body: 'late', delayMs: 4000 },
  'https://issuer.example/never': { kind: 'never' },
  'https://issuer.example/flood': { kind: 'flood', bytes: 1_000_000 },
  'http://issuer.example/plain': { kind: 'body', body: 'plain', status: 500 },
}

let directory = ''
let files = 0
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'edgeproof-sandbox-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

function handlerFile(source: string, extension = 'cjs'): string {
  const file = join(directory, `handler${files++}.${extension}`)
  writeFileSync(file, source)
  return file
}

/** Runs the body of an async handler for each event, in one instance, and returns what came of each. */
async function outcomes(
  body: string,
  events: unknown[] = [{}],
  runtime: Runtime = 'nodejs24.x',
): Promise<StepOutcome[]> {
  await using sandbox = createSandbox({ runtime })
  await sandbox.load(handlerFile(`exports.handler = async (event) => { ${body} }`), start, served)
  return await sandbox.run(events.map((event) => ({ kind: 'request', event })))
}

const value = async (body: string) => {
  const [outcome] = await outcomes(body)
  return outcome?.result?.kind === 'value' ? JSON.parse(outcome.result.json ?? 'null') : outcome?.result
}

describe('loading', () => {
  test.each([
    ['CommonJS', 'cjs', 'exports.handler = async () => 1'],
    ['an ES module', 'mjs', 'export const handler = async () => 1'],
    ['a .js file that is CommonJS', 'js', 'module.exports = { handler: async () => 1 }'],
    ['a .js file that is an ES module', 'js', 'import "node:fs"; export const handler = async () => 1'],
  ])('takes %s', async (_title, extension, source) => {
    await using sandbox = createSandbox({ runtime: 'nodejs24.x' })
    await sandbox.load(handlerFile(source, extension), start, served)
    expect((await sandbox.run([{ kind: 'request', event: {} }]))[0]?.result).toEqual({ kind: 'value', json: '1' })
  })
  test.each([
    ['no such file', join('nowhere', 'x.cjs'), /no such file/],
    ['no handler', () => handlerFile('exports.main = () => 1'), /no export named "handler"/],
    ['a syntax error', () => handlerFile('exports.handler = ('), /SyntaxError/],
    ['a throw at INIT', () => handlerFile('throw new Error("boom")'), /boom/],
  ])('refuses %s', async (_title, file, reason) => {
    await using sandbox = createSandbox({ runtime: 'nodejs24.x' })
    await expect(sandbox.load(typeof file === 'string' ? file : file(), start, served)).rejects.toThrow(reason)
    await expect(sandbox.load(typeof file === 'string' ? file : file(), start, served)).rejects.toThrow(HandlerRefused)
  })
  test('lets a module that awaits at its top level have the time of INIT', async () => {
    await using sandbox = createSandbox({ runtime: 'nodejs24.x' })
    const file = handlerFile(
      `const get = (url) => fetch(url, { signal: AbortSignal.timeout(5000) }).then((r) => r.text(), (e) => e.name)
      const texts = [await get('https://issuer.example/slow'), await get('https://issuer.example/never'), Date.now()]
      export const handler = async () => texts`,
      'mjs',
    )
    await sandbox.load(file, start, served)
    const [outcome] = await sandbox.run([{ kind: 'request', event: {} }])
    expect(outcome?.result).toEqual({ kind: 'value', json: JSON.stringify(['late', 'TimeoutError', start + 9000]) })
  })
  test.each(['await fetch("https://issuer.example/never")', 'await new Promise(() => {})'])(
    'refuses one that never comes to its end: %s',
    async (endless) => {
      await using sandbox = createSandbox({ runtime: 'nodejs24.x' })
      const file = handlerFile(`${endless}; export const handler = async () => 1`, 'mjs')
      await expect(sandbox.load(file, start, served)).rejects.toThrow(/INIT took longer than 10 s/)
    },
  )
  test('gives each load a new instance', async () => {
    await using sandbox = createSandbox({ runtime: 'nodejs24.x' })
    const file = handlerFile('let n = 0; exports.handler = async () => ++n')
    for (let load = 0; load < 2; load++) {
      await sandbox.load(file, start, served)
      const results = await sandbox.run([
        { kind: 'request', event: {} },
        { kind: 'request', event: {} },
      ])
      expect(results.map(({ result }) => result)).toEqual([
        { kind: 'value', json: '1' },
        { kind: 'value', json: '2' },
      ])
    }
  })
})

describe('what a handler finds around it', () => {
  test('its folder is the working directory, and modules beside it are as new as it is', async () => {
    const folder = mkdtempSync(join(directory, 'beside-'))
    const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
    write('package.json', '{"type":"module"}')
    write('config.json', '{"client":"portal"}')
    write('count.js', 'let n = 0; export const next = () => ++n')
    write(
      'index.js',
      `import { readFileSync } from 'node:fs'
      import { next } from './count.js'
      const { client } = JSON.parse(readFileSync('config.json', 'utf8'))
      export const handler = async () => [client, process.env.STAGE, next()]`,
    )
    await using sandbox = createSandbox({ runtime: 'nodejs24.x', environment: { STAGE: 'test' } })
    for (let load = 0; load < 2; load++) {
      await sandbox.load(join(folder, 'index.js'), start, served)
      const [outcome] = await sandbox.run([{ kind: 'request', event: {} }])
      expect(outcome?.result).toEqual({ kind: 'value', json: '["portal","test",1]' })
    }
  })
  test('files, texts in its own file and keys are put where it looks for them', async () => {
    const folder = mkdtempSync(join(directory, 'placed-'))
    const file = join(folder, 'index.js')
    writeFileSync(join(folder, 'other.json'), '{"kept":true}')
    writeFileSync(
      file,
      `const { kept } = require('./other.json'), { keys, client } = require('./config/keys.json')
      exports.handler = async () => [kept, keys, client, '##ISSUER##']`,
    )
    const policy = { issuer: 'https://issuer.example', jwksUri: keys, clientIds: ['portal'], routes: [{ path: '/*' }] }
    const handler = {
      file,
      files: { 'config/keys.json': { keys: '{jwks}', 'client|base64': { id: '{client}' } } },
      replace: { '##ISSUER##': '{issuer}' },
    }
    const tested: HandlerUnderTest = { name: 'placed', whose: 'foreign', file, policy, runtime: 'nodejs24.x', handler }
    await using sandbox = sandboxFor(tested)
    await loadPlaced(sandbox, tested, start, served)
    const [outcome] = await sandbox.run([{ kind: 'request', event: {} }])
    const expected = [true, { keys: [] }, 'eyJpZCI6InBvcnRhbCJ9', 'https://issuer.example']
    expect(outcome?.result).toEqual({ kind: 'value', json: JSON.stringify(expected) })
    expect(readFileSync(file, 'utf8')).toContain('##ISSUER##')
    const wrong = { ...tested, handler: { file, replace: { '##KEYS##': '{jwks}' } } }
    await expect(loadPlaced(sandbox, wrong, start, served)).rejects.toThrow(/handler.replace: .*has no "##KEYS##"/)
  })
  test("a module as the gate's builds it, and bakes policy and keys in", async () => {
    const bundler = join(directory, 'bundler.mjs')
    writeFileSync(
      bundler,
      `export const bundleAuthorizer = () => ({ program: 'exports.handler = async () => BAKED' })
      export const deployable = (program, baked) => 'const BAKED = ' + JSON.stringify(baked) + ';' + program`,
    )
    const policy = { issuer: 'https://issuer.example', jwksUri: keys, clientIds: ['portal'], routes: [{ path: '/*' }] }
    const handler = { file: 'index.cjs', keys: { bundler } }
    const tested: HandlerUnderTest = {
      name: 'built',
      whose: 'foreign',
      file: 'index.cjs',
      policy,
      runtime: 'nodejs24.x',
      handler,
    }
    await using sandbox = sandboxFor(tested)
    await loadPlaced(sandbox, tested, start, served)
    const [outcome] = await sandbox.run([{ kind: 'request', event: {} }])
    const baked = { policy, snapshots: { 'https://issuer.example': { fetchedAt: start, keys: [] } } }
    expect(outcome?.result).toEqual({ kind: 'value', json: JSON.stringify(baked) })
  })
  test('at origin request it gets an origin, which is no part of what it returns', async () => {
    await using sandbox = createSandbox({ runtime: 'nodejs24.x', event: 'origin-request' })
    const file = handlerFile(
      `exports.handler = async ({ Records: [{ cf: { config, request } }] }) =>
        ({ ...request, uri: config.eventType + ' ' + Object.keys(request.origin) })`,
    )
    await sandbox.load(file, start, served)
    const [outcome] = await sandbox.run([{ kind: 'request', event: viewerRequestEvent('/') }])
    const returned = outcome?.result?.kind === 'value' ? JSON.parse(outcome.result.json ?? '') : null
    expect(returned).toMatchObject({ uri: 'origin-request s3', method: 'GET' })
    expect(returned).not.toHaveProperty('origin')
  })
})

describe('other kinds of handlers', () => {
  const answers = async (options: SandboxOptions, source: string, extension: string, events: unknown[]) => {
    await using sandbox = createSandbox(options)
    await sandbox.load(handlerFile(source, extension), start, served)
    const outcomes = await sandbox.run(events.map((event) => ({ kind: 'request', event })))
    return outcomes.map(({ result }) => (result?.kind === 'value' ? JSON.parse(result.json ?? 'null') : result))
  }
  const fields = { querystring: 'jwt=good&a=1', headers: { cookie: 'b=2; c=3', accept: ['x', 'y'] } }
  test('a CloudFront function, with its modules, its key value store and the clock of the suite', async () => {
    const source = `import crypto from 'crypto'; import cf from 'cloudfront'
      async function handler(event) {
        const { request } = event
        const word = await cf.kvs().get('word')
        if (request.querystring.jwt?.value !== word) {
          const body = crypto.createHash('sha256').update(String(Date.now())).digest('hex')
          return { statusCode: 401, headers: { 'x-a': { value: '1' } }, cookies: { s: { value: '', attributes: 'Secure' } }, body }
        }
        delete request.querystring.jwt
        return request
      }`
    const options: SandboxOptions = { runtime: 'cloudfront-js-2.0', store: { word: 'good' } }
    const [passed, denied] = await answers(options, source, 'js', [
      viewerRequestEvent('/a', fields),
      viewerRequestEvent('/a'),
    ])
    const given = viewerRequestEvent('/a', fields).Records[0]?.cf.request
    expect(passed).toEqual({ ...given, querystring: 'a=1' })
    expect(denied).toMatchObject({
      status: '401',
      headers: { 'x-a': [{ value: '1' }], 'set-cookie': [{ value: 's=; Secure' }] },
    })
    const body = createHash('sha256').update(String(start)).digest('hex')
    expect(Buffer.from(denied.body, 'base64').toString()).toBe(body)
  })
  test('an application in the shape of the Fetch standard, which passes what it serves', async () => {
    const source = `class App {
        async fetch(request, env) {
          const keys = await fetch('${keys}').then((answer) => answer.json())
          if (new URL(request.url).searchParams.get('jwt') !== 'good') return Response.redirect('https://login.example/?' + keys.keys.length)
          return env.ASSETS.fetch(new Request(new URL('/index.html', request.url), request))
        }
      }
      export default new App()`
    const events = [viewerRequestEvent('/a', fields), viewerRequestEvent('/a')]
    const [passed, denied] = await answers({ runtime: 'fetch' }, source, 'mjs', events)
    expect(passed).toMatchObject({ method: 'GET', uri: '/index.html', querystring: fields.querystring })
    expect(denied).toMatchObject({ status: '302', headers: { location: [{ value: 'https://login.example/?0' }] } })
  })
})

describe('results', () => {
  const direct = async (source: string, runtime: Runtime) => {
    await using sandbox = createSandbox({ runtime })
    await sandbox.load(handlerFile(`exports.handler = ${source}`), start, served)
    return (await sandbox.run([{ kind: 'request', event: {} }]))[0]?.result
  }
  test('Node.js 22 takes callbacks and ignores what is no promise', async () => {
    expect(await direct('(event, context, callback) => { callback(null, 1) }', 'nodejs22.x')).toEqual({
      kind: 'value',
      json: '1',
    })
    expect(await direct('() => 1', 'nodejs22.x')).toEqual({ kind: 'value', json: 'null' })
  })
  test('Node.js 24 has no callbacks and takes plain values', async () => {
    expect(await direct('(event, context, callback) => { callback(null, 1) }', 'nodejs24.x')).toMatchObject({
      kind: 'threw',
    })
    expect(await direct('() => 1', 'nodejs24.x')).toEqual({ kind: 'value', json: '1' })
  })
  test('a throw, a rejection nobody handles, and a value without JSON are told apart from values', async () => {
    expect(await value('throw new TypeError("no")')).toEqual({ kind: 'threw', error: 'TypeError: no' })
    expect(await value('return { n: 1n }')).toMatchObject({ kind: 'threw' })
    expect(
      await value('Promise.reject(new Error("lost")); await new Promise((r) => setTimeout(r, 5)); return 1'),
    ).toMatchObject({
      kind: 'threw',
      error: expect.stringContaining('lost'),
    })
  })
})

describe('a handler that misbehaves costs its sandbox, not the suite', () => {
  const ending = async (body: string) => {
    await using sandbox = createSandbox({ runtime: 'nodejs24.x', heapMegabytes: 64 })
    await sandbox.load(handlerFile(`exports.handler = async (event) => { ${body} }`), start, served)
    return await sandbox.run([{ kind: 'request', event: {} }], { stepLimitMs: 1000 }).then(
      ([outcome]) => outcome?.result,
      (error: SandboxGone) => error.how,
    )
  }
  test('a loop', async () => expect(await ending('for (;;);')).toEqual({ kind: 'spinning' }))
  test('an exit', async () => expect(await ending('process.exit(3)')).toEqual({ kind: 'exit', code: 3, signal: null }))
  test('a kill', async () =>
    expect(await ending('process.kill(process.pid, "SIGKILL"); await new Promise(() => {})')).toMatchObject({
      kind: 'exit',
    }))
  test('memory without end', async () =>
    expect(await ending('const all = []; for (;;) all.push("x".repeat(1000) + all.length)')).toMatchObject({
      kind: 'exit',
    }))
  test('an answer that never comes', async () =>
    expect(await ending('return new Promise(() => {})')).toEqual({ kind: 'timeout' }))
})

describe('the clock is the suite’s', () => {
  test('and stands still but for timers that somebody waits for', async () => {
    const [first, second] = await outcomes(
      'const t = Date.now(); if (event.wait) await new Promise((r) => setTimeout(r, event.wait)); return [t, Date.now()]',
      [{ wait: 2500 }, {}],
    )
    expect(first?.result).toEqual({ kind: 'value', json: JSON.stringify([start, start + 2500]) })
    expect(second?.result).toEqual({ kind: 'value', json: JSON.stringify([start + 2500, start + 2500]) })
  })
  test.each([
    ['Date', 'new Date().getTime()'],
    ['a Date of another realm', 'require("node:vm").runInNewContext("Date.now()")'],
    ['timers/promises', '(await require("node:timers/promises").setTimeout(1000), Date.now() - 1000)'],
    ['promisified timers', '(await require("node:util").promisify(setTimeout)(1000), Date.now() - 1000)'],
    ['AbortSignal.timeout', '(await new Promise((r) => { AbortSignal.timeout(1000).onabort = r }), Date.now() - 1000)'],
    [
      'performance.now',
      `(await new Promise((r) => setTimeout(r, 50)), ${start} + (performance.now() - performance.now()))`,
    ],
    [
      'Intl',
      'new Date(new Intl.DateTimeFormat("en", { dateStyle: "short", timeStyle: "medium", timeZone: "UTC" }).format() + " UTC").getTime()',
    ],
  ])('%s', async (_title, expression) => {
    expect(await value(`return ${expression}`)).toBe(start)
  })
  test('it moves by steps, and timers fire on their way', async () => {
    await using sandbox = createSandbox({ runtime: 'nodejs24.x' })
    const file = handlerFile(
      'const at = []; setInterval(() => at.push(Date.now()), 60000); exports.handler = async () => at',
    )
    await sandbox.load(file, start, served)
    const results = await sandbox.run([
      { kind: 'advance', ms: 150_000 },
      { kind: 'request', event: {} },
    ])
    expect(results[1]?.result).toEqual({ kind: 'value', json: JSON.stringify([start + 60_000, start + 120_000]) })
  })
  test('what a handler began and did not wait for comes before the time that then passes', async () => {
    await using sandbox = createSandbox({ runtime: 'nodejs24.x' })
    const file = handlerFile(`exports.handler = async () => { setImmediate(() => fetch("${keys}")) }`)
    await sandbox.load(file, start, served)
    const steps = await sandbox.run([
      { kind: 'request', event: {} },
      { kind: 'advance', ms: 60_000 },
    ])
    expect(steps.flatMap(({ effects }) => effects.fetches.map(({ at }) => at))).toEqual([start])
  })
  test('set back, it takes the wall clock along and no clock that measures', async () => {
    await using sandbox = createSandbox({ runtime: 'nodejs24.x' })
    const file = handlerFile('exports.handler = async () => [Date.now(), Math.round(performance.now())]')
    await sandbox.load(file, start, served)
    const steps = await sandbox.run([
      { kind: 'request', event: {} },
      { kind: 'freeze', ms: -60_000 },
      { kind: 'request', event: {} },
    ])
    const [before, after] = [steps[0], steps[2]].map((step) =>
      step?.result?.kind === 'value' ? JSON.parse(step.result.json ?? '[]') : [],
    )
    expect(after[0]).toBe(before[0] - 60_000)
    expect(after[1]).toBe(before[1])
  })
  test('it does not move while cryptography is under way', async () => {
    const [outcome] = await outcomes(
      'const slow = crypto.subtle.generateKey({ name: "RSA-PSS", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" }, true, ["sign"]); return Promise.race([slow.then(() => "key"), new Promise((r) => setTimeout(r, 20, "timer"))])',
    )
    expect(outcome?.result).toEqual({ kind: 'value', json: '"key"' })
  })
})

describe('the network is the suite’s', () => {
  const get = (module: string, url: string) =>
    `return new Promise((resolve, reject) => require("node:${module}").get("${url}", (m) => { let t = ""; m.on("data", (d) => (t += d)); m.on("end", () => resolve([m.statusCode, t])) }).on("error", reject))`
  test.each([
    ['fetch', `const r = await fetch("${keys}"); return [r.status, await r.text()]`, [200, '{"keys":[]}']],
    ['node:https', get('https', keys), [200, '{"keys":[]}']],
    ['node:http', get('http', 'http://issuer.example/plain'), [500, 'plain']],
    [
      'node:http2',
      `return new Promise((resolve, reject) => { const c = require("node:http2").connect("https://issuer.example").on("error", reject); const q = c.request({ ":path": "/keys" }); let s, t = ""; q.on("response", (h) => { s = h[":status"] }).on("data", (d) => (t += d)).on("end", () => { c.close(); resolve([s, t]) }).on("error", reject).end() })`,
      [200, '{"keys":[]}'],
    ],
    [
      'a bare socket',
      `return new Promise((resolve) => { let t = ""; const s = require("node:tls").connect(443, "issuer.example", () => s.write("GET /keys HTTP/1.1\\r\\nhost: issuer.example\\r\\nconnection: close\\r\\n\\r\\n")); s.on("data", (d) => (t += d)).on("end", () => resolve([Number(t.slice(9, 12)), t.slice(t.indexOf("\\r\\n\\r\\n") + 4)])) })`,
      [200, '{"keys":[]}'],
    ],
  ])('through %s', async (_title, body, expected) => {
    const [outcome] = await outcomes(body)
    expect(outcome?.result).toEqual({ kind: 'value', json: JSON.stringify(expected) })
    expect(outcome?.effects.fetches).toHaveLength(1)
  })
  test('a host that nobody plays breaks the connection and is recorded', async () => {
    const [outcome] = await outcomes(
      'try { await fetch("https://elsewhere.example/x?y") } catch (error) { return error.message }',
    )
    expect(outcome?.result).toEqual({ kind: 'value', json: '"fetch failed"' })
    expect(outcome?.effects.fetches).toEqual([{ url: 'https://elsewhere.example/x?y', at: start, via: 'http/1.1' }])
  })
  test('answers break off half way', async () => {
    const halves: ServedUrls = Object.fromEntries(
      (['stall', 'drip', 'reset'] as const).map((halfway) => [
        `https://issuer.example/${halfway}`,
        { kind: 'body', body: 'ab'.repeat(4), halfway },
      ]),
    )
    // An idle time limit, as of node:http, ends the silent one alone.
    const file = handlerFile(`const read = (how) => new Promise((resolve) => {
      let text = ''
      const request = require('node:https').get('https://issuer.example/' + how, { timeout: 3000 }, (response) => {
        response.on('data', (chunk) => { text += chunk }).on('end', () => resolve(text + ' end'))
        response.on('error', (error) => resolve(text + ' ' + error.code))
      })
      request.on('timeout', () => { resolve(text + ' timeout'); request.destroy() }).on('error', () => {})
    })
    exports.handler = async () => [await read('stall'), await read('drip'), await read('reset')]`)
    await using sandbox = createSandbox({ runtime: 'nodejs24.x' })
    await sandbox.load(file, start, halves)
    const [outcome] = await sandbox.run([{ kind: 'request', event: {} }])
    expect(outcome?.result).toEqual({
      kind: 'value',
      json: JSON.stringify(['abab timeout', 'abababab end', 'abab ECONNRESET']),
    })
  })
  test('slow answers and silence take the suite’s time, not ours', async () => {
    expect(
      await value('const r = await fetch("https://issuer.example/slow"); return [await r.text(), Date.now()]'),
    ).toEqual(['late', start + 4000])
    expect(
      await value(
        'try { await fetch("https://issuer.example/never", { signal: AbortSignal.timeout(3000) }) } catch (e) { return [e.name, Date.now()] }',
      ),
    ).toEqual(['TimeoutError', start + 3000])
  })
  test.each<[string, Cut | undefined, unknown[]]>([
    ['goes on after it', undefined, ['late', 5000]],
    ['is found broken off', 'reset', ['ECONNRESET', 5000]],
    ['is never heard of again', 'silence', ['TimeoutError', 9000]],
  ])('what is fetched when a freeze comes %s', async (_title, cuts, [end, after]) => {
    const url = 'https://issuer.example/slow'
    const file = handlerFile(`const end = fetch('${url}', { signal: AbortSignal.timeout(9000) })
      .then((response) => response.text(), (error) => error.cause?.code ?? error.name)
    exports.handler = async () => [await end, Date.now() - ${start}]`)
    await using sandbox = createSandbox({ runtime: 'nodejs24.x' })
    expect((await sandbox.load(file, start, served)).underWay).toEqual([url])
    const [frozen, outcome] = await sandbox.run([
      { kind: 'freeze', ms: 5000, ...(cuts ? { cuts } : {}) },
      { kind: 'request', event: {} },
    ])
    expect(frozen?.effects.underWay).toEqual([url])
    expect(outcome?.result).toEqual({ kind: 'value', json: JSON.stringify([end, after]) })
    expect(outcome?.effects.underWay).toEqual([])
  })
  test('a freeze cuts off what a handler began and did not wait for, and no connection that is idle', async () => {
    const file = handlerFile(`const ask = (path) => fetch('https://issuer.example/' + path).then((r) => r.text())
      let slow
      const begin = () => { slow = ask('slow').catch(({ cause }) => cause.code) }
      exports.handler = async (event) => {
        if (event.begin) setImmediate(begin)
        else return [await slow, await ask('keys')]
        await ask('keys')
      }`)
    await using sandbox = createSandbox({ runtime: 'nodejs24.x' })
    await sandbox.load(file, start, served)
    const outcomes = await sandbox.run([
      { kind: 'request', event: { begin: true } },
      { kind: 'freeze', ms: 1000, cuts: 'reset' },
      { kind: 'request', event: {} },
    ])
    expect(outcomes[2]?.result).toEqual({ kind: 'value', json: JSON.stringify(['ECONNRESET', '{"keys":[]}']) })
  })
  test('a flood can be broken off', async () => {
    expect(
      await value(
        'let n = 0; for await (const c of (await fetch("https://issuer.example/flood")).body) { n += c.length; if (n > 100000) break } return n < 300000',
      ),
    ).toBe(true)
  })
})

test('what is written to the console and the descriptors is the log', async () => {
  const [outcome] = await outcomes(
    'console.log("one\\ntwo"); console.error("three"); require("node:fs").writeSync(1, "four\\n"); return 1',
  )
  expect(outcome?.effects.logs).toEqual(['one', 'two', 'three', 'four'])
})

test('a changed prototype is reported once', async () => {
  const [first, second] = await outcomes('if (event.bad) Object.prototype.admin = true; return 1', [{ bad: true }, {}])
  expect([first?.effects.polluted, second?.effects.polluted]).toEqual([['Object.prototype.admin'], []])
})

test('and one that no loop shows, at the latest when the batch is over', async () => {
  const hidden = 'const define = (on, name) => Object.defineProperty(on, name, { value: 1, configurable: true })'
  const all = await outcomes(
    `${hidden}; if (event.at === 0) define(Object.prototype, "x"); if (event.at === 1) define(Array.prototype, "y"); return 1`,
    [{ at: 0 }, { at: 1 }, {}],
  )
  expect(all.map(({ effects }) => effects.polluted)).toEqual([['Object.prototype.x'], [], ['Array.prototype.y']])
})
