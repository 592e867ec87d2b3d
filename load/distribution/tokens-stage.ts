/** `edgeproof tokens`: real access tokens of test users, kept fresh in a file while a load test runs. */

import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { type Stage, stageResult } from '../../command/stage.ts'
import { typedCommand } from '../../command/typed-command.ts'
import { withDefaults } from '../../config/policy-defaults.ts'
import { UsageError } from '../../config/usage-error.ts'
import { check } from '../../result/result.ts'
import { createTestUsers, removeLeftUsers, type TestUsers, userPoolOf } from './test-users.ts'

export interface TokensOptions {
  /** Default 10. */
  users?: number
  /** Comma-separated. Default: those that the policy's routes name. */
  groups?: string
  /** Where the tokens go, readable by the user alone, and removed at the end. Default `tokens.json`. */
  file?: string
  /** How long the users stay. Default: until Ctrl-C. */
  seconds?: number
  /** Remove what earlier, killed runs left, and do nothing else. */
  removeLeft?: boolean
}

/** A token is renewed when it ends within this time, and looked at this often: both in seconds. */
const renewWithin = 600
const lookEvery = 60

export const tokensStage: Stage<TokensOptions> = async ({ config, progress, signal }, options) => {
  const { policy } = config
  const { users: count = 10, file = 'tokens.json', seconds = Number.POSITIVE_INFINITY } = options
  const [{ issuers, clientIds }] = withDefaults(policy).providers
  const pool = userPoolOf(issuers[0].issuer, clientIds[0] ?? '')
  const groups = options.groups?.split(',') ?? [...new Set(policy.routes.flatMap((route) => route.groups ?? []))]
  const inputs = { userPoolId: pool.userPoolId, clientId: pool.clientId, users: count, groups }
  const number = (id: string, title: string, value: number, limit: number | null = null) =>
    check({ id: `tokens.${id}`, title, value, unit: 'count', limit, direction: limit === null ? 'none' : 'lower' })

  return stageResult('tokens', inputs, async () => {
    if (options.removeLeft)
      return { checks: [number('left', 'users of earlier runs removed', await removeLeftUsers(pool))] }
    progress.step('tokens: making test users')
    const users = await createTestUsers(pool, { count, groups, signal })
    let renewed = 0
    let left: string[] = []
    try {
      writeTokens(file, users)
      progress.log(`tokens: ${users.created} users signed in; their tokens are in ${file} ${until(seconds)}`)
      renewed = await keepFresh(users, file, seconds, signal)
    } finally {
      rmSync(file, { force: true })
      left = await users.remove()
    }
    const [example] = left
    return {
      checks: [
        number('created', 'test users created', users.created),
        number('renewed', 'tokens renewed', renewed),
        {
          ...number('left', 'test users that could not be removed', left.length, 0),
          ...(example ? { detail: `${example}: run "${typedCommand('tokens --remove-left')}"` } : {}),
        },
      ],
    }
  })
}

function until(seconds: number): string {
  return Number.isFinite(seconds) ? `for ${seconds} s` : 'until Ctrl-C'
}

async function keepFresh(users: TestUsers, file: string, seconds: number, signal: AbortSignal): Promise<number> {
  const end = Date.now() + seconds * 1000
  let renewed = 0
  while (!signal.aborted && Date.now() < end) {
    await wait(Math.min(lookEvery * 1000, end - Date.now()), undefined, { signal }).catch(() => {})
    if (signal.aborted) break
    const count = await users.renew(renewWithin)
    renewed += count
    if (count > 0) writeTokens(file, users)
  }
  return renewed
}

/** Whole or not at all: a load test may be reading it. */
function writeTokens(file: string, { tokens }: TestUsers): void {
  const partial = `${file}.${process.pid}.partial`
  try {
    writeFileSync(partial, JSON.stringify({ tokens }), { mode: 0o600 })
    renameSync(partial, file)
  } catch (error) {
    rmSync(partial, { force: true })
    throw new UsageError(
      `${file}: cannot be written (${(error as NodeJS.ErrnoException).code}); choose another with --file`,
    )
  }
}
