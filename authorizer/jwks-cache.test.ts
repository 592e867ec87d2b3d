import { setImmediate as afterResponses } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { claimsAt, createTestBed, issuer, jwkSet, start, type TestBedOptions } from '../testing/authorizer-test-bed.ts'
import { createSigningKey } from '../testing/issuer.ts'
import { headerOf, rawToken } from '../testing/mint.ts'
import type { OneProviderPolicy } from './policy.ts'

const [first, second] = [await createSigningKey('ES256'), await createSigningKey('ES256')]
const oneSecond = 1000
const [maxAge, maxStale, cooldown] = [3600 * oneSecond, 86_400 * oneSecond, 10 * oneSecond]
const failure = new Error('the endpoint is down')

/** Good for longer than any test's clock runs. */
const tokenOf = (key = first) => rawToken(key, claimsAt(start, { exp: start / 1000 + 1e9 }))

function bedOf(options: TestBedOptions & { policy?: Partial<OneProviderPolicy> } = {}) {
  return createTestBed({ keys: [first], ...options, policy: { algorithms: ['ES256'], ...options.policy } })
}

/** An endpoint whose answers come when the test says so, in any order. */
function slowEndpoint() {
  const asked: { answer: (keys: string) => void; fail: () => void }[] = []
  const get = () =>
    new Promise<string>((resolve, reject) => asked.push({ answer: resolve, fail: () => reject(failure) }))
  return { asked, get }
}

describe('the first keys', () => {
  it('are asked for while the module loads', () => {
    expect(bedOf().endpoint.fetches).toBe(1)
  })

  it('are waited for by every request that comes meanwhile, with one fetch', async () => {
    const { asked, get } = slowEndpoint()
    const bed = bedOf({ get })
    const outcomes = Promise.all([bed.present(tokenOf()), bed.present(tokenOf()), bed.present(tokenOf(second))])
    asked[0]?.answer(jwkSet([first]))
    expect(await outcomes).toEqual(['allow', 'allow', 'unknown-key'])
    expect(asked).toHaveLength(1)
  })

  it('that cannot be had make no-keys, one fetch in each cooldown, and no memory of the failure', async () => {
    let down = true
    const bed = bedOf({
      get: async () => {
        if (down) throw failure
        return jwkSet([first])
      },
    })
    expect(await bed.present(tokenOf())).toBe('no-keys')
    bed.clock.now += cooldown - 1
    for (let request = 0; request < 20; request++) expect(await bed.present(tokenOf())).toBe('no-keys')
    expect(bed.endpoint.fetches).toBe(1)
    bed.clock.now += 1
    expect(await bed.present(tokenOf())).toBe('no-keys')
    expect(bed.endpoint.fetches).toBe(2)
    down = false
    bed.clock.now += cooldown
    expect(await bed.present(tokenOf())).toBe('allow')
    expect(bed.endpoint.fetches).toBe(3)
  })

  it('that never come are waited for once, however the time passes', async () => {
    const late: { bed?: ReturnType<typeof bedOf> } = {}
    const bed = bedOf({
      get: async () => {
        if (late.bed) late.bed.clock.now += cooldown
        throw failure
      },
    })
    late.bed = bed
    await afterResponses()
    bed.clock.now += cooldown
    expect(await bed.present(tokenOf())).toBe('no-keys')
    expect(bed.endpoint.fetches).toBe(2)
  })

  it('are not waited for on public routes', async () => {
    const bed = bedOf({ get: slowEndpoint().get })
    expect(await bed.outcome('/public/x')).toBe('allow')
  })
})

