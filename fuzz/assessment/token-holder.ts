/**
 * Who can come by a token that the issuer signed. An issuer signs what it signs for everybody: dates, a use, a client, the
 * claims of an account. Whatever else such a token says takes the issuer's own key.
 */
import type { Policy } from '../../authorizer/policy.ts'
import { own } from '../../oracle/claim-reference.ts'
import { isIssuer } from '../../oracle/claims.ts'
import type { JudgedProvider } from '../../oracle/policy-defaults.ts'
import type { Who } from '../finding.ts'
import type { SignedToken } from './signed-tokens.ts'

export type Holder = Extract<Who, 'signed-in-user' | 'another-client' | 'issuer'>

const hardness: readonly Holder[] = ['signed-in-user', 'another-client', 'issuer']

/** The hardest to be of all whom its parts take. */
export function holderOf(token: SignedToken, policy: Policy, isPublished: boolean): Holder {
  const { header, claims, isPlainJson, key } = token
  const { provider } = key
  // A secret of the site's own signs for nobody else, and no other kind of token.
  const ofIssuer = (holder: Holder) => (key.key()?.type === 'secret' && holder === 'another-client' ? 'issuer' : holder)
  const all: Holder[] = [
    isPlainJson && isPublished ? 'signed-in-user' : 'issuer',
    ...Object.keys(header).map((name) => headerHolder(name, token)),
    ...Object.keys(claims).map((name) => claimHolder(name, claims, provider, policy)),
    key.issuers.some((issuer) => isIssuer(issuer, claims)) ? 'signed-in-user' : 'issuer',
    has(header, 'alg', isName),
    has(claims, 'exp', isTime),
    has(claims, 'sub', isName),
    useHolder(provider, claims),
    clientHolder(provider, claims),
    audienceHolder(provider, claims),
  ]
  if (!Object.hasOwn(header, 'kid') && !provider.isKidOptional && key.key()?.type !== 'secret') all.push('issuer')
  return ofIssuer(hardest(all))
}

export function hardest(all: readonly Holder[]): Holder {
  return all.reduce((worst, one) => (hardness.indexOf(one) > hardness.indexOf(worst) ? one : worst), 'signed-in-user')
}

function has(claims: object, name: string, isSo: (value: unknown) => boolean): Holder {
  return isSo(own(claims as Record<string, unknown>, name)) ? 'signed-in-user' : 'issuer'
}

/** Of this century, in seconds: no issuer's clock says that a token expired before. */
function isTime(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) > 946_684_800
}

/** Text that an identifier may be, and that nobody has to be tricked into giving out. */
function isName(value: unknown): boolean {
  return typeof value === 'string' && /^[\w.:@|+=/-]+( [\w.:@|+=/-]+)*$/.test(value) && !(value in Object.prototype)
}

/** Cognito signs access tokens and ID tokens, binds none to a key, and knows no other kind (Developer Guide, "Understanding user pool JWTs"). */
function isCognito({ keySets }: JudgedProvider): boolean {
  return keySets.every(({ issuers }) => issuers.every((issuer) => issuer.includes('cognito-idp.')))
}

/**
 * Kinds of JWT that providers sign besides, the claim that each has, and who is given them (OIDC Back-Channel Logout 2.4,
 * RFC 8417 2.2, RFC 9701 5, JARM 2.1). None of them has what makes an access token.
 */
const kinds: Readonly<Record<string, { claim: string; holder: Holder }>> = {
  'logout+jwt': { claim: 'events', holder: 'another-client' },
  'secevent+jwt': { claim: 'events', holder: 'another-client' },
  'token-introspection+jwt': { claim: 'token_introspection', holder: 'another-client' },
  'oauth-authz-resp+jwt': { claim: 'code', holder: 'signed-in-user' },
}
const ofAccessTokens = ['scope', 'client_id', 'token_use']

