import { expect, test } from 'vitest'
import { attackInThread, isCountless, type PolicyName } from './in-thread.ts'

test.each<PolicyName>(['a route of each kind', 'id tokens of two issuers in a cookie, and a login page'])(
  'ours withstands key sets of countless members under a policy with %s',
  async (name) => {
    expect(await attackInThread(name, isCountless)).toEqual({ attacks: 2, observations: [] })
  },
)