describe('a key that the set does not have', () => {
  it('is fetched once in each cooldown, however many tokens name one', async () => {
    const bed = bedOf()
    await bed.present(tokenOf())
    const fetches: number[] = []
    for (const elapsed of [0, 1, cooldown - 1, cooldown, cooldown + 1, 2 * cooldown - 1, 2 * cooldown]) {
      bed.clock.now = start + elapsed
      for (let request = 0; request < 5; request++) {
        const kid = `kid-${elapsed}-${request}`
        expect(await bed.present(rawToken(first, claimsAt(start), { alg: 'ES256', kid }))).toBe('unknown-key')
      }
      fetches.push(bed.endpoint.fetches)
    }
    expect(fetches).toEqual([1, 1, 1, 2, 2, 2, 3])
  })

  it('is accepted at its first request once the cooldown is over', async () => {
    const bed = bedOf()
    await bed.present(tokenOf())
    bed.endpoint.answer = jwkSet([first, second])
    expect(await bed.present(tokenOf(second))).toBe('unknown-key')
    bed.clock.now += cooldown
    expect(await bed.present(tokenOf(second))).toBe('allow')
    expect(await bed.present(tokenOf())).toBe('allow')
    expect(bed.endpoint.fetches).toBe(2)
  })

  it('is waited for once, though the cooldown is over while the fetch runs', async () => {
    const { asked, get } = slowEndpoint()
    const bed = bedOf({ get, policy: { jwks: { cooldown: 1 } } })
    asked[0]?.answer(jwkSet([first]))
    await bed.present(tokenOf())
    bed.clock.now += oneSecond
    const outcome = bed.present(tokenOf(second))
    // As long as the network client gives an endpoint that does not answer.
    bed.clock.now += 2 * oneSecond
    asked[1]?.fail()
    expect(await outcome).toBe('unknown-key')
    expect(asked).toHaveLength(2)
    const next = bed.present(tokenOf(second))
    asked[2]?.answer(jwkSet([first, second]))
    expect(await next).toBe('allow')
  })

  it('costs nothing where the token is refused anyway', async () => {
    const bed = bedOf()
    await bed.present(tokenOf())
    bed.clock.now += cooldown
    expect(await bed.present(rawToken(second, claimsAt(start, { iss: 'https://evil.example.com' })))).toBe('issuer')
    expect(await bed.present(rawToken(second, claimsAt(start, { exp: 1 })))).toBe('expired')
    expect(bed.endpoint.fetches).toBe(1)
  })
})

