import { expect, test } from 'vitest'
import type { HandlerConfig } from '../../config/handler-schema.ts'
import type { ServedUrls } from '../../oracle/served-urls.ts'
import type { Step } from '../case.ts'
import { createWorld } from '../world/make-world.ts'
import { suits } from './suited-scenarios.ts'

const policy = { issuer: 'https://issuer.example', clientIds: ['portal'], routes: [{ path: '/*' }] }
const outage: ServedUrls = { 'https://issuer.example/.well-known/jwks.json': { kind: 'reset' } }
const rotation: Step[] = [{ kind: 'serve', urls: outage }]
const elsewhere: ServedUrls = { 'https://attacker.example/keys': { kind: 'reset' } }

test.each<[string, Partial<HandlerConfig>, outageAtLoad: boolean, rotation: boolean]>([
  ['fetches its keys', {}, true, true],
  ['has them baked in', { keys: 'baked-in' }, false, false],
  ['has them in a file and fetches new ones', { files: { 'keys.json': '{jwks}' } }, false, true],
  ['has tokens of its own', { secret: 'a secret' }, false, false],
  ['lets nobody in', { credential: 'none' }, false, false],
])('of one that %s: what an outage or a rotation could show', async (_title, described, atLoad, later) => {
  const world = await createWorld(policy, 0, { file: 'index.js', ...described })
  expect(suits(world, { serve: outage, steps: [] })).toBe(atLoad)
  expect(suits(world, { steps: rotation })).toBe(later)
  expect(suits(world, { serve: elsewhere, steps: [{ kind: 'serve', urls: elsewhere }] })).toBe(true)
})
