/** The keys that the policy's issuers have published, and whether their endpoints answer as they do on a plain day. */
import { createHash, createPublicKey, createSecretKey, type JsonWebKeyInput, type KeyObject } from 'node:crypto'
import type { Policy } from '../../authorizer/policy.ts'
import { type JudgedProvider, providersOf } from '../../oracle/policy-defaults.ts'
import type { Served, ServedUrls } from '../../oracle/served-urls.ts'

export interface IssuedKey {
  /** Of its place, material and names; two that are equal are one. */
  id: string
  jwksUri: string
  jwk: Record<string, unknown>
  /** Read when somebody asks: reading is slow, and most cases never ask. Null for one that cannot be read. */
  key: () => KeyObject | null
  /** Whose it is, and under which `iss` it signs. */
  provider: JudgedProvider
  issuers: readonly string[]
}

export class PublishedKeys {
  readonly #places
  readonly #keys = new Map<string, IssuedKey>()
  readonly #names = new Map<string, unknown[]>()
  /** An endpoint has failed or answered oddly at some time. */
  hasFailed = false
  /** One has published what no issuer publishes: keys without a name, weak or symmetric ones, or the attacker's. */
  isHostile = false

  /** `secret`: of a handler whose tokens are its own, HS256; its issuer publishes nothing. */
  constructor(policy: Policy, secret?: string) {
    const places = providersOf(policy).flatMap((provider) =>
      provider.keySets.map((keySet) => ({ provider, ...keySet })),
    )
    this.#places = secret === undefined ? places : []
    if (secret === undefined) return
    const key = createSecretKey(Buffer.from(secret))
    for (const place of places)
      this.#keys.set(place.jwksUri, { id: place.jwksUri, jwk: { alg: 'HS256' }, key: () => key, ...place })
  }

  /** What URLs answer from now on; the first call says all. */
  serve(urls: ServedUrls, isFirst: boolean): void {
    for (const { jwksUri, provider, issuers } of this.#places) {
      if (!isFirst && !Object.hasOwn(urls, jwksUri)) continue
      const served = urls[jwksUri]
      const set = served?.kind === 'body' ? keySetOf(served.body) : null
      if (!isPlainAnswer(served) || set === null || !set.hasObjectsOnly) this.hasFailed = true
      // It says itself that the keys are somewhere else, or has a key set in the page of an error.
      if (isRedirect(served) || (set !== null && !isFound(served))) this.isHostile = true
      if (set === null || !isFound(served)) continue
      if (!set.isPlain) this.isHostile = true
      this.#names.set(
        jwksUri,
        set.keys.map(({ jwk }) => jwk.kid),
      )
      for (const { name, jwk, key } of set.keys) {
        const id = `${jwksUri} ${issuers.join()} ${name}`
        if (!this.#keys.has(id)) this.#keys.set(id, { id, jwk, key, jwksUri, provider, issuers })
      }
    }
  }

  all(): Iterable<IssuedKey> {
    return this.#keys.values()
  }

  /** Whether the key is in its issuer's set by now. */
  isPublished({ jwk, jwksUri }: IssuedKey): boolean {
    return this.#places.length === 0 || this.#names.get(jwksUri)?.includes(jwk.kid) === true
  }
}

function onDemand({ kty, n, e, crv, x, y }: Record<string, unknown>): () => KeyObject | null {
  let key: KeyObject | null | undefined
  return () => {
    if (key === undefined) key = readKey({ kty, n, e, crv, x, y })
    return key
  }
}

function readKey(key: Record<string, unknown>): KeyObject | null {
  try {
    return createPublicKey({ key, format: 'jwk' } as JsonWebKeyInput)
  } catch {
    return null
  }
}

interface ReadSet {
  /** Its members that are objects. */
  keys: readonly (Pick<IssuedKey, 'jwk' | 'key'> & { name: string })[]
  hasObjectsOnly: boolean
  isPlain: boolean
}

/** The same few sets are served case after case. */
const read = new Map<string, ReadSet | null>()
const readAtMost = 500
const longestRead = 64 * 1024

/** Null for what is no key set. One that comes late, or not to its end, has been published all the same. */
function keySetOf(body: string): ReadSet | null {
  const before = read.get(body)
  if (before !== undefined) return before
  if (read.size >= readAtMost) read.clear()
  const members = membersOf(body)
  const objects = members?.filter(isObject) ?? []
  const set = members && {
    keys: objects.map((jwk) => ({ name: nameOf(jwk), jwk, key: onDemand(jwk) })),
    hasObjectsOnly: objects.length === members.length,
    isPlain: objects.every(isPlainKey),
  }
  if (body.length <= longestRead) read.set(body, set)
  return set
}

/** Of its material and names. */
function nameOf({ kty, n, e, crv, x, y, kid, alg, use }: Record<string, unknown>): string {
  const text = JSON.stringify([kty, n, e, crv, x, y, kid, alg, use])
  return createHash('sha256').update(text).digest('base64url').slice(0, 12)
}

function membersOf(body: string): unknown[] | null {
  try {
    const { keys } = JSON.parse(body) as { keys?: unknown }
    return Array.isArray(keys) && keys.length > 0 ? keys : null
  } catch {
    return null
  }
}

function isFound(served: Served | undefined): boolean {
  return served?.kind === 'body' && (served.status ?? 200) === 200
}

/** Whole, at once, and of a size that is read. */
function isPlainAnswer(served: Served | undefined): boolean {
  if (served?.kind !== 'body' || !isFound(served)) return false
  const { body, delayMs = 0, halfway } = served
  return delayMs === 0 && halfway === undefined && body.length <= 64 * 1024
}

function isRedirect(served: Served | undefined): boolean {
  if (served?.kind !== 'body') return false
  const { status = 200, headers = {} } = served
  return status >= 300 && status < 400 && Object.keys(headers).some((name) => name.toLowerCase() === 'location')
}

function isObject(member: unknown): member is Record<string, unknown> {
  return typeof member === 'object' && member !== null
}

/** As issuers publish them: named, asymmetric, strong, for signing or for encryption. */
function isPlainKey({ kty, kid, use, alg, n, e, d, k }: Record<string, unknown>): boolean {
  const isNamed = typeof kid === 'string' && (alg === undefined || typeof alg === 'string')
  const isStrong = kty !== 'RSA' || (typeof n === 'string' && n.length >= 342 && e === 'AQAB')
  const isPublic = ['RSA', 'EC', 'OKP'].some((type) => type === kty) && d === undefined && k === undefined
  return isNamed && isStrong && isPublic && (use === undefined || use === 'sig' || use === 'enc')
}
