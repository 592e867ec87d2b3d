import type { Policy } from '../../authorizer/policy.ts'
import type { HandlerConfig } from '../../config/handler-schema.ts'
import type { CompleteProvider, PublishedIssuer } from '../../config/policy-defaults.ts'
import type { SigningKey } from '../../testing/issuer.ts'

/** Everything that minting needs, made once for a run. All of it is synchronous to use. */
export interface World {
  policy: Policy
  /** Milliseconds since the epoch, when handlers load. Tokens are minted against it. */
  start: number
  issuers: readonly [WorldIssuer, ...WorldIssuer[]]
  /** Keys of the attacker's own, of each algorithm that a provider allows and one HMAC-sized secret's worth of RSA. */
  attackerKeys: readonly [SigningKey, ...SigningKey[]]
  /** An https origin that the attacker plays. */
  attackerOrigin: string
  /** Tokens' owners with paths: each is granted `granted` and nothing of `denied`. At least one for each protected route. */
  visitors: readonly [Visitor, ...Visitor[]]
  /** Paths of the public routes; empty where there are none. */
  publicPaths: readonly string[]
  /** How the handler's visitors show who they are, where its description says so. */
  handler?: HandlerConfig
  /** Published in the place of the issuers' where no credential can be made: nothing was signed with them. */
  unusedKeys?: readonly SigningKey[]
  /** What the handler gives to somebody who has not signed in. */
  harvest?: { cookies: readonly { name: string; value: string }[]; states: readonly string[] }
}

/** `issuer` is the `iss` of its tokens, with a tenant in the place of `{tid}`. */
export interface WorldIssuer extends PublishedIssuer {
  provider: CompleteProvider
  /** The tokens' `tid`, where the issuer has a place for it. */
  tenant?: string
  /** Published from the start; the first one is what good tokens are signed with. */
  keys: readonly [SigningKey, ...SigningKey[]]
  /** The issuer's own, not published: for rotations. */
  spareKeys: readonly [SigningKey, ...SigningKey[]]
}

export interface Visitor {
  /** Which route of the policy `granted` belongs to. */
  route: number
  issuer: WorldIssuer
  /** A good payload for this policy and clock: valid for one hour from `start`. */
  claims: Record<string, unknown>
  granted: readonly [string, ...string[]]
  denied: readonly string[]
}
