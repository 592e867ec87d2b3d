import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { edgeSettings } from './edge-settings.ts'

const directory = mkdtempSync(join(tmpdir(), 'edgeproof-settings-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))
const basic = { port: '0', profile: 'cloudfront', pops: '1' }

test('names and values, and what stands for all', () => {
  expect(
    edgeSettings({
      ...basic,
      parameters: ['Stage=live', 'Query=a=b'],
      origin: ['api=http://127.0.0.1:3000', 'http://127.0.0.1:8000/?a=b'],
      objects: ['site=dist'],
      handler: ['index.js'],
      geo: 'NL,city=Delft',
    }),
  ).toMatchObject({
    parameters: { Stage: 'live', Query: 'a=b' },
    origins: { api: 'http://127.0.0.1:3000' },
    originUrl: 'http://127.0.0.1:8000/?a=b',
    objects: { site: 'dist' },
    handlers: { '': 'index.js' },
    geo: { country: 'NL', city: 'Delft' },
  })
  expect(edgeSettings({ ...basic, objects: ['dist'] }).objects).toBe('dist')
})

test.each([
  [{ parameters: ['Stage'] }, '--parameters Stage: should be NAME=VALUE'],
  [{ origin: ['api=file:///x'] }, '--origin file:///x: should be a URL'],
  [{ geo: 'nl' }, '--geo nl: should begin with a country code'],
  [{ log: join(directory, 'none', 'log') }, 'cannot be written (ENOENT)'],
  [{ functionLog: directory }, 'cannot be written (EISDIR)'],
  [{ tlsPort: 'x' }, '--tls-port x: should be a port number'],
])('%j is a mistake, said before anything starts', (options, message) => {
  expect(() => edgeSettings({ ...basic, ...options })).toThrow(message)
})
