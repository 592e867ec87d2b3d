import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { exportJWK } from 'jose'
import { afterAll, expect, it } from 'vitest'
import type { OneProviderPolicy } from '../authorizer/policy.ts'
import { accessTokenPayload, createSigningKey } from '../testing/issuer.ts'
import { bundleAuthorizer, deployable } from './bundle.ts'

const sandbox = fileURLToPath(new URL('good-tokens.cjs', import.meta.url))
const issuer = 'https://issuer.example.com/pool'
const key = await createSigningKey('EdDSA')
const directory = mkdtempSync(join(tmpdir(), 'bundle-memory-'))
afterAll(() => rmSync(directory, { recursive: true }))

/**
 * The heap as Lambda's Node runtime sets it for 128 MB: a tenth for the young generation, half of that a semi-space, the
 * rest for the old one (see bench/child-process.ts).
 */
const heapOf128Megabytes = ['--max-semi-space-size=6', '--max-old-space-size=116']
const requests = 2500
/** What the process may have in all: one of 128 MB is killed not far above that. */
const mostResident = 110
/** What may stay when all garbage is gone: 8 MiB of remembered tokens, headers and digests, and what else a used program holds. */
const mostKept = 16

const hashed = { routes: [{ path: '/vault/{group}/*', hash: 'md5' }] } as const

/**
 * What the tokens and their requests are like; with many groups the credential has some 8 kB; a longer header is too dear to be read.
 * Groups are ever new ones, but short names are out of 10,000: while JSON is parsed V8 enters a string of less than ten
 * characters into a table, out of which it comes with the next full collection, whether anybody kept it or not. With 830 new
 * ones in every token a process that does nothing but parse them has 100 to 115 MiB, and what is kept does not show.
 */
const visitors: [name: string, job: object, policy?: Partial<OneProviderPolicy>][] = [
  ['ordinary tokens', { claims: accessTokenPayload({ iss: issuer, client_id: 'web' }) }],
  ['18 kB of other cookies', { cookieLength: 18_000 }, { credentials: { cookie: 'token' } }],
  ['100 groups with long names', { groups: 100, nameLength: 54 }],
  ['400 groups', { groups: 400, nameLength: 10 }],
  ['830 groups', { groups: 830, differentNames: 10_000 }],
  ['1,650 groups, in 16 kB', { groups: 1650, differentNames: 10_000 }],
  ['100 groups and a hashed route', { groups: 100, nameLength: 20, uri: '/vault/{digest}/x' }, hashed],
  ['700 groups and a hashed route', { groups: 700, differentNames: 10_000, uri: '/vault/{digest}/x' }, hashed],
  ['headers of 1.5 kB, each another one', { headerLength: 1500 }],
]

it.each(visitors)(
  `keeps less than ${mostKept} MiB and has less than ${mostResident} resident over ${requests} good tokens: %s`,
  { timeout: 120_000 },
  async (name, job, policy) => {
    const file = join(directory, 'index.js')
    const snapshots = { [issuer]: { fetchedAt: Date.now(), keys: [key.jwk] } }
    const whole: OneProviderPolicy = {
      issuer,
      clientIds: ['web'],
      algorithms: ['EdDSA'],
      routes: [{ path: '/open/*' }],
      ...policy,
    }
    writeFileSync(file, deployable(bundleAuthorizer(whole).program, { policy: whole, snapshots }))
    const claims = { iss: issuer, client_id: 'web', token_use: 'access', exp: Math.floor(Date.now() / 1000) + 3600 }
    const defaults = {
      groups: 0,
      differentNames: 2 ** 24,
      nameLength: 0,
      headerLength: 0,
      cookieLength: 0,
      uri: '/open/x',
    }
    const privateKey = await exportJWK(key.privateKey)
    const started = { file, key: privateKey, kid: key.kid, claims, requests, ...defaults, ...job }
    const flags = [...heapOf128Megabytes, '--expose-gc']
    const output = execFileSync(process.execPath, [...flags, sandbox, JSON.stringify(started)], {
      encoding: 'utf8',
      env: {},
    })
    const { denied, residentBytes, keptBytes } = JSON.parse(output.trim().split('\n').at(-1) ?? '')
    const [resident, kept] = [residentBytes / 2 ** 20, keptBytes / 2 ** 20]
    console.log(`${kept.toFixed(1)} MiB kept and ${resident.toFixed(0)} resident over ${requests} good tokens: ${name}`)
    expect(denied).toBe(0)
    expect(kept).toBeLessThan(mostKept)
    expect(resident).toBeLessThan(mostResident)
  },
)
