import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Handler } from '../handlers/timed/deployment.ts'
import { denyCases, denyEvents } from './deny-cases.ts'
import { bundleSubjects, type SubjectBundle } from './subject-bundles.ts'
import { subjects } from './subjects.ts'
import { inCookie, loadWorkload, type WorkItem } from './workload.ts'

const require = createRequire(import.meta.url)
const workload = loadWorkload(256)
const directory = mkdtempSync(join(tmpdir(), 'edgeproof-subjects-'))
let bundles: SubjectBundle[]

beforeAll(async () => {
  // Denials are logged; here they are what is asked for.
  vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  // Those without keys of their own are tested by measuring: they need a process that trusts the local issuer.
  const offline = subjects.filter(({ keys }) => keys === 'baked')
  bundles = await bundleSubjects(offline, directory, 'https://localhost:9/jwks.json')
})
afterAll(() => {
  vi.restoreAllMocks()
  rmSync(directory, { recursive: true, force: true })
})

function answers(bundle: SubjectBundle, events: readonly string[]) {
  const { handler } = require(bundle.file) as { handler: Handler }
  return Promise.all(events.map(async (text) => ('uri' in (await handler(JSON.parse(text))) ? 'allowed' : 'denied')))
}

describe('every subject with baked keys', () => {
  test('allows valid requests', async () => {
    for (const bundle of bundles) {
      const items =
        bundle.credentials === 'header' || bundle.id === 'edgeproof-session' ? workload.valid : workload.cookie
      const eventOf = bundle.id === 'edgeproof-session' ? inCookie : ({ event }: WorkItem) => event
      expect(await answers(bundle, items.slice(0, 20).map(eventOf)), bundle.id).not.toContain('denied')
    }
  })

  test('denies what its library is there to deny', async () => {
    const byHeader = bundles.filter(({ credentials }) => credentials === 'header')
    for (const denyCase of denyCases) {
      const items = workload[denyCase.pool ?? 'valid'].slice(0, 5)
      for (const bundle of byHeader) {
        if (denyCase.id === 'forbidden' && !bundle.routes) continue
        // With one static key, fast-jwt does not look at the kid; the signature is another's here and fails.
        expect(await answers(bundle, denyEvents(denyCase, items)), `${bundle.id}, ${denyCase.id}`).not.toContain(
          'allowed',
        )
      }
    }
  })
})
