import type { EdgePolicy } from './edge-policy.ts'

/** A JWK as an issuer publishes it (RFC 7517 4); members are checked when a key is imported, not here. */
export type Jwk = Record<string, unknown>

/** Keys taken at build time, so that the first request needs no network. */
export interface JwksSnapshot {
  /** When the keys were fetched, in milliseconds since the epoch; their age counts from here. */
  fetchedAt: number
  keys: readonly Jwk[]
}

/** What the build writes into the first line of the deployed file. */
export interface EdgeConfiguration {
  policy: EdgePolicy
  /** Issuer → its keys. */
  snapshots?: Readonly<Record<string, JwksSnapshot>>
}
