/** What the stories about an issuer's keys are told with. */
import { withDefaults } from '../../config/policy-defaults.ts'
import type { Served } from '../../oracle/served-urls.ts'
import type { SigningKey } from '../../testing/issuer.ts'
import type { Step } from '../case.ts'
import { servedByIssuers } from '../world/make-world.ts'
import type { World, WorldIssuer } from '../world/world.ts'
import { keySet } from './key-set-answers.ts'
import { request } from './request-step.ts'
import { attackerToken, signedBy } from './tokens.ts'

export const minute = 60_000

export interface Scene {
  world: World
  issuer: WorldIssuer
  /** The path of the good requests. */
  granted: string
  /** A good request. */
  use: Step
  /** The same claims, valid for days, under another of the issuer's keys. */
  useKey: (key: SigningKey) => Step
  /** A request with a forged token under a `kid` that nobody published. */
  stranger: (n: number) => Step
  publish: (answer: Served) => Step
  maxAge: number
  maxStale: number
  cooldown: number
}

export function scene(world: World, visitor = world.visitors[0]): Scene {
  const { issuer, granted } = visitor
  const claims = { ...visitor.claims, exp: Math.floor(world.start / 1000) + 10 * 86_400 }
  const useKey = (key: SigningKey) => request(world, { uri: granted[0], token: signedBy(world, key, claims) })
  const { maxAge, maxStale, cooldown } = withDefaults(world.policy).jwks
  return {
    world,
    issuer,
    granted: granted[0],
    use: useKey(issuer.keys[0]),
    useKey,
    stranger: (n) =>
      request(world, { uri: granted[0], token: attackerToken(world, visitor.claims, { kid: `stranger-${n}` }) }),
    publish: (answer) => ({ kind: 'serve', urls: { [issuer.jwksUri]: answer } }),
    maxAge: maxAge * 1000,
    maxStale: maxStale * 1000,
    cooldown: cooldown * 1000,
  }
}

/** The answer that the issuer started with. */
export function good({ world, issuer }: Scene): Served {
  return servedByIssuers(world.issuers)[issuer.jwksUri] ?? { kind: 'reset' }
}

/** As good, and not there at once: a fetch is under way for so long. */
export function late(answer: Served): Served {
  return answer.kind === 'body' ? { ...answer, delayMs: 300 } : answer
}

export const jwks = (...keys: SigningKey[]) => keySet(keys.map(({ jwk }) => jwk))