function headerHolder(name: string, { header, claims, key }: SignedToken): Holder {
  const value = header[name]
  const { provider, jwk } = key
  // A secret has one algorithm, and any name.
  if (key.key()?.type === 'secret' && (name === 'alg' || name === 'kid')) {
    const isPlain = name === 'alg' ? value === jwk.alg : isName(value)
    return isPlain ? 'signed-in-user' : 'issuer'
  }
  if (name === 'alg') {
    const isOwn = jwk.alg === undefined || jwk.alg === value
    return isOwn && provider.algorithms.some((algorithm) => algorithm === value) ? 'signed-in-user' : 'issuer'
  }
  if (name === 'kid') return value === jwk.kid && (jwk.use ?? 'sig') === 'sig' ? 'signed-in-user' : 'issuer'
  if (name !== 'typ' || typeof value !== 'string') return 'issuer'
  const typ = value.toLowerCase().replace(/^application\//, '')
  const plain = ['jwt', 'at+jwt', ...(provider.types ?? []).map((type) => type.toLowerCase())]
  if (plain.includes(typ)) return 'signed-in-user'
  const { claim = '', holder = 'issuer' } = (Object.hasOwn(kinds, typ) && kinds[typ]) || {}
  const isOfKind = Object.hasOwn(claims, claim) && !ofAccessTokens.some((name) => Object.hasOwn(claims, name))
  return isOfKind && !isCognito(provider) && key.key()?.type !== 'secret' ? holder : 'issuer'
}

/** Of no account and no client: what a claim is for, an issuer writes there in one type. */
const types: Readonly<Record<string, (value: unknown) => boolean>> = {
  iss: isText,
  sub: isText,
  exp: Number.isInteger,
  nbf: Number.isInteger,
  iat: Number.isInteger,
  auth_time: Number.isInteger,
  client_id: isText,
  azp: isText,
  token_use: isText,
  scope: isText,
  email_verified: (value) => typeof value === 'boolean' || isText(value),
}

/** Claims of accounts, of which a user may have written the value himself (OpenID Connect Core 5.1). */
const ofAccounts = new Set(
  'jti aud scp nonce at_hash c_hash acr amr sid auth_time origin_jti event_id username version name given_name family_name middle_name nickname preferred_username profile picture website email email_verified gender birthdate zoneinfo locale phone_number phone_number_verified address updated_at tid hd identities'.split(
    ' ',
  ),
)

function claimHolder(
  name: string,
  claims: Record<string, unknown>,
  { groupsClaim }: JudgedProvider,
  policy: Policy,
): Holder {
  const value = claims[name]
  const isList = Array.isArray(value) && value.every(isName)
  if (name === groupsClaim.claim) return isList || groupsClaim.split !== null ? 'signed-in-user' : 'issuer'
  // A claim may have the name of what every object inherits.
  const typed = Object.hasOwn(types, name) ? types[name] : undefined
  if (typed !== undefined) return typed(value) ? 'signed-in-user' : 'issuer'
  // Whether a provider binds tokens at all only a policy says that has them refused by name.
  if (name === 'cnf') return isBinding(value) && refusesBound(policy) ? 'another-client' : 'issuer'
  // What a security event is about (RFC 8417 2.2), and what an authorization response says (JARM 2.1).
  if (name === 'events') return isAllCognito(policy) ? 'issuer' : 'another-client'
  if (name === 'code' || name === 'state') return isAllCognito(policy) ? 'issuer' : 'signed-in-user'
  const isKnown = ofAccounts.has(name) || /^(?:custom|cognito):[\w.-]+$/.test(name) || isOfPolicy(name, policy)
  return isKnown && isOrdinary(value) ? 'signed-in-user' : 'issuer'
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.isWellFormed() && !/[\u0000-\u001f\u007f]/.test(value)
}

/** Text, or a number, a switch, a list of texts, an object of such. */
function isOrdinary(value: unknown): boolean {
  if (isText(value) || typeof value === 'boolean' || Number.isSafeInteger(value)) return true
  if (Array.isArray(value)) return value.length < 500 && value.every((one) => isName(one))
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).every(([name, one]) => isName(name) && isOrdinary(one))
}

function isBinding(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0
}

function refusesBound(policy: Policy): boolean {
  return [policy, ...Object.values(policy.providers ?? {})].some((one) => 'cnf' in one && one.cnf === 'refuse')
}

/** Whether the policy speaks of the claim by this name, or of something inside it. */
function isOfPolicy(name: string, policy: Policy): boolean {
  return new RegExp(`["/:]${RegExp.escape(name)}["/}]`).test(JSON.stringify(policy))
}

function isAllCognito(policy: Policy): boolean {
  const issuers = policy.providers
    ? Object.values(policy.providers).flatMap(({ issuer }) => issuer)
    : [policy.issuer].flat()
  return issuers.every((issuer) => issuer.includes('cognito-idp.'))
}

function useHolder({ tokenUse }: JudgedProvider, claims: Record<string, unknown>): Holder {
  const use = own(claims, 'token_use')
  return tokenUse === null || use === 'access' || use === 'id' ? 'signed-in-user' : 'issuer'
}

/** Named for this client in the claim of its own use: an ID token has `aud`, an access token `client_id`. */
function clientHolder(provider: JudgedProvider, claims: Record<string, unknown>): Holder {
  const { clientClaim, clientIds, tokenUse } = provider
  const use = own(claims, 'token_use')
  const claim = tokenUse === null || use === tokenUse ? clientClaim : use === 'id' ? 'aud' : 'client_id'
  const named = own(claims, claim)
  const members = [named].flat()
  if (members.length === 0 || !members.every(isName)) return 'issuer'
  const isOurs = members.some((one) => clientIds.some((client) => client === one))
  const party = own(claims, 'azp')
  const isOthers = party !== undefined && !clientIds.some((client) => client === party)
  if (isOurs && !isOthers) return 'signed-in-user'
  // A provider gives out the names of clients: nobody chooses one that looks like another.
  const looksAlike = members.some((one) => clientIds.some((client) => one !== client && resembles(String(one), client)))
  return looksAlike ? 'issuer' : 'another-client'
}

function resembles(one: string, client: string): boolean {
  return one.toLowerCase().includes(client.toLowerCase()) || client.startsWith(one)
}

function audienceHolder({ audiences, clientClaim }: JudgedProvider, claims: Record<string, unknown>): Holder {
  if (audiences === null || clientClaim === 'aud') return 'signed-in-user'
  const members = [own(claims, 'aud')].flat()
  if (members.some((one) => audiences.some((audience) => audience === one))) return 'signed-in-user'
  return members.length > 0 && members.every(isName) ? 'another-client' : 'issuer'
}
