import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Policy } from '../../authorizer/policy.ts'
import { silentProgress } from '../../command/progress.ts'
import { accessTokenPayload, createSigningKey } from '../../testing/issuer.ts'
import { mint } from '../../testing/mint.ts'
import { installedK6 } from '../k6/find-k6.ts'
import { loadRun } from '../load-run.ts'
import { scenarioNamed } from '../scenarios/catalogue.ts'
import { realTarget } from './real-distribution.ts'
import { startTokenRenewal } from './token-renewal.ts'

const directory = mkdtempSync(join(tmpdir(), 'edgeproof-renewal-'))
afterAll(() => rmSync(directory, { recursive: true }))

const policy: Policy = {
  issuer: 'https://issuer.example.com',
  clientIds: ['web'],
  routes: [{ path: '/users/{sub}/*' }],
}
const k6 = installedK6() ?? ''
if (!k6) console.log('skipped: k6 missing')

describe.skipIf(!k6)('tokens that are renewed in their file during a run', () => {
  it('are what k6 sends from then on', async () => {
    const key = await createSigningKey()
    const token = () => mint(key, accessTokenPayload({ iss: policy.issuer as string, client_id: 'web', sub: 'u1' }))
    const [first, second] = await Promise.all([token(), token()])
    const file = join(directory, 'tokens.json')
    const write = (text: string, seconds: number) => {
      writeFileSync(file, JSON.stringify({ tokens: [text] }))
      utimesSync(file, seconds, seconds)
    }
    write(first, 1000)
    const paths = join(directory, 'paths.txt')
    writeFileSync(paths, '/users/u1/a\n')

    const sent: (string | undefined)[] = []
    const server = createServer(({ headers }, response) => {
      if (sent.push(headers.authorization) === 20) write(second, 2000)
      response.writeHead(200).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const target = await realTarget(policy, {
      target: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      tokens: file,
      paths,
    })
    const scenario = { ...scenarioNamed('smoke'), mix: { valid: 1 } }
    const options = {
      k6,
      scenario,
      rate: 40,
      seconds: 3,
      segments: 1,
      seed: 1,
      progress: silentProgress,
      signal: new AbortController().signal,
    }
    const renewal = (credentials: Parameters<typeof startTokenRenewal>[1]) => startTokenRenewal(file, credentials, 0.2)
    await loadRun({ ...options, target: { ...target, renewal } })
    server.close()

    expect(sent.slice(0, 20)).toEqual(Array(20).fill(`Bearer ${first}`))
    expect(sent.at(-1)).toBe(`Bearer ${second}`)
    expect(new Set(sent).size).toBe(2)
  })
})
