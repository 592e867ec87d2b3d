/** The access token and the ID token of one answer, signed, with whatever its mode changes in them. */
import { createHash } from 'node:crypto'
import type { SigningKey } from '../../testing/issuer.ts'
import { mint } from '../../testing/mint.ts'
import type { Person } from './people.ts'
import type { TokenRecord } from './provider-records.ts'
import type { Site } from './site.ts'
import type { TokenAnswer } from './token-answers.ts'

export interface PairOptions {
  person: Person
  client: string
  /** Which of the two the handler's session holds: that one has the person's claims. */
  holds: Site['session']
  key: SigningKey
  mode: TokenAnswer
  nonce: string | null
  /** Seconds since the epoch, as all dates in tokens. */
  iat: number
  exp: number
  authTime: number
  /** Characters that make the held token longer. */
  padding: number
  newId: () => string
}

export function signedPair(options: PairOptions): Pick<TokenRecord, 'access' | 'id' | 'held'> {
  const { person, client, holds, key, mode, nonce, iat, exp, authTime, padding, newId } = options
  const sign = (claims: object) => mint(key, claims)
  const change = mode.both ?? ((claims) => claims)
  const pad = padding > 0 ? { padding: 'x'.repeat(padding) } : {}
  const held = { ...person.claims, iat, exp, jti: newId(), ...pad }
  const other = { iss: person.claims.iss, sub: person.sub, iat, exp, jti: newId() }
  const access = sign(change(holds === 'access' ? held : { ...other, client_id: client, token_use: 'access' }))
  const hash = createHash('sha256').update(access).digest().subarray(0, 16).toString('base64url')
  const idClaims = {
    ...(holds === 'id' ? held : { ...other, ...profileOf(person), token_use: 'id' }),
    aud: client,
    azp: client,
    at_hash: hash,
    auth_time: authTime,
    ...(nonce === null ? {} : { nonce }),
  }
  const changed = mode.id ? mode.id(change(idClaims)) : change(idClaims)
  const id = changed && sign(changed)
  return { access, id, held: holds === 'access' ? access : (id ?? '') }
}

/** OpenID Connect Core 5.1, of which the scope `email` asks for two: a handler may name its own sessions by them. */
function profileOf({ name }: Person): Record<string, unknown> {
  return { email: `${name}@example.com`, email_verified: true }
}
