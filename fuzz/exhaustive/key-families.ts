/** What a key set can hold, and what a token can name of it. */
import type { SigningKey } from '../../testing/issuer.ts'
import { absent, type Family } from './family.ts'

/** All sets of up to three of these, in the order given and the other way round. */
function setsOf(members: readonly unknown[]): unknown[][] {
  const sets: unknown[][] = [[]]
  for (const [i, one] of members.entries()) {
    sets.push([one])
    for (const [j, two] of members.entries()) {
      if (j !== i) sets.push([one, two])
      for (const [k, three] of members.entries()) if (i < j && j < k) sets.push([one, two, three])
    }
  }
  return sets
}

/** `own` signs; `other` is another key of the issuer of the same kind; `rsa` one of another kind. */
export function keyFamilies(own: SigningKey, other: SigningKey, rsa: SigningKey): Family[] {
  const { alg: _, kid: __, ...nameless } = own.jwk
  const members = [
    own.jwk,
    { ...own.jwk, x5t: 'x' },
    { ...own.jwk, use: 'enc' },
    { ...nameless, kid: own.kid },
    nameless,
    { ...own.jwk, kid: other.kid },
    { ...own.jwk, alg: 'Ed25519' },
    { ...other.jwk, kid: own.kid },
    { ...other.jwk, kid: undefined },
    other.jwk,
    { ...rsa.jwk, kid: own.kid },
    { kty: 'oct', k: 'AAAA', kid: own.kid },
  ]
  return (['required', 'optional'] as const).map((kid) => ({
    name: `key sets, kid ${kid}`,
    policy: {
      issuer: 'https://issuer.example.com/pool',
      clientIds: ['web'],
      algorithms: ['EdDSA', 'Ed25519', 'RS256'],
      kid,
      routes: [{ path: '/open/*' }],
    },
    keys: setsOf(members),
    tokens: {
      claims: {},
      header: {
        kid: [absent, own.kid, other.kid, 'third', '', null, 7, [own.kid]],
        alg: ['EdDSA', 'Ed25519', 'RS256', 'none'],
      },
    },
    uris: ['/open/x'],
  }))
}
