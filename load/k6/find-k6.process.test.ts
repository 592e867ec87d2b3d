import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { UsageError } from '../../config/usage-error.ts'
import { findK6, installedK6 } from './find-k6.ts'

const home = mkdtempSync(join(tmpdir(), 'edgeproof-k6-'))
afterAll(() => rmSync(home, { recursive: true }))

const bare = { HOME: home, XDG_CACHE_HOME: join(home, 'cache'), PATH: '' }

describe('k6', () => {
  it('is the one that K6_BIN names, before any other', () => {
    const chosen = program('chosen', 'k6')
    const other = program('path', 'k6')
    expect(installedK6({ env: { ...bare, K6_BIN: chosen, PATH: join(other, '..') } })).toBe(chosen)
  })

  it('is found on PATH', () => {
    const installed = program('path', 'k6')
    expect(installedK6({ env: { ...bare, PATH: `${home}:${join(installed, '..')}` } })).toBe(installed)
  })

  it('is found in the cache directory of the user', () => {
    expect(installedK6({ env: bare, platform: 'linux' })).toBeNull()
    const cached = program('cache/edgeproof/k6-v1.8.1', 'k6')
    expect(installedK6({ env: bare, platform: 'linux' })).toBe(cached)
    rmSync(cached)
  })

  it('a K6_BIN that cannot be run is a mistake with a remedy', () => {
    const search = { env: { ...bare, K6_BIN: join(home, 'nowhere') } }
    expect(() => installedK6(search)).toThrow(UsageError)
    expect(() => installedK6(search)).toThrow(/^K6_BIN: .*nowhere is not an executable file; correct it or unset it$/)
  })

  it.each([
    ['darwin', /brew install k6$/],
    ['win32', /winget install k6/],
    ['linux', /install it: .*(go install|rpm|https:)/],
  ] as const)('missing, without Go to build it, on %s says how to install it', async (platform, line) => {
    await expect(findK6({ env: bare, platform })).rejects.toThrow(UsageError)
    await expect(findK6({ env: bare, platform })).rejects.toThrow(line)
  })

  it('a build that fails is reported with its last line, and nothing stays', async () => {
    const go = program('go', 'go', '#!/bin/sh\necho "no route to module proxy" >&2; exit 1\n')
    const said: string[] = []
    const search = {
      env: { ...bare, PATH: join(go, '..') },
      platform: 'linux',
      log: (line: string) => said.push(line),
    } as const
    await expect(findK6(search)).rejects.toThrow(/building it with Go failed \(no route to module proxy\)/)
    expect(said).toEqual([expect.stringContaining('three minutes')])
    expect(installedK6(search)).toBeNull()
  })
})

function program(directory: string, name: string, text = '#!/bin/sh\n'): string {
  mkdirSync(join(home, directory), { recursive: true })
  const file = join(home, directory, name)
  writeFileSync(file, text)
  chmodSync(file, 0o755)
  return file
}
