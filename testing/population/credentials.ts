/** The tokens of a run: good ones, and every kind that must be refused. */

import { decodeJwt, decodeProtectedHeader } from 'jose'
import type { Policy, CredentialSource as PolicySource } from '../../authorizer/policy.ts'
import { type CompleteProvider, withDefaults } from '../../config/policy-defaults.ts'
import { type AccessTokenClaims, accessTokenPayload, createSigningKey, type SigningKey } from '../issuer.ts'
import { mint } from '../mint.ts'
import { providerClaims } from '../provider-claims.ts'
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

/** Mints a token of the first provider; claims are merged over those of a fresh access token. */
export type Mint = (claims: Partial<AccessTokenClaims>) => Promise<string>

/** Mints with a key that the first provider's issuer is going to publish later. */
export function mintWith(key: SigningKey, policy: Policy): Mint {
  const provider = providerOf(policy)
  const { types: [typ] = [] } = provider
  return async (claims) =>
    mint(key, accessTokenPayload({ ...providerClaims(provider), ...claims }), typ === undefined ? {} : { typ })
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
  const stranger = await createSigningKey(providerOf(policy).algorithms[0])
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
  const stranger = await createSigningKey(providerOf(policy).algorithms[0])
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

/** The header line in which a policy looks for a token first. */
function credential(policy: Policy, identity: Identity, token: string): Credential {
  const [source = 'header'] = withDefaults(policy).credentials
  if (source === 'header') return { name: 'Authorization', value: `Bearer ${token}` }
  if ('header' in source) {
    const { header, scheme = 'Bearer' } = source
    return { name: header, value: scheme === null ? token : `${scheme} ${token}` }
  }
  return { name: 'Cookie', value: cookiesOf(source, providerOf(policy).clientIds[0] ?? '', identity.sub, token) }
}

/** `*` and `{lastUser}` stand for Cognito's user name. Chunks are short, so that an ordinary token has several. */
const chunkLength = 800

function cookiesOf(
  { cookie, chunks = false }: Extract<PolicySource, { cookie: string }>,
  client: string,
  user: string,
  token: string,
): string {
  const named = cookie.replaceAll('{client}', () => client)
  const name = named.replace(/\*|\{lastUser\}/, () => user)
  const [beforeUser, lastUser] = named.split('{lastUser}')
  const parts = chunks && token.length > chunkLength ? token.match(new RegExp(`.{1,${chunkLength}}`, 'g')) : null
  return [
    ...(lastUser === undefined ? [] : [`${beforeUser}LastAuthUser=${user}`]),
    ...(parts ? parts.map((part, index) => `${name}.${index}=${part}`) : [`${name}=${token}`]),
  ].join('; ')
}

type Forgery = (token: string, stranger: SigningKey) => string

/** Another key under the issuer's `kid`. */
const wrongKey: Forgery = (token, stranger) => {
  const { kid = '', typ } = decodeProtectedHeader(token)
  return mint({ ...stranger, kid }, decodeJwt(token), { typ })
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
const unknownKey: Forgery = (token, stranger) =>
  mint(stranger, decodeJwt(token), { typ: decodeProtectedHeader(token).typ })

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
  const { sub, groups, claims } = identity
  return {
    ...providerClaims(providerOf(policy), { claims, ...(groups.length > 0 ? { groups } : {}) }),
    sub,
    username: sub,
    iat,
    exp,
  }
}

/** All users of a run are the first provider's. */
function providerOf(policy: Policy): CompleteProvider {
  return withDefaults(policy).providers[0]
}
