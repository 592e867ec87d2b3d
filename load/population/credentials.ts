/** The tokens of a run: good ones, and every kind that must be refused. */

import { decodeProtectedHeader } from 'jose'
import type { Policy } from '../../authorizer/policy.ts'
import { withDefaults } from '../../config/policy-defaults.ts'
import { type AccessTokenClaims, accessTokenPayload, createSigningKey, type SigningKey } from '../../testing/issuer.ts'
import { mint } from '../../testing/mint.ts'
import type { Identity } from './expectation.ts'

/** A header line. */
export interface Credential {
  name: string
  value: string
}

export interface CredentialSource {
  /** A good token; `fresh`: one that no request had before. */
  valid(identity: Identity, generation: number, fresh: boolean): Promise<Credential>
  expired(identity: Identity): Promise<Credential>
  /** Looks like the identity's token and was not signed by the issuer. */
  forged(identity: Identity, random: () => number): Promise<Credential>
  /** No JWT at all. */
  malformed(random: () => number): Credential
}

/** Mints a token of the issuer; claims are merged over those of a fresh Cognito access token. */
export type Mint = (claims: Partial<AccessTokenClaims>) => Promise<string>

/** Mints with a key that the issuer is going to publish later. */
export function mintWith(key: SigningKey, policy: Policy): Mint {
  return async (claims) =>
    mint(key, accessTokenPayload({ iss: issuerOf(policy), client_id: clientOf(policy), ...claims }))
}

/**
 * Tokens from the local issuer. `mints` has one entry for each generation of signing keys; good tokens live
 * `lifetimeSeconds`, longer than the run.
 */
export async function localCredentials(
  policy: Policy,
  mints: readonly Mint[],
  lifetimeSeconds: number,
): Promise<CredentialSource> {
  const cache = new Map<string, Promise<Credential>>()
  const once = (key: string, make: () => Promise<Credential>) => {
    const known = cache.get(key) ?? make()
    cache.set(key, known)
    return known
  }
  const mintOf = (generation: number): Mint => {
    const own = mints[generation]
    if (!own) throw new Error(`no signing key of generation ${generation}`)
    return own
  }
  const stranger = await createSigningKey(withDefaults(policy).algorithms[0])
  const now = Math.floor(Date.now() / 1000)
  const good = (identity: Identity) => claimsOf(policy, identity, now - 10, now + lifetimeSeconds)

  const valid: CredentialSource['valid'] = (identity, generation, fresh) => {
    const make = async () => credential(policy, identity, await mintOf(generation)(good(identity)))
    return fresh ? make() : once(`valid ${generation} ${identity.sub}`, make)
  }
  return {
    valid,
    expired: (identity) =>
      once(`expired ${identity.sub}`, async () =>
        credential(policy, identity, await mintOf(0)(claimsOf(policy, identity, now - 7200, now - 3600))),
      ),
    forged: async (identity, random) => {
      const forgery = drawForgery(random)
      return once(`forged ${forgery.name} ${identity.sub}`, async () => {
        const token = await mintOf(0)(good(identity))
        return credential(policy, identity, forgery(token, stranger))
      })
    },
    malformed: (random) => malformedCredential(policy, random),
  }
}

/** Tokens that somebody else's issuer made, by `sub`: good ones, and forgeries of them. There is no expired one. */
export async function givenCredentials(policy: Policy, tokens: ReadonlyMap<string, string>): Promise<CredentialSource> {
  const stranger = await createSigningKey(withDefaults(policy).algorithms[0])
  const tokenOf = (identity: Identity) => tokens.get(identity.sub) ?? ''
  return {
    valid: async (identity) => credential(policy, identity, tokenOf(identity)),
    expired: () => Promise.reject(new Error('only the issuer can make an expired token')),
    forged: async (identity, random) => credential(policy, identity, drawForgery(random)(tokenOf(identity), stranger)),
    malformed: (random) => malformedCredential(policy, random),
  }
}

/** A value of the right header that is no JWT. */
function malformedCredential(policy: Policy, random: () => number): Credential {
  const text = malformedTokens[Math.floor(random() * malformedTokens.length)] ?? 'x'
  return credential(policy, { sub: 'nobody', groups: [], claims: {} }, text)
}

/** The header line in which a policy expects a token. `*` in a cookie's name stands for Cognito's user name. */
function credential(policy: Policy, identity: Identity, token: string): Credential {
  const source = withDefaults(policy).credentials
  if (source === 'header') return { name: 'Authorization', value: `Bearer ${token}` }
  const name = source.cookie.replaceAll('{client}', clientOf(policy)).replaceAll('*', identity.sub)
  return { name: 'Cookie', value: `${name}=${token}` }
}

type Forgery = (token: string, stranger: SigningKey) => string

/** Another key under the issuer's `kid`. */
const wrongKey: Forgery = (token, stranger) => {
  const [, payload = ''] = token.split('.')
  const kid = decodeProtectedHeader(token).kid ?? ''
  return mint({ ...stranger, kid }, JSON.parse(Buffer.from(payload, 'base64url').toString()))
}

/** A good signature under a payload that grants more. */
const alteredPayload: Forgery = (token) => {
  const [header, payload = '', signature] = token.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
  const altered = JSON.stringify({ ...claims, exp: claims.exp + 86_400 })
  return [header, Buffer.from(altered).toString('base64url'), signature].join('.')
}

/** RFC 8725 2.1: an unsecured JWT in place of a signed one. */
const unsecured: Forgery = (token) => {
  const header = Buffer.from(JSON.stringify({ alg: 'none', kid: decodeProtectedHeader(token).kid })).toString(
    'base64url',
  )
  return `${header}.${token.split('.')[1]}.`
}

/** A `kid` that the issuer never had: makes a careless handler fetch the keys each time. */
const unknownKey: Forgery = (token, stranger) => {
  const [, payload = ''] = token.split('.')
  return mint(stranger, JSON.parse(Buffer.from(payload, 'base64url').toString()))
}

const forgeries: readonly Forgery[] = [wrongKey, alteredPayload, unsecured, unknownKey]

function drawForgery(random: () => number): Forgery {
  return forgeries[Math.floor(random() * forgeries.length)] ?? wrongKey
}

const malformedTokens = [
  'x',
  'null',
  'a.b',
  'a.b.c',
  '..',
  'eyJhbGciOiJSUzI1NiJ9..',
  `${'A'.repeat(2000)}.e30.AA`,
  'e30.e30.e30.e30.e30',
]

function claimsOf(policy: Policy, identity: Identity, iat: number, exp: number): Partial<AccessTokenClaims> {
  const client = clientOf(policy)
  const { tokenUse: use } = withDefaults(policy)
  return {
    iss: issuerOf(policy),
    sub: identity.sub,
    ...(identity.groups.length > 0 ? { 'cognito:groups': identity.groups } : {}),
    ...identity.claims,
    client_id: client,
    ...(use === 'access' ? {} : { token_use: use === null ? undefined : use, aud: client }),
    username: identity.sub,
    iat,
    exp,
  }
}

function issuerOf(policy: Policy): string {
  return [policy.issuer].flat()[0] ?? ''
}

function clientOf(policy: Policy): string {
  return policy.clientIds[0] ?? ''
}
