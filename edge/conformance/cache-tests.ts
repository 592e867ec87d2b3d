/**
 * Runs http-cache-tests (cache-tests.fyi, npm http-cache-tests) against the local edge: the suite's server is the origin,
 * its client the viewer, each in a process of its own. Usage: node edge/conformance/cache-tests.ts [cloudfront|rfc9111] [test id]
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import type { CacheProfile } from '../cache/cache-rules.ts'
import { startEdge } from '../start-edge.ts'
import { cacheTestsTemplate } from './cache-tests-template.ts'

/** `required`: what a specification demands; `optimal`: what a good cache does; `check`: only looked at. */
type CacheTestKind = 'required' | 'optimal' | 'check'

/** `pass`; `fail`: the assertion did not hold; `setup`: what the test needs first did not happen. */
export type CacheTestOutcome = 'pass' | 'fail' | 'setup'

export interface CacheTestResult {
  id: string
  suite: string
  name: string
  kind: CacheTestKind
  outcome: CacheTestOutcome
  /** Why, where it did not pass. */
  message: string
}

interface Suite {
  id: string
  tests: { id: string; name: string; kind?: CacheTestKind; browser_only?: boolean }[]
}

const root = dirname(createRequire(import.meta.url).resolve('http-cache-tests/package.json'))

/** Every test of the suite that is not for browsers alone, or the one named; about 40 s, nearly all of it the suite's own pauses. */
export async function runCacheTests(profile: CacheProfile, id = ''): Promise<CacheTestResult[]> {
  const origin = await startSuiteServer()
  const edge = await startEdge({
    template: cacheTestsTemplate,
    config: {
      policy: { issuer: 'https://issuer.example.com', clientIds: ['none'], routes: [{ path: '/*', public: true }] },
    },
    profile,
    originUrl: origin.url,
    sandboxes: { waitMs: 5000 },
  })
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', 'cli.mjs'], {
      cwd: root,
      // Its own script falls back to npm's name for the setting; an empty one means every test.
      env: { npm_config_base: edge.url, npm_config_id: id, npm_package_config_id: '' },
      maxBuffer: 64 * 1024 * 1024,
    })
    if (id !== '') {
      console.log(stdout)
      return []
    }
    return await classified(JSON.parse(stdout) as Record<string, true | [string, string]>)
  } finally {
    await edge.close()
    origin.process.kill()
  }
}

/** Surrogate-Control is Edge Architecture 1.0 and no part of HTTP; the suite keeps it apart too. */
export function groupOf({ suite, kind }: CacheTestResult): string {
  return suite === 'surrogate-control' ? 'surrogate-control' : kind
}

async function classified(results: Record<string, true | [string, string]>): Promise<CacheTestResult[]> {
  const { default: suites } = (await import('http-cache-tests/tests/index.mjs' as string)) as { default: Suite[] }
  const { default: surrogate } = (await import('http-cache-tests/tests/surrogate-control.mjs' as string)) as {
    default: Suite
  }
  return [...suites, surrogate].flatMap(({ id: suite, tests }) =>
    tests.flatMap(({ id, name, kind = 'required', browser_only }) => {
      const result = results[id]
      if (browser_only || result === undefined) return []
      const outcome = result === true ? 'pass' : result[0] === 'Assertion' ? 'fail' : 'setup'
      return [{ id, suite, name, kind, outcome, message: result === true ? '' : result[1] } as const]
    }),
  )
}

async function startSuiteServer(): Promise<{ url: string; process: ChildProcess }> {
  const child = spawn(process.execPath, ['--no-warnings', 'server/server.mjs'], {
    cwd: root,
    env: { npm_config_protocol: 'http', npm_config_port: '0', npm_config_pidfile: '/dev/null' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child.stdout.setEncoding('utf8')
  const [line] = (await once(child.stdout, 'data')) as [string]
  child.stdout.resume()
  const port = /:(\d+)\/\s*$/m.exec(line)?.[1]
  if (port === undefined) throw new Error(`http-cache-tests' server says: ${line}`)
  return { url: `http://127.0.0.1:${port}`, process: child }
}

if (import.meta.main) {
  const [profile = 'cloudfront', id] = process.argv.slice(2)
  const results = await runCacheTests(profile as CacheProfile, id)
  for (const { id, kind, outcome, message } of results)
    if (outcome !== 'pass') console.log(`${outcome} ${kind} ${id}: ${message}`)
  for (const [title, list] of Object.entries(Object.groupBy(results, groupOf))) {
    console.log(`${title}: ${list?.filter(({ outcome }) => outcome === 'pass').length} of ${list?.length}`)
  }
}