describe('keys that grow old', () => {
  it('are fetched anew beside the requests from three quarters of maxAge on', async () => {
    const { asked, get } = slowEndpoint()
    const bed = bedOf({ get })
    asked[0]?.answer(jwkSet([first]))
    await bed.present(tokenOf())
    bed.clock.now = start + maxAge * 0.75 - 1
    expect(await bed.present(tokenOf())).toBe('allow')
    await afterResponses()
    expect(asked).toHaveLength(1)
    bed.clock.now += 1
    // The second fetch is not answered, and nobody waits for it.
    expect(await bed.present(tokenOf())).toBe('allow')
    await afterResponses()
    expect(await bed.present(tokenOf())).toBe('allow')
    await afterResponses()
    expect(asked).toHaveLength(2)
  })

  it('are waited for at maxAge, whether the token was seen before or not', async () => {
    const { asked, get } = slowEndpoint()
    const bed = bedOf({ get })
    asked[0]?.answer(jwkSet([first]))
    const seen = tokenOf()
    await bed.present(seen)
    bed.clock.now = start + maxAge
    const outcomes = Promise.all([bed.present(seen), bed.present(tokenOf())])
    expect(asked).toHaveLength(2)
    asked[1]?.answer(jwkSet([second]))
    expect(await outcomes).toEqual(['unknown-key', 'unknown-key'])
  })

  it('take a withdrawn key’s remembered tokens along at maxAge, and let the new key’s in', async () => {
    const bed = bedOf()
    const token = tokenOf()
    expect(await bed.present(token)).toBe('allow')
    bed.endpoint.answer = jwkSet([second])
    bed.clock.now = start + maxAge - 1
    expect(await bed.present(token)).toBe('allow')
    bed.clock.now += 1
    expect(await bed.present(token)).toBe('unknown-key')
    expect(await bed.present(tokenOf(second))).toBe('allow')
  })

  it('verify remembered tokens anew when another key has taken over the kid', async () => {
    const bed = bedOf()
    const token = tokenOf()
    expect(await bed.present(token)).toBe('allow')
    bed.endpoint.answer = JSON.stringify({ keys: [{ ...second.jwk, kid: first.kid }] })
    bed.clock.now = start + maxAge
    expect(await bed.present(token)).toBe('signature')
    expect(await bed.present(rawToken(second, claimsAt(start, { exp: start }), headerOf(first)))).toBe('allow')
  })

  it('are fetched for a token of another key that has taken over the kid, with signatures of another length', async () => {
    const rsa = await createSigningKey('RS256')
    const bed = bedOf({ policy: { algorithms: ['ES256', 'RS256'] } })
    await bed.present(tokenOf())
    bed.endpoint.answer = JSON.stringify({ keys: [{ ...rsa.jwk, kid: first.kid }] })
    bed.clock.now = start + maxAge
    const token = rawToken(rsa, claimsAt(start, { exp: start }), { alg: 'RS256', kid: first.kid })
    expect(await bed.present(token)).toBe('allow')
  })

  it('count their age from when they were asked for', async () => {
    const { asked, get } = slowEndpoint()
    const bed = bedOf({ get })
    const waiting = bed.present(tokenOf())
    bed.clock.now = start + 2000
    asked[0]?.answer(jwkSet([first]))
    await waiting
    bed.clock.now = start + maxAge
    const outcome = bed.present(tokenOf())
    asked[1]?.answer(jwkSet([second]))
    expect(await outcome).toBe('unknown-key')
  })
})

describe('an outage', () => {
  const answers: [string, () => Promise<string>][] = [
    ['an error', () => Promise.reject(failure)],
    [
      'an error thrown at once',
      () => {
        throw failure
      },
    ],
    ['an empty set', async () => '{"keys":[]}'],
    ['a set of nothing usable', async () => '{"keys":[{"kty":"oct","k":"AAAA","kid":"a"},null]}'],
    ['a set whose key has no name', async () => JSON.stringify({ keys: [{ ...second.jwk, kid: undefined }] })],
    ['no set', async () => '{}'],
    ['keys that are no array', async () => '{"keys":{}}'],
    ['an array', async () => `[${JSON.stringify(first.jwk)}]`],
    ['null', async () => 'null'],
    ['HTML', async () => '<!doctype html><title>Sign in</title>'],
    ['half a set', async () => jwkSet([second]).slice(0, -10)],
    ['nothing', async () => ''],
    ['no string', async () => undefined as unknown as string],
  ]

  it.each(answers)('takes no good keys away until maxAge and maxStale: %s', async (_, answer) => {
    let up = true
    const bed = bedOf({ get: () => (up ? Promise.resolve(jwkSet([first])) : answer()) })
    const seen = tokenOf()
    await bed.present(seen)
    up = false
    for (const elapsed of [maxAge * 0.75, maxAge, maxAge + cooldown, maxAge + maxStale]) {
      bed.clock.now = start + elapsed
      expect(await bed.present(seen)).toBe('allow')
      expect(await bed.present(tokenOf())).toBe('allow')
    }
    expect(await bed.present(tokenOf(second))).toBe('unknown-key')
    bed.clock.now += 1
    expect(await bed.present(seen)).toBe('no-keys')
    expect(await bed.present(tokenOf())).toBe('no-keys')
    up = true
    bed.clock.now += cooldown
    expect(await bed.present(seen)).toBe('allow')
  })

  it('costs one fetch in each cooldown', async () => {
    let up = true
    const bed = bedOf({ get: () => (up ? Promise.resolve(jwkSet([first])) : Promise.reject(failure)) })
    await bed.present(tokenOf())
    up = false
    for (let elapsed = 0; elapsed < 60; elapsed++) {
      bed.clock.now = start + maxAge + elapsed * oneSecond
      expect(await bed.present(elapsed % 2 ? tokenOf() : tokenOf(second))).toBe(elapsed % 2 ? 'allow' : 'unknown-key')
    }
    expect(bed.endpoint.fetches).toBe(1 + 6)
  })

  it('without end of the fetch: who waits for it goes on once the next fetch is due', async () => {
    const { asked, get } = slowEndpoint()
    const bed = bedOf({ get })
    asked[0]?.answer(jwkSet([first]))
    await bed.present(tokenOf())
    bed.clock.now = start + maxAge
    const stuck = bed.present(tokenOf())
    bed.clock.now += 5 * oneSecond
    expect(await bed.present(tokenOf())).toBe('allow')
    bed.clock.now += 5 * oneSecond
    const next = bed.present(tokenOf())
    expect(asked).toHaveLength(3)
    asked[2]?.answer(jwkSet([first]))
    expect(await next).toBe('allow')
    asked[1]?.fail()
    expect(await stuck).toBe('allow')
  })
})

