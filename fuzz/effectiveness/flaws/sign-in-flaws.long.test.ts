/** Each mistake of sign-in shows in three stories of the attack that has its number. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { Policy } from '../../../authorizer/policy.ts'
import { sessionAttacks } from '../../sessions/attacks/attacks.ts'
import { runSessions } from '../../sessions/session-campaign.ts'
import { flawedHandler } from './flawed-handler.ts'
import { signInFlaws } from './sign-in-flaws.ts'

const directory = mkdtempSync(join(tmpdir(), 'edgeproof-sign-in-flaws-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

test('there is one mistake for each attack', () => {
  expect(signInFlaws.map(({ attack }) => attack)).toEqual(sessionAttacks.map(({ number }) => number))
  expect(sessionAttacks.map(({ number }) => number)).toEqual(Array.from({ length: 42 }, (_, index) => index + 1))
})

test.each(signInFlaws)('$attack: $name', async (flaw) => {
  const attack = sessionAttacks.find(({ number }) => number === flaw.attack)
  let count = 0
  const build = async (changed?: Policy) => {
    const file = join(directory, `${flaw.name}-${++count}.cjs`)
    writeFileSync(file, flawedHandler(flaw, changed).code)
    return file
  }
  const { policy } = flawedHandler(flaw)
  const { found } = await runSessions({
    tested: { name: flaw.name, whose: 'ours', file: await build(), policy, runtime: 'nodejs24.x', build },
    only: attack?.name ?? '',
    seed: flaw.name,
    stories: 3,
    stopAtFirst: true,
    shrinks: false,
    signal: new AbortController().signal,
  })
  expect(found).toHaveLength(1)
})
