/** Tokens that attacks start from: good ones (signed once for each text), and forgeries that cost no RSA. */
import { createHmac } from 'node:crypto'
import type { SigningKey } from '../../testing/issuer.ts'
import { encode, mint, rawToken } from '../../testing/mint.ts'
import type { Visitor, World, WorldIssuer } from '../world/world.ts'

/** Members to set; undefined removes one. */
export type Changes = Record<string, unknown>

export function change(object: object, changes: Changes): Record<string, unknown> {
  const all: Record<string, unknown> = { ...object, ...changes }
  for (const [name, value] of Object.entries(all)) if (value === undefined) delete all[name]
  return all
}

// An RSA signature costs more than judging a case, and most attacks start from the same few tokens.
const signed = new WeakMap<World, Map<string, string>>()
const signedAtMost = 5000

function once(world: World, name: string, sign: () => string): string {
  let tokens = signed.get(world)
  if (!tokens || tokens.size >= signedAtMost) {
    tokens = new Map()
    signed.set(world, tokens)
  }
  const token = tokens.get(name) ?? sign()
  tokens.set(name, token)
  return token
}

/** Signed by the visitor's true issuer: the visitor's claims with changes, the header with changes. */
export function issuedToken(world: World, visitor: Visitor, changes: Changes = {}, header: Changes = {}): string {
  return signedBy(world, visitor.issuer.keys[0], change(visitor.claims, changes), header)
}

/** Signed by a given key under its own `kid` and `alg`, unless the header's changes say otherwise. */
export function signedBy(world: World, key: SigningKey, claims: object, header: Changes = {}): string {
  const full = change({ kid: key.kid, alg: key.algorithm, ...typeHeader(world, claims) }, header)
  return signedTexts(world, key, JSON.stringify(full), JSON.stringify(claims))
}

/** With the `typ` that the issuer of these claims writes, where the provider asks for one. */
export function typeHeader({ issuers }: World, claims: object): { typ?: string } {
  const [typ] = issuerOf({ issuers }, claims).provider.types ?? []
  return typ === undefined ? {} : { typ }
}

/** Signed by a given key over these very texts. */
export function signedTexts(world: World, key: SigningKey, header: string, payload: string | Buffer): string {
  const text = typeof payload === 'string' ? payload : payload.toString('latin1')
  return once(world, `${key.kid} ${key.algorithm} ${header} ${text}`, () => rawToken(key, payload, header))
}

/** Signed with an attacker's own key, under any header. */
export function attackerToken(world: World, claims: object, header: Changes = {}): string {
  const key = attackerKey(world, issuerOf(world, claims))
  const full = change(typeHeader(world, claims), header)
  return once(world, JSON.stringify([claims, full]), () => mint(key, claims, full))
}

/** Whose these claims say they are; the first one's where they name none. */
function issuerOf({ issuers }: Pick<World, 'issuers'>, claims: object): WorldIssuer {
  return issuers.find(({ issuer }) => 'iss' in claims && issuer === claims.iss) ?? issuers[0]
}

/** The attacker's key of the kind that the issuer's own tokens use. */
export function attackerKey(world: World, issuer: WorldIssuer = world.issuers[0]): SigningKey {
  const wanted = issuer.keys[0].algorithm
  return world.attackerKeys.find((key) => key.algorithm === wanted) ?? world.attackerKeys[0]
}

/** Any header and payload, with this signature text. */
export function unsigned(header: object | string, payload: object | string, signature = ''): string {
  return `${encode(header)}.${encode(payload)}.${signature}`
}

/** HS256, HS384 or HS512 (RFC 7518 3.2) with any octets as the secret. */
export function hmacToken(alg: 'HS256' | 'HS384' | 'HS512', secret: Buffer, header: object, payload: object): string {
  const input = `${encode({ alg, ...header })}.${encode(payload)}`
  return `${input}.${createHmac(`sha${alg.slice(2)}`, secret)
    .update(input)
    .digest('base64url')}`
}

/** A token's three parts. */
export function partsOf(token: string): [header: string, payload: string, signature: string] {
  const [header = '', payload = '', signature = ''] = token.split('.')
  return [header, payload, signature]
}