describe('answers out of order', () => {
  it('never bring back keys that a later answer has replaced', async () => {
    const { asked, get } = slowEndpoint()
    const bed = bedOf({ get })
    const waiting = bed.present(tokenOf())
    bed.clock.now += cooldown
    const later = bed.present(tokenOf(second))
    expect(asked).toHaveLength(2)
    asked[1]?.answer(jwkSet([second]))
    expect(await later).toBe('allow')
    asked[0]?.answer(jwkSet([first]))
    expect(await waiting).toBe('unknown-key')
    expect(await bed.present(tokenOf(second))).toBe('allow')
  })
})

describe('a sandbox that is frozen and thawed', () => {
  it('does not wait for the fetch that was under way, but for a new one', async () => {
    const { asked, get } = slowEndpoint()
    const bed = bedOf({ get })
    bed.clock.now += 3600 * oneSecond
    const outcome = bed.present(tokenOf())
    expect(asked).toHaveLength(2)
    asked[1]?.answer(jwkSet([first]))
    expect(await outcome).toBe('allow')
  })

  it('does not wait for the fetch that was under way when its clock was set back', async () => {
    const { asked, get } = slowEndpoint()
    const bed = bedOf({ get })
    bed.clock.now -= oneSecond
    const outcome = bed.present(tokenOf())
    expect(asked).toHaveLength(2)
    asked[1]?.answer(jwkSet([first]))
    expect(await outcome).toBe('allow')
  })

  it('waits for the new fetch also after the one that was under way has failed', async () => {
    const { asked, get } = slowEndpoint()
    const bed = bedOf({ get })
    bed.clock.now += 3600 * oneSecond
    const outcomes = [bed.present(tokenOf())]
    asked[0]?.fail()
    await afterResponses()
    outcomes.push(bed.present(tokenOf()))
    asked[1]?.answer(jwkSet([first]))
    expect(await Promise.all(outcomes)).toEqual(['allow', 'allow'])
  })

  describe.each<[string, (bed: ReturnType<typeof bedOf>) => Promise<string>]>([
    ['is public', (bed) => bed.outcome('/public/x')],
    ['has no route', (bed) => bed.outcome('/nowhere')],
    ['has no credentials', (bed) => bed.outcome('/open/x')],
    ['has an expired token', (bed) => bed.present(rawToken(first, claimsAt(start, { exp: 1 })))],
  ])('while its first keys were fetched, after a request that %s', (_, answeredAtOnce) => {
    it.each<[string, number, 'before' | 'after' | 'never']>([
      ['broke off with the freeze', 1, 'before'],
      ['breaks off while a token waits', 3, 'after'],
      ['never ends', 3, 'never'],
      ['was given up', 8, 'never'],
    ])('asks again at once for a token, for that fetch %s', async (_, seconds, fails) => {
      const { asked, get } = slowEndpoint()
      const bed = bedOf({ get })
      await answeredAtOnce(bed)
      bed.clock.now += seconds * oneSecond
      if (fails === 'before') asked[0]?.fail()
      await afterResponses()
      const outcome = bed.present(tokenOf())
      if (fails === 'after') asked[0]?.fail()
      await afterResponses()
      asked[1]?.answer(jwkSet([first]))
      expect(await outcome).toBe('allow')
      expect(asked).toHaveLength(2)
    })
  })

  it('asks no more than once in a cooldown after the fetch that was cut off', async () => {
    const bed = bedOf({ get: () => Promise.reject(failure) })
    const cut = slowEndpoint()
    const frozen = bedOf({ get: () => (cut.asked.length === 0 ? cut.get() : Promise.reject(failure)) })
    frozen.clock.now += 3 * oneSecond
    for (let request = 0; request < 20; request++) expect(await frozen.present(tokenOf())).toBe('no-keys')
    expect(frozen.endpoint.fetches).toBe(2)
    // One that failed while nothing was frozen does count.
    await afterResponses()
    bed.clock.now += 3 * oneSecond
    for (let request = 0; request < 20; request++) expect(await bed.present(tokenOf())).toBe('no-keys')
    expect(bed.endpoint.fetches).toBe(1)
  })

  it('refuses a withdrawn key at maxAge, though the refresh ahead was cut off a moment before', async () => {
    const { asked, get } = slowEndpoint()
    const bed = bedOf({ get })
    asked[0]?.answer(jwkSet([first]))
    await bed.present(tokenOf())
    bed.clock.now = start + maxAge - oneSecond
    expect(await bed.present(tokenOf())).toBe('allow')
    await afterResponses()
    bed.clock.now = start + maxAge
    const outcome = bed.present(tokenOf())
    asked[2]?.answer(jwkSet([second]))
    expect(await outcome).toBe('unknown-key')
  })

  it('does not ask again where the fetch that was under way went on and brought keys', async () => {
    const { asked, get } = slowEndpoint()
    const bed = bedOf({ get })
    bed.clock.now += 3 * oneSecond
    asked[0]?.answer(jwkSet([first]))
    await afterResponses()
    expect(await bed.present(tokenOf())).toBe('allow')
    expect(await bed.present(tokenOf(second))).toBe('unknown-key')
    expect(asked).toHaveLength(1)
  })

  it.each([
    ['forward and back', [+86_400_000, -86_400_000]],
    ['back and forward', [-86_400_000, +86_400_000]],
    ['back for good', [-86_400_000]],
  ])('decides as ever while its clock jumps %s', async (_, jumps) => {
    const bed = bedOf()
    const seen = tokenOf()
    expect(await bed.present(seen)).toBe('allow')
    const before = bed.endpoint.fetches
    for (const jump of jumps) {
      bed.clock.now += jump
      expect(await bed.present(seen)).toBe('allow')
    }
    bed.endpoint.answer = jwkSet([second])
    bed.clock.now += maxAge
    expect(await bed.present(seen)).toBe('unknown-key')
    expect(bed.endpoint.fetches - before).toBeLessThanOrEqual(jumps.length + 1)
  })

  it('does not fetch without end while its clock stands before its keys’ time', async () => {
    const bed = bedOf()
    await bed.present(tokenOf())
    bed.endpoint.answer = 'down'
    bed.clock.now -= 3600 * oneSecond
    for (let request = 0; request < 20; request++) expect(await bed.present(tokenOf())).toBe('allow')
    expect(bed.endpoint.fetches).toBe(2)
  })
})

