import { expect, test } from 'vitest'
import { silentProgress } from '../../command/progress.ts'
import config from '../../edgeproof.config.ts'
import { signInStage } from './sign-in-stage.ts'

test('by HTTP: in, past the cache, refused, refreshed and out, and the result says which way', async () => {
  const context = {
    config,
    configFile: 'test',
    out: 'results',
    progress: silentProgress,
    signal: new AbortController().signal,
  }
  const { checks, verdict } = await signInStage(context, { browser: 'HTTP' })
  expect(checks.flatMap(({ detail }) => detail ?? [])).toEqual([expect.stringMatching(/^signed in by HTTP/)])
  expect([verdict, checks.length]).toEqual(['pass', 9])
})
