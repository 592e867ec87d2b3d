/** Stories against the right handler and against some with one mistake, in real processes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Policy } from '../../authorizer/policy.ts'
import { silentProgress } from '../../command/progress.ts'
import { flaws } from '../effectiveness/flaws/catalogue.ts'
import {
  type BuiltHandler,
  flawedHandler,
  referenceSignInHandler,
  signInPolicy,
} from '../effectiveness/flaws/flawed-handler.ts'
import type { Finding } from '../finding.ts'
import { fuzzStage } from '../fuzz-stage.ts'
import { replayStage } from '../replay-stage.ts'
import { sentencesOf } from './sentences.ts'
import { runSessions, type SessionCampaignOptions } from './session-campaign.ts'

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'edgeproof-sessions-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

function written({ code }: BuiltHandler, name: string): string {
  const file = join(directory, `${name}.cjs`)
  writeFileSync(file, code)
  return file
}

function flawNamed(name: string) {
  const flaw = flaws.find((one) => one.name === `sign-in-${name}`)
  if (!flaw) throw new Error(`no flaw ${name}`)
  return flaw
}

function tell(build: (policy?: Policy) => BuiltHandler, options: Partial<SessionCampaignOptions>) {
  let count = 0
  const file = (policy?: Policy) => written(build(policy), `handler-${++count}`)
  const { policy } = build()
  return runSessions({
    tested: {
      name: 'handler',
      whose: 'ours',
      file: file(),
      policy,
      runtime: 'nodejs24.x',
      build: async (changed) => file(changed),
    },
    seed: '1',
    signal: new AbortController().signal,
    ...options,
  })
}

test('a right handler has no finding in any attack, nor in walks', async () => {
  const { found, unconfirmed, attacks, stories } = await tell(referenceSignInHandler, { stories: 60 })
  expect([...found, ...unconfirmed].map(({ sight, story }) => [sight.story, ...sentencesOf(story)])).toEqual([])
  // The store of secrets is another policy's.
  expect([attacks, stories]).toEqual([41, 60])
})

test("the attacker's cookies in the victim's browser are found, told in four sentences, and replayed from a file", async () => {
  const handler = written(flawedHandler(flawNamed('cookie-without-prefix')), 'bare')
  const policy: Policy = signInPolicy
  const context = {
    config: { policy },
    configFile: 'test',
    out: directory,
    progress: silentProgress,
    signal: new AbortController().signal,
  }
  const result = await fuzzStage(context, { handler, sessions: true, runs: 1 })
  const { findings } = result.data as unknown as { findings: Finding[] }
  const state = findings.find(({ rule }) => rule === 'sign-in/state')
  expect(state).toMatchObject({ class: 'bypass', who: 'sibling-domain', severity: 'low' })
  expect(state?.case.story && sentencesOf(state.case.story)).toEqual([
    "The attacker's browser, tab evil: open the attacker's page.",
    "The attacker's browser, tab evil: the attacker gives the password.",
    expect.stringMatching(
      /^A sibling domain sets the cookies of the attacker's browser in the victim's browser, names bare/,
    ),
    "The victim's browser, tab one: open the attacker's page.",
  ])
  const file = /replay (\S+)/.exec(state?.replay ?? '')?.[1] ?? ''
  const rules = async (options: object) => {
    const { data } = await replayStage(context, { file, ...options })
    return (data as unknown as { findings: Finding[] }).findings.map(({ rule }) => rule)
  }
  expect(await rules({ handler })).toContain('sign-in/state')
  // Ours, built with the policy of the case, is not taken in.
  expect(await rules({})).toEqual([])
})

test.each([
  ['state-only-signed', 'callback-of-another-browser', 'bypass sign-in/state'],
  ['way-back-concatenated', 'way-back-to-another-site', 'open-redirect sign-in/return'],
  ['refused-refresh-repeated', 'refresh-token-refused', 'exhaustion sign-in/loop'],
  ['revived-by-a-refresh', 'signed-out-during-a-refresh', 'bypass sign-in/revived'],
])('is found out: %s', async (name, only, expected) => {
  const { found } = await tell((policy) => flawedHandler(flawNamed(name), policy), { only, stories: 1, shrinks: false })
  expect(found.map(({ sight }) => `${sight.class} ${sight.rule}`)).toContain(expected)
})