describe('a snapshot', () => {
  const snapshotAt = (fetchedAt: number, keys = [first]) => ({
    [issuer]: { fetchedAt, keys: keys.map(({ jwk }) => jwk) },
  })
  let slow: ReturnType<typeof slowEndpoint>
  beforeEach(() => {
    slow = slowEndpoint()
  })

  it.each([0, maxAge * 0.75 - 1])('that is fresh, %i ms old, needs no network', async (age) => {
    const bed = bedOf({ get: slow.get, snapshots: snapshotAt(start - age) })
    expect(await bed.present(tokenOf())).toBe('allow')
    await afterResponses()
    expect(slow.asked).toHaveLength(0)
  })

  it('that is fresh gives way to a fetch for a key that it does not have', async () => {
    const bed = bedOf({ get: slow.get, snapshots: snapshotAt(start) })
    const outcome = bed.present(tokenOf(second))
    slow.asked[0]?.answer(jwkSet([second]))
    expect(await outcome).toBe('allow')
    expect(await bed.present(tokenOf())).toBe('unknown-key')
  })

  it('that is older than maxAge serves while the first fetch runs, which begins after the response', async () => {
    const bed = bedOf({ get: slow.get, snapshots: snapshotAt(start - maxAge) })
    expect(slow.asked).toHaveLength(0)
    const response = bed.present(tokenOf())
    expect(slow.asked).toHaveLength(0)
    expect(await response).toBe('allow')
    await afterResponses()
    expect(slow.asked).toHaveLength(1)
    expect(await bed.present(tokenOf())).toBe('allow')
    slow.asked[0]?.answer(jwkSet([second]))
    await afterResponses()
    expect(await bed.present(tokenOf())).toBe('unknown-key')
    expect(slow.asked).toHaveLength(1)
  })

  it('that is older than maxAge does not serve for ever where each freeze cuts the fetch off', async () => {
    const bed = bedOf({ get: slow.get, snapshots: snapshotAt(start - maxAge) })
    expect(await bed.present(tokenOf())).toBe('allow')
    await afterResponses()
    bed.clock.now += 60 * oneSecond
    const afterFreeze = bed.present(tokenOf())
    expect(slow.asked).toHaveLength(2)
    slow.asked[1]?.answer(jwkSet([second]))
    expect(await afterFreeze).toBe('unknown-key')
  })

  it('that is older than maxAge serves on when the first fetch fails', async () => {
    const bed = bedOf({ get: slow.get, snapshots: snapshotAt(start - maxAge) })
    await bed.present(tokenOf())
    await afterResponses()
    slow.asked[0]?.fail()
    await afterResponses()
    expect(await bed.present(tokenOf())).toBe('allow')
    expect(slow.asked).toHaveLength(1)
  })

  it('that is too old is as good as none: the keys are fetched while the module loads', async () => {
    const bed = bedOf({ get: slow.get, snapshots: snapshotAt(start - maxAge - maxStale - 1) })
    expect(slow.asked).toHaveLength(1)
    slow.asked[0]?.fail()
    expect(await bed.present(tokenOf())).toBe('no-keys')
  })

  it('that grows too old during an outage is refused', async () => {
    const bed = bedOf({ get: () => Promise.reject(failure), snapshots: snapshotAt(start - maxAge) })
    bed.clock.now = start + maxStale
    expect(await bed.present(tokenOf())).toBe('allow')
    bed.clock.now += 1
    expect(await bed.present(tokenOf())).toBe('no-keys')
  })

  it('without a usable key is as good as none', () => {
    bedOf({ get: slow.get, snapshots: { [issuer]: { fetchedAt: start, keys: [{ kty: 'oct' }] } } })
    expect(slow.asked).toHaveLength(1)
  })

  it('of another issuer does not count', () => {
    bedOf({ get: slow.get, snapshots: { 'https://other.example.com': { fetchedAt: start, keys: [first.jwk] } } })
    expect(slow.asked).toHaveLength(1)
  })
})
